import { describe, expect, it } from 'vitest'
import { askFor } from '../../../src/cli/run/ask-for.ts'
import { type ActiveRun, emptyRun } from '../../../src/core/run/state.ts'
import { gate } from '../../support/plan.ts'
import { followed, planning } from '../../support/planning.ts'
import { begun, failed, landed, merged, proposed, running, shaOf } from '../../support/run.ts'

const question = { id: 'q1', question: 'Which format?', options: ['JSON', 'XML'], default: 'JSON' }
const approvedOnly = (graph: string, ...only: string[]) => {
  const state = proposed(graph)
  return followed<ActiveRun>(state, { type: 'plan_approved', planId: state.work.planId, only })
}

describe('what a terminal asks', () => {
  it('is nothing while the run is planned, and answers once the planner has asked', () => {
    expect(askFor(emptyRun)).toBeNull()
    expect(askFor(planning())).toBeNull()
    const asks = followed(planning(), { type: 'questions_asked', questions: [question] })
    expect(askFor(asks)).toMatchObject({ kind: 'answers', key: 'answers:q1', questions: [question] })
    const answered = followed(asks, {
      type: 'questions_answered',
      answers: [{ question: 'q1', chosen: 'a', words: 'JSON', by: 'admin' }],
    })
    expect(askFor(answered)).toBeNull()
  })

  it('is an approval of exactly the plan that is there', () => {
    const state = proposed('a > b')
    expect(askFor(state)).toMatchObject({ kind: 'approval', key: `approval:${state.work.planId}` })
    expect(askFor(running('a > b'))).toBeNull()
  })

  it('is the rest of a plan once the approved part has landed, and not before', () => {
    const some = approvedOnly('a > b', 'a')
    expect(askFor(some)).toBeNull()
    expect(askFor(followed(some, ...begun(some, 'a')))).toBeNull()
    expect(askFor(merged(landed(some, 'a'), 'a'))).toMatchObject({ kind: 'approval' })
  })

  it('is nothing where the base has moved in paths of the plan', () => {
    const stale = followed(proposed('a'), { type: 'base_moved', to: shaOf('new'), paths: ['a/x'], stale: true })
    expect(askFor(stale)).toBeNull()
  })

  it('is a gate as soon as its needs have landed', () => {
    const state = running('a > look, look > b', { tasks: { look: { ...gate, title: 'Is it right?' } } })
    expect(askFor(state)).toBeNull()
    const opened = followed(merged(landed(state, 'a'), 'a'), {
      type: 'task_queued',
      task: 'look',
      attempt: 1,
      base: shaOf('a'),
    })
    expect(askFor(opened)).toMatchObject({ kind: 'opening', task: 'look', title: 'Is it right?', isGate: true })
    const paused = followed(opened, { type: 'run_paused', why: 'by @admin' })
    expect(askFor(paused)).toBeNull()
  })

  it('is nothing where a task has failed for good, or the run is over', () => {
    expect(askFor(failed(running('a'), 'a'))).toBeNull()
    expect(askFor(followed(proposed('a'), { type: 'plan_rejected', why: '' }))).toBeNull()
  })
})
