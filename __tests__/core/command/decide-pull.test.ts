import { describe, expect, it } from 'vitest'
import { decideWorkerPull, isFinalPull, isPullOver, type PullAction } from '../../../src/core/command/decide-pull.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { recordOf } from '../../../src/core/run/lookup.ts'
import { type ActiveRun, emptyRun, type LiveRun } from '../../../src/core/run/state.ts'
import { type Settings, settingsSchema } from '../../../src/core/settings.ts'
import { workResultEvents } from '../../../src/core/slots/result-events.ts'
import {
  AT,
  afterwards,
  begun,
  failed,
  landed,
  report,
  running,
  shaOf,
  someone,
  verifiedBy,
} from '../../support/run.ts'

const review = settingsSchema.parse({ merge: 'review' })
const waits = (settings: Settings = review) => {
  const run = running('t > u', {}, settings)
  return afterwards(run, ...verifiedBy(run, 't'))
}
const shown = (state: ActiveRun, name: string, number: number): ActiveRun =>
  afterwards(state, { type: 'projected', at: AT, by: 'tributary', entries: [{ name, number, node: '', digest: '' }] })

const pull = (action: PullAction['action'], more: Partial<PullAction> = {}): PullAction => ({
  action,
  number: 9,
  headBranch: 'tributary/42/t',
  baseBranch: 'tributary/42/trunk',
  head: shaOf('t head'),
  ...more,
})
const gone = (type: 'task_skipped' | 'task_cancelled') =>
  afterwards(running('t > u', {}, review), { type, at: AT, by: 'admin', task: 't' })
const facts = (person = someone('writer', 'write'), settings: Settings = review) => ({ person, settings, at: AT })
const acts = (state: ActiveRun, it: PullAction, about = facts()) => decideWorkerPull(state, 't', it, about)

describe('a worker pull request that a person merges', () => {
  it('lands what was verified, in the name of that person', () => {
    expect(acts(waits(), pull('merged'))).toMatchObject({
      value: {
        events: [{ type: 'task_landed', by: 'writer', task: 't', attempt: 1 }],
        answer: { code: 'landing-approved' },
      },
    })
  })
  it.each([
    ['another commit than the verified one', waits(), pull('merged', { head: shaOf('later') })],
    ['work that failed', failed(running('t > u', {}, review), 't'), pull('merged')],
  ])('approves nothing of %s, and says so', (_what, state, it) => {
    expect(acts(state, it)).toMatchObject({ value: { events: [], answer: { code: 'merged-unverified' } } })
  })
  it('approves nothing if that person may not approve', () => {
    const settings = settingsSchema.parse({ merge: 'review', approvers: { users: ['ada'] } })
    expect(acts(waits(), pull('merged'), facts(someone('writer', 'write'), settings))).toMatchObject({
      error: { reason: 'not-an-approver' },
    })
    expect(acts(waits(), pull('merged'), facts(someone('reader', 'read')))).toMatchObject({
      error: { reason: 'not-permitted' },
    })
  })
  it.each([
    ['by a bot', waits(), pull('merged'), facts(someone('app[bot]', 'admin', 'Bot'))],
    ['that is not the one of the run', shown(waits(), 'pull:t', 8), pull('merged'), facts()],
    ['into another branch', waits(), pull('merged', { baseBranch: 'main' }), facts()],
    ['after it has landed', landed(running('t > u'), 't'), pull('merged'), facts()],
    ['from another branch', waits(), pull('merged', { headBranch: 'tributary/42/u' }), facts()],
    ['after it was skipped', gone('task_skipped'), pull('merged'), facts()],
    ['after it was cancelled', gone('task_cancelled'), pull('closed'), facts()],
  ])('changes nothing %s', (_what, state, it, about) => {
    expect(acts(state, it, about)).toBeNull()
  })
})

it('a pull request of a plan that nobody has approved changes nothing, nor one of a task that the plan does not have', () => {
  expect(acts({ ...waits(), phase: 'proposed' } as unknown as ActiveRun, pull('merged'))).toBeNull()
  const other = pull('merged', { headBranch: 'tributary/42/z' })
  expect(decideWorkerPull(waits(), 'z', other, facts())).toBeNull()
})

it('a merge is of the task whose pull request was shown, whatever its branches are called', () => {
  const it = pull('merged', { number: 8, headBranch: 'elsewhere', baseBranch: 'main' })
  expect(acts(shown(waits(), 'pull:t', 8), it)).toMatchObject({ value: { answer: { code: 'landing-approved' } } })
})

