import { describe, expect, it } from 'vitest'
import { planIdOf } from '../../../../src/core/plan/plan-id.ts'
import type { RunEvent } from '../../../../src/core/run/event.ts'
import { handOffOf } from '../../../../src/core/run/hand-off.ts'
import { recordOf, statusOf } from '../../../../src/core/run/lookup.ts'
import { workOf } from '../../../../src/core/run/state.ts'
import { settingsSchema } from '../../../../src/core/settings.ts'
import type { ModelRequest } from '../../../../src/ports/model.ts'
import { agentPlan } from '../../../support/planning.ts'
import { report } from '../../../support/run.ts'
import { calls, fails, type Said, says } from '../../../support/said-model.ts'
import { saidRun } from './said-run.ts'

const SECONDS = 40
const tasks = { a: { title: 'Loading', interface: '`load(path)` in src/disk.ts' } }
const summary = { did: 'It loads.', interfaces: ['loadFile(path)'], decisions: [], caveats: [], follow_ups: [] }
const handOff = handOffOf(summary, { files: ['src.ts'], check: '' })

const answer = (verdict: 'accept' | 'send_back', findings: string[] = [], briefs: object[] = []) =>
  says(JSON.stringify({ findings, verdict, briefs }))
const ACCEPTS = answer('accept', [], [{ task: 'b', words: 'It is `loadFile` now.' }])
const SENDS_BACK = answer('send_back', ['src.ts: an empty path is not handled.'])

/** A run in which `a` is verified and waits for its review, and `b` needs it. */
async function waitingRun(
  settings: object = {},
  { more = [] as RunEvent[], byHand = false, source = 'export const loadFile = 1\n' } = {},
) {
  const plan = agentPlan('a > b', { tasks })
  const world = await saidRun(
    settings,
    ({ base, trunk, branch }) => {
      const frozen = { base, baseBranch: 'main', settings: settingsSchema.parse(settings), settingsBlob: '' }
      const planId = planIdOf({ plan, ...frozen })
      const { start, head, tree } = branch('a', { 'src.ts': source })
      const at = { task: 'a', attempt: 1 } as const
      return [
        { type: 'plan_proposed', plan, planId, ...frozen, trunk: trunk(), notes: [] },
        { type: 'plan_approved', planId, only: null },
        { type: 'task_queued', ...at, base: start },
        { type: 'task_started', ...at, slot: 'r1.1', allowance: 1 },
        {
          type: 'task_verified',
          ...at,
          head,
          tree,
          report: { ...report, acceptanceLog: 'all 7 pass', handOff, spending: [] },
          review: ['promise'],
        },
        ...more,
      ]
    },
    { byHand },
  )
  const types = async () =>
    (await world.events()).map((event) => event.type).filter((type) => OF_REVIEWS.includes(type))
  const task = async (id: string) => {
    const work = workOf(await world.state())
    if (work === null) throw new Error('there is no plan')
    return { status: statusOf(work, id), ...recordOf(work, id) }
  }
  return { ...world, types, task }
}

const OF_REVIEWS: readonly string[] = [
  ...['money_reserved', 'money_settled', 'stage_failed'],
  ...['task_reviewed', 'task_adapted', 'task_landed', 'task_queued'],
]

/** Answers only when it is stopped. */
const hangs: Said = (request) =>
  new Promise((resolve) => {
    request.signal.addEventListener('abort', () => resolve(fails('aborted')), { once: true })
  })

