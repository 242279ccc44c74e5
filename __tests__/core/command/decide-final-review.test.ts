import { describe, expect, it } from 'vitest'
import { decide } from '../../../src/core/command/decide.ts'
import { decideFinalReview } from '../../../src/core/command/decide-final-review.ts'
import type { LineComment, PullReview } from '../../../src/core/command/decide-pull-review.ts'
import type { CommandFacts } from '../../../src/core/command/decision.ts'
import { planIdOf, shortPlanId } from '../../../src/core/plan/plan-id.ts'
import { replayOn } from '../../../src/core/run/evolve.ts'
import { isApproved, recordOf, taskOf } from '../../../src/core/run/lookup.ts'
import { emptyRun, type LiveRun, type RunState, workOf } from '../../../src/core/run/state.ts'
import { startable } from '../../../src/core/schedule/ready.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { AT, afterwards, asks, landed, merged, proposed, running, shaOf, someone } from '../../support/run.ts'

const FINAL = 5
const shown = <State extends LiveRun>(state: State): State => {
  const entries = [{ name: 'pull:trunk', number: FINAL, node: 'PR_5', digest: '' }]
  return afterwards(state, { type: 'projected', at: AT, by: 'tributary', entries })
}
const done = () =>
  replayOn(shown(merged(running('t > u'), 't', 'u')), [
    { type: 'run_finished', at: AT, by: 'tributary', sha: shaOf('end') },
  ])

const asked = (verdict: PullReview['verdict'] = 'changes_requested', body = 'Almost.'): PullReview => {
  const [id, pull, commit, submittedAt] = [7, FINAL, shaOf('head'), AT]
  return { id, pull, verdict, body, commit, submittedAt }
}
const line = (path: string, id = 1): LineComment => ({
  ...{ id, first: id, thread: `PRRT_${id}`, path, line: 3, made: null, body: 'use the helper' },
})

function reviewed(
  state: RunState,
  review = asked(),
  lines: LineComment[] = [],
  about: Partial<CommandFacts> = {},
  writers = new Map<number, string>(),
) {
  const facts = asks({ name: 'help' }, { key: 'review:7', person: someone('writer', 'write'), ...about })
  return decideFinalReview(state, facts, { review, lines, writers })
}
function eventsOf(decided: ReturnType<typeof reviewed>) {
  if (decided === null || !decided.ok) throw new Error(`refused: ${JSON.stringify(decided)}`)
  return decided.value
}