describe('a worker pull request that a person closes', () => {
  const auto = settingsSchema.parse({})
  const atWork = running('t > u')
  const closed = afterwards(atWork, ...begun(atWork, 't'), {
    type: 'worker_pull_closed',
    at: AT,
    by: 'writer',
    task: 't',
  })

  it('asks for /skip, and holds the landing until then', () => {
    expect(acts(waits(), pull('closed'))).toMatchObject({
      value: { events: [{ type: 'worker_pull_closed', task: 't' }], answer: { code: 'skip-asked' } },
    })
    const done = { verdict: 'landable', head: shaOf('t head'), tree: shaOf('t tree'), file: { outcome: { report } } }
    const types = workResultEvents(closed.work, { task: 't', attempt: 1 }, done as never, false).map(({ type }) => type)
    expect(types).toEqual(['task_verified'])
  })
  it('is for those who may command runs, approvers or not', () => {
    const named = settingsSchema.parse({ approvers: { users: ['ada'] } })
    expect(acts(closed, pull('closed'), facts(someone('writer', 'write'), named))).toMatchObject({
      value: { answer: { code: 'skip-asked' } },
    })
    expect(acts(closed, pull('closed'), facts(someone('passer', 'read')))).toMatchObject({
      error: { reason: 'not-permitted' },
    })
  })
  it('only opens again while it is at work, waits for a review, or for a person', () => {
    const reopened = {
      value: { events: [{ type: 'worker_pull_reopened', by: 'writer' }], answer: { code: 'pull-reopened' } },
    }
    const verified = verifiedBy(atWork, 't').at(-1) as Extract<RunEvent, { type: 'task_verified' }>
    const byPeople = running('t > u', {}, review)
    const held = afterwards(byPeople, ...begun(byPeople, 't'), {
      type: 'worker_pull_closed',
      at: AT,
      by: 'writer',
      task: 't',
    })
    for (const state of [closed, afterwards(held, verified), afterwards(closed, { ...verified, review: ['all'] })]) {
      const acted = acts(state, pull('reopened'))
      expect(acted).toMatchObject(reopened)
      expect(acted?.ok && acted.value.events).toHaveLength(1)
    }
  })
  it('lands when it is reopened, if nothing else holds it', () => {
    const verified = afterwards(closed, verifiedBy(atWork, 't').at(-1) as never)
    expect(acts(verified, pull('reopened'), facts(undefined, auto))).toMatchObject({
      value: { events: [{ type: 'worker_pull_reopened' }, { type: 'task_landed', by: 'writer' }] },
    })
    expect(acts(waits(auto), pull('reopened'))).toBeNull()
  })
  it('is forgotten once the task is retried', () => {
    const retried = afterwards(closed, { type: 'task_retried', at: AT, by: 'admin', task: 't', note: '', onto: [] })
    expect(recordOf(retried.work, 't').pullClosed).toBeUndefined()
  })
})

describe('the final pull request', () => {
  const final = { number: 7, headBranch: 'tributary/42/trunk', baseBranch: 'main', head: shaOf('x') }
  it('is the one that the run has shown or, before that, the one into its base', () => {
    expect(isFinalPull(running('t'), final)).toBe(true)
    expect(isFinalPull(running('t'), { ...final, baseBranch: 'release' })).toBe(false)
    expect(isFinalPull(shown(running('t'), 'pull:trunk', 7), final)).toBe(true)
    expect(isFinalPull(shown(running('t'), 'pull:trunk', 6), final)).toBe(false)
  })
  it('is of the trunk of the run, into its base', () => {
    expect(isFinalPull(running('t'), { ...final, headBranch: 'tributary/42/t' })).toBe(false)
  })
  const live = running('t')
  const ended = (event: object) => afterwards<LiveRun>(live, { at: AT, by: 'admin', ...event } as RunEvent)
  const finished = ended({ type: 'run_finished', sha: shaOf('end') })
  const cancelled = ended({ type: 'run_cancelled', why: '' })
  const mergedRun = afterwards<LiveRun>(finished, {
    type: 'run_closed',
    at: AT,
    by: 'admin',
    merged: true,
    head: shaOf('end'),
  } as RunEvent)
  it.each([
    ['no run', emptyRun, [true, true]],
    ['a run at work', live, [false, false]],
    ['a run that is done', finished, [false, false]],
    ['a run that was cancelled', cancelled, [false, true]],
    ['a run that was merged', mergedRun, [true, true]],
  ])('has nothing more to end if there is %s', (_what, state, [whenMerged, whenClosed]) => {
    expect([isPullOver(state, true), isPullOver(state, false)]).toEqual([whenMerged, whenClosed])
  })
})
