import { describe, expect, it } from 'vitest'
import { checksFor } from '../../../src/render/check/check-output.ts'
import { finalPull } from '../../../src/render/pull/final-pull.ts'
import { workerPull } from '../../../src/render/pull/worker-pull.ts'
import { renderStatus } from '../../../src/render/status/status-comment.ts'
import { planOf } from '../../support/plan.ts'
import {
  approved,
  byAgents,
  handOff,
  landed,
  live,
  merged,
  passed,
  planned,
  proposed,
  queued,
  requested,
  sha,
  startedByAgent,
  type TimedEvent,
  verifiedByAgent,
} from '../support/runs.ts'

type Input = Exclude<TimedEvent, readonly unknown[]>

const plan = byAgents(planOf('a > b', { tasks: { a: { interface: '`toCents(text)`' } } }))
const inReview: TimedEvent[] = [
  requested(),
  proposed(plan),
  approved(),
  queued('a'),
  startedByAgent('a'),
  [60, { ...verifiedByAgent('a', { handOff: handOff() }), review: ['promise'] } as Input],
]
type Reviewed = Partial<Extract<Input, { type: 'task_reviewed' }>>
const reviewed = (more: Reviewed = {}): TimedEvent => ({
  type: 'task_reviewed',
  task: 'a',
  attempt: 1,
  verdict: 'accepted',
  findings: [],
  model: 'claude-opus-5-5',
  ...more,
})
const adapted: TimedEvent = { type: 'task_adapted', task: 'b', of: 'a', ofAttempt: 1, words: 'Call `cents`, @alice.' }
const accepted: TimedEvent[] = [...inReview, reviewed({ findings: ['It is slow, @bob.'] }), adapted, landed('a')]

const checkOf = (...events: TimedEvent[]) => checksFor(planned(...events), 'a').at(-1)
const status = (...events: TimedEvent[]) => renderStatus(live(...events))

describe('a result that a model reviews', () => {
  it('is shown as that, and not as one that waits for a person', () => {
    expect(checkOf(...inReview)).toBeUndefined()
    expect(status(...inReview)).toContain('1 reviewed by a model')
    expect(status(...inReview)).not.toContain('/approve a')
  })

  it("bears what the model said, as a model's words", () => {
    const check = checkOf(...accepted)
    expect(check).toMatchObject({ title: 'Landed', state: { conclusion: 'success' } })
    const said = [
      '- **Reviewed by a model, `claude-opus-5-5`: accepted with remarks** (it is not what was promised to others)',
      '  - It is slow, @&#8203;bob.',
    ]
    expect(check?.text.split('\n')).toEqual(expect.arrayContaining(said))
    expect(workerPull(planned(...accepted), 'a').body.split('\n')).toEqual(expect.arrayContaining(said))
    expect(check?.text).toContain('- Not as promised: `toCents` is no longer named')
    expect(status(...accepted)).toContain('Reviewed by a model.')
  })

  it('that sent it back is no failure', () => {
    const back = checkOf(...inReview, reviewed({ verdict: 'sent-back', findings: ['An empty text fails.'] }))
    expect(back).toMatchObject({
      title: 'Verified, and sent back by a model that reviewed it',
      state: { status: 'completed', conclusion: 'neutral' },
    })
    expect(back?.summary).toContain('Its acceptance passed, and a model that reviewed it sent it back.')
    expect(back?.text).toContain('An empty text fails.')
  })

  it('says where it was not reviewed, and why', () => {
    const left = [
      ...inReview,
      reviewed({ verdict: 'left-out', model: undefined, why: 'no money was left' }),
      landed('a'),
    ]
    expect(checkOf(...left)?.text).toContain('**Not reviewed by a model: no money was left**')
    expect(status(...left)).toContain('Not reviewed by a model.')
  })
})

it('a changed brief is shown with the task that it is of', () => {
  const events = [...accepted, queued('b'), startedByAgent('b')]
  expect(status(...events)).toContain('Its brief was changed by the review of `a`.')
  const [check] = checksFor(planned(...events, [60, verifiedByAgent('b')], landed('b')), 'b')
  expect(check?.text).toContain('- Changed by the review of `a`: Call `cents`, @&#8203;alice.')
})

it('the final pull request lists reviews apart from what the machine has checked', () => {
  const events: TimedEvent[] = [
    ...accepted,
    merged('a'),
    passed(1, sha('merge-a')),
    { type: 'run_cancelled', why: 'enough' },
  ]
  const { body } = finalPull(planned(...events))
  expect(body).toContain('**Reviewed by a model before it landed**')
  expect(body).toContain('  - **Reviewed by a model, `claude-opus-5-5`: accepted with remarks**')
  expect(body).toContain('  - Changed by the review of `a`: Call `cents`, @&#8203;alice.')
})
