import { describe, expect, it } from 'vitest'
import type { LiveRun } from '../../../../src/core/run/state.ts'
import { publishProjections } from '../../../../src/jobs/orchestrate/projections/publish-projections.ts'
import { newSession } from '../../../../src/jobs/orchestrate/session/session.ts'
import type { Projection, Published, Quota } from '../../../../src/ports/forge.ts'
import { LimitReached } from '../../../../src/ports/rate-limit.ts'
import {
  approved,
  done,
  passed,
  planned,
  projected,
  proposed,
  queued,
  requested,
  started,
} from '../../../render/support/runs.ts'
import { planOf } from '../../../support/plan.ts'

const plan = planOf('a, b, c')
const begun = [requested(), proposed(plan), projected(['pull:trunk', 50]), approved()] as const
const START = Date.parse('2026-11-21T11:00:00Z')

/** An orchestrator that shows things to a forge which says yes, or how long it is limited. */
function showing() {
  const sent: string[][] = []
  const now = { at: START, limitedUntil: 0, used: 0 }
  const publish = async (projections: readonly Projection[]): Promise<Published[]> => {
    sent.push(
      projections.map(
        ({ kind, name, located }) =>
          `${located === null ? 'new' : 'edit'} ${kind === 'comment' ? name : name.replace(/@.*/, '')}`,
      ),
    )
    return projections.map(({ name, located }) =>
      now.limitedUntil > now.at
        ? {
            ok: false,
            name,
            reason: 'limited',
            limit: new LimitReached(new Date(now.limitedUntil), undefined, 'content'),
          }
        : { ok: true, name, located: located ?? { number: sent.length, node: name } },
    )
  }
  const quota = (): Quota => ({ limit: 1000, remaining: 1000 - now.used, resetAt: new Date(START + 3_600_000) })
  const deps = {
    clock: { now: () => new Date(now.at) },
    log: () => {},
    forge: {
      publish,
      quota: (of: string) => (of === 'graphql' ? quota() : null),
      askReviewers: async () => ({ ok: true }),
    },
  }
  const repo = { fetch: async () => {}, readFile: async () => null }
  const session = newSession(deps as never, repo as never, '42', {
    state: planned(...begun),
    tip: 'a'.repeat(40),
    unsure: new Set(),
  })
  const show = async (seconds: number, state: LiveRun, final = false) => {
    now.at = START + seconds * 1000
    session.state = state
    const before = sent.length
    const isShown = await publishProjections(session, { final })
    return { isShown, sent: sent.slice(before).flat() }
  }
  return { show, now, session, batches: sent }
}

describe('what people see', () => {
  it('of a task that lands by itself is two writes: its pull request at its start, its check with its result', async () => {
    const { show } = showing()
    await show(0, planned(...begun))
    const atWork = [...begun, queued('a'), started('a')] as const
    const all = [
      await show(20, planned(...atWork)),
      await show(40, planned(...begun, ...done('a'))),
      await show(60, planned(...begun, ...done('a'), ...done('b'))),
    ].flatMap(({ sent }) => sent)
    expect(all.filter((write) => write.endsWith(':a'))).toEqual(['new pull:a', 'new check:a'])
  })

  it('and asks nobody for anything waits for the next edit of the status', async () => {
    const { show } = showing()
    await show(0, planned(...begun))
    const landed = planned(...begun, ...done('a'))
    expect((await show(2, landed)).sent).toEqual([])
    expect((await show(10, landed)).sent).toEqual(expect.arrayContaining(['new check:a', 'edit comment:status']))
  })

  it('is edited the more seldom, the more of the hour is used up, and once more at the end', async () => {
    const { show, now } = showing()
    await show(0, planned(...begun))
    now.used = 400
    const landed = planned(...begun, ...done('a'))
    expect((await show(200, landed)).sent).toEqual([])
    expect((await show(260, landed)).sent).toContain('edit comment:status')
    expect((await show(262, planned(...begun, ...done('a'), ...done('b')), true)).sent).toContain('edit comment:status')
  })

  it('has no pull request of a task at work while half of the hour is used up, and still its check', async () => {
    const { show, now } = showing()
    await show(0, planned(...begun))
    now.used = 251
    const atWork = [...begun, queued('a'), started('a')] as const
    expect((await show(60, planned(...atWork))).sent).not.toContain('new pull:a')
    expect((await show(120, planned(...begun, ...done('a')))).sent).toContain('new check:a')
  })

  it('is written once at the end of a run, after what it links', async () => {
    const { show, batches } = showing()
    await show(0, planned(...begun))
    const landed = [...begun, ...done('a'), ...done('b'), ...done('c')] as const
    await show(10, planned(...begun, ...done('a'), ...done('b')))
    const trunk = planned(...landed).work.trunk.tip
    const ended = planned(...landed, { type: 'verification_queued', on: trunk, attempt: 1 }, passed(1, trunk), {
      type: 'run_finished',
      sha: trunk,
    })
    const { sent } = await show(12, ended)
    expect(sent.filter((one, index) => sent.indexOf(one) !== index)).toEqual([])
    expect(sent.filter((one) => one.includes('check:run'))).toEqual(['new check:run'])
    expect(sent).not.toContain('edit comment:plan')
    const last = batches.at(-1) ?? []
    expect(last).toEqual(expect.arrayContaining(['edit pull:trunk', 'edit comment:status', 'new check:run']))
    expect(last).not.toContain('new check:c')
    expect(sent).toContain('new check:c')
    expect((await show(13, ended, true)).sent).toEqual([])
  })

  it('is not asked for while GitHub refuses content, which holds up nothing else, and comes later', async () => {
    const { show, now, session } = showing()
    await show(0, planned(...begun))
    const landed = planned(...begun, ...done('a'))
    now.limitedUntil = START + 80_000
    expect((await show(20, landed)).isShown).toBe(false)
    expect(session.limitedUntil).toBeNull()
    expect(await show(50, landed, true)).toEqual({ isShown: false, sent: [] })
    expect(await show(81, landed, true)).toMatchObject({ isShown: true, sent: expect.arrayContaining(['new check:a']) })
  })
})