describe('a request for changes on the final pull request', () => {
  it('adds a task behind each that may have written the lines, which waits for an approval of its own', () => {
    const state = done()
    const { events, answer } = eventsOf(
      reviewed(state, asked(), [line('t/a.ts'), line('u/b.ts', 2), line('t/c.ts', 3)]),
    )
    expect(events.map(({ type }) => type)).toEqual(['run_reopened', 'plan_amended'])
    expect(answer).toMatchObject({ code: 'changes-proposed', tasks: ['t-review-1', 'u-review-1'], unplaced: [] })
    const after = replayOn(state, events)
    if (after.phase !== 'active') throw new Error(after.phase)
    const { work } = after
    expect(taskOf(work, 't-review-1')).toMatchObject({
      goal: 'Almost.\n\nt/a.ts:3: use the helper\n\nt/c.ts:3: use the helper',
      writes: taskOf(work, 't').writes,
      acceptance: taskOf(work, 't').acceptance,
    })
    expect(taskOf(work, 't-review-1').needs).toContain('t')
    expect(recordOf(work, 't-review-1')).toMatchObject({ state: { status: 'pending' }, threads: ['PRRT_1', 'PRRT_3'] })
    expect([isApproved(work, 't'), isApproved(work, 't-review-1')]).toEqual([true, false])
    expect(startable(after.work)).toEqual([])

    const approve = { name: 'approve', planId: shortPlanId(work.planId), task: null, only: null } as const
    const approved = decide(after, asks(approve, { key: 'comment:9' }))
    if (!approved.ok) throw new Error(approved.error.reason)
    const started = replayOn(after, approved.value.events)
    expect(workOf(started as LiveRun)?.approved).toBeNull()
  })

  it('stands behind the task that wrote the line, whatever others may write there', () => {
    const lines = [line('u/a.ts'), line('u/b.ts', 2), line('u/c.ts', 3)]
    const writers = new Map([
      [1, 't'],
      [3, 'gone'],
    ])
    const { answer } = eventsOf(reviewed(done(), asked(), lines, {}, writers))
    expect(answer).toMatchObject({ tasks: ['t-review-1', 'u-review-1'], unplaced: [] })
  })

  it('stands behind all tasks if it names no line, and says so of paths that no task writes', () => {
    const { answer, events } = eventsOf(reviewed(done()))
    expect(answer).toMatchObject({ tasks: ['review-1'] })
    const after = replayOn(done(), events)
    expect(taskOf(workOf(after as LiveRun) ?? never(), 'review-1').needs).toEqual(expect.arrayContaining(['t', 'u']))
    const elsewhere = eventsOf(reviewed(done(), asked('changes_requested', ''), [line('other/x.ts')]))
    expect(elsewhere).toMatchObject({ events: [], answer: { tasks: [], unplaced: ['other/x.ts'] } })
  })

  it('names the tasks of a second review by other ids', () => {
    const first = replayOn(done(), eventsOf(reviewed(done(), asked(), [line('t/a.ts')])).events)
    const again = eventsOf(reviewed(first, { ...asked(), id: 8 }, [line('t/a.ts')], { key: 'review:8' }))
    expect(again).toMatchObject({ events: [{ type: 'plan_amended' }], answer: { tasks: ['t-review-2'] } })
  })

  it('is for those who may command runs', () => {
    expect(reviewed(done(), asked(), [], { person: someone('passer', 'read') })).toBeNull()
    const strict = asks({ name: 'help' }).settings
    const settings = { ...strict, approvers: { ...strict.approvers, permission: 'admin' as const } }
    expect(reviewed(done(), asked(), [], { settings })).toMatchObject({ error: { reason: 'not-permitted' } })
  })

  it('changes no plan that waits for its approval: `/revise` does', () => {
    const detail = 'Nothing of it is done yet: `/revise -- what to change` changes the plan.'
    expect(reviewed(shown(proposed('t > u')))).toMatchObject({ error: { reason: 'wrong-phase', run: '42', detail } })
  })

  it('changes no run that was given up', () => {
    const cancelled = afterwards<LiveRun>(shown(running('t > u')), {
      type: 'run_cancelled',
      at: AT,
      by: 'admin',
      why: '',
    })
    const error = { reason: 'run-ended', run: '42', conclusion: 'cancelled' }
    expect(reviewed(cancelled)).toEqual({ ok: false, error })
  })

  it('is read once, and only on the final pull request of the run', () => {
    expect(reviewed(emptyRun)).toBeNull()
    expect(reviewed(running('t > u'))).toBeNull()
    expect(reviewed(done(), { ...asked(), pull: 6 })).toBeNull()
    expect(reviewed(replayOn(done(), eventsOf(reviewed(done())).events))).toBeNull()
  })

  it('proposes nothing without words', () => {
    const { events, answer } = eventsOf(reviewed(done(), asked('changes_requested', ' \n')))
    expect([events, answer]).toEqual([
      [],
      { code: 'changes-proposed', run: '42', unplaced: [], tasks: [], planId: null },
    ])
  })

  it('is refused with the reason if the plan could not hold the tasks', () => {
    const settings = settingsSchema.parse({ limits: { tasks: 2 } })
    const full = replayOn(shown(merged(landed(running('t > u', {}, settings), 't', 'u'), 't', 'u')), [
      { type: 'run_finished', at: AT, by: 'tributary', sha: shaOf('end') },
    ])
    const detail = expect.stringContaining('The plan has 3 tasks, and 2 are allowed.')
    expect(reviewed(full)).toEqual({ ok: false, error: { reason: 'wrong-phase', run: '42', phase: 'ended', detail } })
  })

  it('makes a plan of its own id, whose tasks say what they are for', () => {
    const state = done()
    const { events, answer } = eventsOf(reviewed(state, asked(), [line('t/a.ts')]))
    const [, amended] = events
    if (amended?.type !== 'plan_amended') throw new Error('nothing was added')
    const { base, settings, settingsBlob } = workOf(state) ?? never()
    expect(amended).toMatchObject({ of: 't', planId: planIdOf({ plan: amended.plan, base, settings, settingsBlob }) })
    expect(answer).toMatchObject({ planId: amended.planId })
    expect(amended.plan.tasks.at(-1)).toMatchObject({
      title: `Changes requested in review: ${taskOf(workOf(state) ?? never(), 't').title}`,
      context: expect.stringContaining('What `t` did is there'),
      expected_outcome: 'The review is answered, and the acceptance still passes.',
      out_of_scope: 'Anything that the review does not ask for.',
      steps: [],
      risk: '',
      kind: 'code',
    })
    const whole = eventsOf(reviewed(state)).events.at(-1)
    expect(whole?.type === 'plan_amended' && whole.plan.tasks.at(-1)?.title).toBe('Changes requested in review')
  })
})

it('an approving review of the final pull request never approves a plan', () => {
  expect(reviewed(shown(proposed('t > u')), asked('approved'))).toBeNull()
  expect(reviewed(done(), asked('approved'))).toBeNull()
})

function never(): never {
  throw new Error('there is no work')
}
