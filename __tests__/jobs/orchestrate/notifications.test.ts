import { describe, expect, it } from 'vitest'
import { scriptedPlan } from '../../../scripts/screens/scripted-plan.ts'
import { evolve } from '../../../src/core/run/evolve.ts'
import { type ProjectionName, projectionName } from '../../../src/core/run/projection-name.ts'
import { emptyRun, type RunState } from '../../../src/core/run/state.ts'
import { desiredProjections } from '../../../src/jobs/orchestrate/projections/desired-projections.ts'
import { reviewRequests } from '../../../src/jobs/orchestrate/projections/review-requests.ts'
import {
  approved,
  done,
  failed,
  history,
  passed,
  planningBegun,
  proposed,
  queued,
  requested,
  sha,
  started,
  type TimedEvent,
} from '../../render/support/runs.ts'

const plan = scriptedPlan(12)
const ids = plan.tasks.map(({ id }) => id)
const last = sha(`merge-${ids.at(-1)}`)

/** A run of 12 tasks as the planner, a person and four slots make it, from `/plan` to its end. */
const run = (change: Record<string, unknown>, ...between: TimedEvent[]): TimedEvent[] => [
  requested(),
  planningBegun('strict', change),
  proposed(plan, change),
  approved(),
  ...between,
  ...ids.flatMap((id) => [...done(id, 'r1.1', 5, between.length > 0 && id === ids[0] ? 2 : 1)]),
  { type: 'verification_queued', on: last, attempt: 1 },
  passed(1, last),
  { type: 'run_finished', sha: last },
]

/** What is new on GitHub's pages after each event: a comment, a pull request and a request for a review are mail, an edit is none. */
function notified(events: readonly TimedEvent[]): string[] {
  const made: string[] = []
  let state: RunState = emptyRun
  for (const event of history(...events)) {
    state = evolve(state, event)
    if (state.phase === 'empty') continue
    const located = (of: ProjectionName) => {
      const name = projectionName(of)
      return made.includes(name) ? { number: made.indexOf(name) + 50, node: name } : null
    }
    for (const { kind, name } of desiredProjections(state, located))
      if (['comment', 'pull', 'ready-pull'].includes(kind) && !made.includes(name)) made.push(name)
    for (const { name } of reviewRequests(state, located)) if (!made.includes(name)) made.push(name)
  }
  return made.map((name) => name.replace(/call-[0-9a-f]+/, 'call'))
}

describe('the notifications of a run of 12 tasks', () => {
  const ours = ['comment:planning', 'pull:trunk', 'comment:plan', 'comment:proposed', 'comment:status']

  /** Those of the run itself, without those of its tasks. */
  const ofRun = (all: readonly string[]) => all.filter((name) => !ids.some((id) => name.endsWith(`:${id}`))).toSorted()

  it('are five comments and pull requests of its own, and one call at the end, beside those of the tasks', () => {
    const all = notified(run({}))
    expect(all.filter((name) => ids.some((id) => name === `pull:${id}`))).toHaveLength(12)
    expect(ofRun(all)).toEqual([...ours, 'ready:trunk', 'reviewers:trunk'].toSorted())
    expect(all.filter((name) => name.startsWith('reviewers:'))).toEqual(['reviewers:trunk'])
  })

  it('have a mention at the end for those who are not asked for a review', () => {
    expect(ofRun(notified(run({ reviewers: [] })))).toEqual([...ours, 'ready:trunk', 'comment:call'].toSorted())
    expect(ofRun(notified(run({ reviewers: ['kim'] })))).toEqual(
      [...ours, 'ready:trunk', 'reviewers:trunk', 'comment:call'].toSorted(),
    )
  })

  it('are none for tasks under `review-only` if nobody is to look, and one for a task that failed', () => {
    const quiet = { worker_pull_requests: 'review-only' }
    expect(notified(run(quiet)).filter((name) => name.startsWith('pull:'))).toEqual(['pull:trunk'])
    const [first = ''] = ids
    const fails: TimedEvent[] = [
      queued(first),
      started(first),
      failed(first, { reason: 'acceptance-failed', exitCode: 1, log: '' }),
      { type: 'task_retried', by: 'bob', task: first, note: '', onto: [] },
    ]
    expect(notified(run(quiet, ...fails)).filter((name) => name.startsWith('pull:'))).toEqual([
      'pull:trunk',
      `pull:${first}`,
    ])
  })
})
