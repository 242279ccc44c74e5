import { expect, it } from 'vitest'
import { type ProjectionName, projectionName } from '../../../../src/core/run/projection-name.ts'
import { desiredProjections } from '../../../../src/jobs/orchestrate/projections/desired-projections.ts'
import {
  byAgents,
  planned,
  planningBegun,
  proposed,
  queued,
  requested,
  startedByAgent,
  type TimedEvent,
  verifiedByAgent,
} from '../../../render/support/runs.ts'
import { planOf } from '../../../support/plan.ts'

const amended: TimedEvent[] = [
  requested(),
  planningBegun('off'),
  { ...proposed(byAgents(planOf('a > b, c'))), mode: 'off' } as TimedEvent,
  queued('a'),
  startedByAgent('a'),
  {
    type: 'plan_amended',
    cause: 'replan',
    of: 'a',
    plan: byAgents(planOf('x > b, c')),
    planId: 'b'.repeat(64),
    within: true,
    notes: [],
  },
]
const shownAt = (name: ProjectionName) => ({ number: 7, node: `node of ${projectionName(name)}` })

it('closes the pull request of a task that is no part of the plan any more, and ends its check', () => {
  const wanted = desiredProjections(planned(...amended), shownAt)
  expect(wanted.filter(({ kind }) => kind === 'close-pull')).toEqual([
    { kind: 'close-pull', name: 'close:a', located: shownAt({ kind: 'pull', of: 'a' }) },
  ])
  expect(wanted.find(({ name }) => name.startsWith('check:a@'))).toMatchObject({
    state: { status: 'completed', conclusion: 'cancelled' },
  })
})

it('closes nothing that was never opened', () => {
  expect(desiredProjections(planned(...amended), () => null).map(({ kind }) => kind)).not.toContain('close-pull')
})

it('calls people to a pull request only after a model has reviewed the work', () => {
  const verified = { ...verifiedByAgent('a'), review: ['flaky'] } as TimedEvent
  const inReview = [...amended.slice(0, 5), verified]
  const ready = (...events: TimedEvent[]) =>
    desiredProjections(planned(...events), shownAt).filter(({ kind }) => kind === 'ready-pull')
  expect(ready(...inReview)).toEqual([])
  const reviewed: TimedEvent = { type: 'task_reviewed', task: 'a', attempt: 1, verdict: 'accepted', findings: [] }
  expect(ready(...inReview, reviewed)).toMatchObject([{ name: 'ready:a' }])
})