describe('a result that waits for its review', () => {
  it('lands when the model has accepted it, and the task behind it is told first what is different', async () => {
    const run = await waitingRun()
    await run.run([ACCEPTS], SECONDS)
    expect(await run.types()).toEqual([
      ...['money_reserved', 'money_settled'],
      ...['task_reviewed', 'task_adapted', 'task_landed', 'task_queued'],
    ])
    expect(await run.task('b')).toMatchObject({
      status: 'queued',
      adapted: [{ of: 'a', ofAttempt: 1, words: 'It is `loadFile` now.' }],
    })
    expect(run.body('status')).toContain('Reviewed by a model.')
    expect(run.body('status')).toContain('Its brief was changed by the review of `a`.')
    expect(Object.keys((await run.state()).ledger.spent)).toContain('review:a#1')
  })

  it('is shown to the model from git and the journal: goal, promise, hand-off, acceptance and the whole diff', async () => {
    const run = await waitingRun()
    await run.run([ACCEPTS], SECONDS)
    const asked = run.asked()
    for (const part of [
      'An issue',
      '# The task: a — Loading',
      '`load(path)` in src/disk.ts',
      'loadFile(path)',
      'all 7 pass',
      'A src.ts',
      '+export const loadFile = 1',
      '"id": "b"',
    ])
      expect(asked).toContain(part)
  })

  it('can be read by the model if its diff is too long to be shown whole, and only then', async () => {
    const source = Array.from({ length: 8000 }, (_, n) => `const line${n + 1} = 1\n`).join('')
    const asked: ModelRequest[] = []
    const heard =
      (said: Said): Said =>
      (request, ordinal) => {
        asked.push(request)
        return typeof said === 'function' ? said(request, ordinal) : said
      }
    const reads = calls([{ name: 'view', input: { path: 'src.ts', from: 4000, to: 4000 } }])
    const long = await waitingRun({}, { source })
    await long.run([heard(reads), heard(ACCEPTS)], SECONDS)
    expect(await long.types()).toContain('task_landed')
    const told = asked.map(({ turns }) => JSON.stringify(turns.at(-1)))
    expect([told[0]?.includes('line4000'), told[1]?.includes('const line4000 = 1')]).toEqual([false, true])
    expect(told[0]).toContain('without its middle')
    const short = await waitingRun()
    await short.run([heard(ACCEPTS)], SECONDS)
    expect(asked.map(({ tools }) => tools.length > 0)).toEqual([true, true, false])
  })

  it('is sent back with the findings, and runs again', async () => {
    const run = await waitingRun()
    await run.run([SENDS_BACK], SECONDS)
    expect(await run.types()).toEqual(['money_reserved', 'money_settled', 'task_reviewed', 'task_queued'])
    const { status, attempts } = await run.task('a')
    expect([status, attempts.length]).toEqual(['queued', 2])
    expect(attempts[0]?.failure).toEqual({ reason: 'sent-back', log: '- src.ts: an empty path is not handled.' })
    expect((await run.task('b')).status).toBe('pending')
  })

  it('is reviewed in a run whose plan a person has written too', async () => {
    const run = await waitingRun({}, { byHand: true })
    await run.run([ACCEPTS], SECONDS)
    expect((await run.state()).planning).toBeNull()
    expect(await run.types()).toContain('task_adapted')
  })

  it('lands without, and says so, if the model is busy for longer than a task should wait, or its answer is of no use', async () => {
    const asked: ModelRequest[] = []
    const busy: Said = (request) => {
      asked.push(request)
      return fails('overloaded')
    }
    for (const said of [[busy], [says('Fine.'), says('Fine.')]]) {
      const run = await waitingRun()
      await run.run(said, SECONDS)
      expect(await run.types()).toEqual([
        ...['money_reserved', 'money_settled', 'stage_failed'],
        ...['task_reviewed', 'task_landed', 'task_queued'],
      ])
      expect((await run.task('a')).review).toMatchObject({
        verdict: 'left-out',
        why: expect.stringMatching(/overloaded|JSON/),
      })
      expect(run.body('status')).toContain('Not reviewed by a model.')
    }
    expect(asked.map(({ retrySeconds }) => retrySeconds)).toEqual([3600])
  })
})

describe('a review that does not come to its end', () => {
  it('begins again if its orchestrator died over it, and counts once', async () => {
    const stamp = { at: '2026-01-02T03:04:05.000Z', by: 'tributary' }
    const reserved: RunEvent = { type: 'money_reserved', ...stamp, stage: 'review:a#1', role: 'review', usd: 0.5 }
    const run = await waitingRun({}, { more: [reserved] })
    await run.run([ACCEPTS], SECONDS)
    const events = await run.events()
    expect(events.filter(({ type }) => type === 'stage_failed')).toMatchObject([{ stage: 'review:a#1', lost: true }])
    expect(events.filter(({ type }) => type === 'money_reserved')).toMatchObject([{ stage: 'review:a#2' }])
    expect(events.filter(({ type }) => type === 'task_reviewed')).toMatchObject([{ verdict: 'accepted', attempt: 1 }])
  })

  it('begins again in the job that its orchestrator hands over to', async () => {
    const run = await waitingRun()
    await run.run([hangs], SECONDS)
    expect(await run.types()).toEqual(['money_reserved', 'money_settled'])
    expect(await run.task('a')).toMatchObject({ status: 'verified', state: { review: ['promise'] } })
    await run.run([ACCEPTS], SECONDS)
    expect((await run.types()).filter((type) => type === 'task_reviewed')).toHaveLength(1)
    expect((await run.task('a')).status).toBe('landed')
  })

  it('changes nothing if a person has decided meanwhile', async () => {
    const run = await waitingRun({ merge: 'review' })
    const late: Said = async (request) => {
      await run.say({ name: 'retry', task: 'a', note: 'Call it load.' })
      return hangs(request, 1)
    }
    await run.run([late], SECONDS)
    expect((await run.types()).toSorted()).toEqual(['money_reserved', 'money_settled', 'task_queued'])
    expect(await run.task('a')).toMatchObject({ status: 'queued', notes: ['Call it load.'] })
  })
})
