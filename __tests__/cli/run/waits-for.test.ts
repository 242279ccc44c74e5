import { describe, expect, it } from 'vitest'
import { waitsFor } from '../../../src/cli/run/waits-for.ts'
import { emptyRun } from '../../../src/core/run/state.ts'
import { gate } from '../../support/plan.ts'
import { followed, planning } from '../../support/planning.ts'
import { failed, landed, merged, proposed, running, shaOf } from '../../support/run.ts'

const question = { id: 'q1', question: 'Which format?', options: ['JSON', 'XML'], default: 'JSON' }

describe('what a run waits for', () => {
  it('is nothing while it is planned, and answers once the planner has asked', () => {
    expect(waitsFor(emptyRun)).toEqual({ kind: 'nothing' })
    expect(waitsFor(planning())).toEqual({ kind: 'nothing' })
    const asks = followed(planning(), { type: 'questions_asked', questions: [question] })
    expect(waitsFor(asks)).toMatchObject({ kind: 'answers', key: 'answers:q1', questions: [question] })
    const answered = followed(asks, {
      type: 'questions_answered',
      answers: [{ question: 'q1', chosen: 'a', words: 'JSON', by: 'admin' }],
    })
    expect(waitsFor(answered)).toEqual({ kind: 'nothing' })
  })

  it('is an approval of exactly the plan that is there', () => {
    const state = proposed('a > b')
    expect(waitsFor(state)).toMatchObject({ kind: 'approval', key: `approval:${state.work.planId}` })
    expect(waitsFor(running('a > b'))).toEqual({ kind: 'nothing' })
  })

  it('is a person where the base has moved in paths of the plan, and nothing is asked then', () => {
    const stale = followed(proposed('a'), { type: 'base_moved', to: shaOf('new'), paths: ['a/x'], stale: true })
    expect(waitsFor(stale)).toEqual({ kind: 'person' })
  })

  it('is a gate as soon as its needs have landed', () => {
    const state = running('a > look, look > b', { tasks: { look: { ...gate, title: 'Is it right?' } } })
    expect(waitsFor(state)).toEqual({ kind: 'nothing' })
    const opened = followed(merged(landed(state, 'a'), 'a'), {
      type: 'task_queued',
      task: 'look',
      attempt: 1,
      base: shaOf('a'),
    })
    expect(waitsFor(opened)).toMatchObject({ kind: 'opening', task: 'look', title: 'Is it right?', isGate: true })
  })

  it('is a person where a task has failed for good and nothing else is left', () => {
    expect(waitsFor(failed(running('a'), 'a'))).toEqual({ kind: 'person' })
  })

  it('is a person while it is paused, whatever a gate asks', () => {
    const paused = followed(running('a'), { type: 'run_paused', why: 'by @admin' })
    expect(waitsFor(paused)).toEqual({ kind: 'person' })
  })

  it('is over with its conclusion', () => {
    const rejected = followed(proposed('a'), { type: 'plan_rejected', why: '' })
    expect(waitsFor(rejected)).toEqual({ kind: 'over', conclusion: 'rejected' })
  })
})
