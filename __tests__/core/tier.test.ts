import { describe, expect, it } from 'vitest'
import type { TaskFailure } from '../../src/core/failure.ts'
import { recordOf } from '../../src/core/state.ts'
import { nextRung, tierOf } from '../../src/core/tier.ts'
import { agentsAtWork, agentTask, followed } from '../support/planning.ts'
import { shaOf } from '../support/run.ts'

const failing = (log: string): TaskFailure => ({ reason: 'acceptance-failed', exitCode: 1, log })
const task = agentTask('a')
/** The record after attempts that failed so. */
function having(...failures: TaskFailure[]) {
  let state = agentsAtWork('a > b')
  for (const [index, failure] of failures.entries())
    state = followed(
      state,
      { type: 'task_queued', task: 'a', attempt: index + 1, base: shaOf('a') },
      { type: 'task_started', task: 'a', attempt: index + 1, slot: 'r1.1' },
      { type: 'task_failed', task: 'a', attempt: index + 1, head: null, failure, final: false },
    )
  return recordOf(state.work, 'a')
}

describe('an agent that fails', () => {
  it('gets a fresh attempt, then a stronger model, then the part is planned anew', () => {
    expect(nextRung(task, having(), failing('one'), 0)).toBe('again')
    expect(nextRung(task, having(failing('one')), failing('two'), 0)).toBe('stronger')
    expect(nextRung(task, having(failing('one'), failing('two')), failing('three'), 0)).toBe('replan')
  })
  it('is given a stronger tier only from its third attempt on', () => {
    expect(tierOf(task, having(failing('one')))).toBe('default')
    expect(tierOf(task, having(failing('one'), failing('two')))).toBe('strong')
    expect(tierOf(agentTask('a', { model_tier: 'cheap' }), having(failing('one'), failing('two')))).toBe('default')
  })
  it('with the strongest model already, is planned anew after its second attempt', () => {
    expect(nextRung(agentTask('a', { model_tier: 'strong' }), having(failing('one')), failing('two'), 0)).toBe('replan')
  })
  it('is handed to a person when the same failure comes twice in a row, whatever its times and counts', () => {
    const twice = nextRung(task, having(failing('1 of 12 failed in 0.31 s')), failing('1 of 12 failed in 0.29 s'), 0)
    expect(twice).toBe('person')
  })
  it('is handed to a person when the plan was mended often enough', () => {
    const record = having(failing('one'), failing('two'))
    expect(nextRung(task, record, failing('three'), 3)).toBe('person')
    expect(nextRung(task, { ...record, replans: 2 }, failing('three'), 2)).toBe('person')
  })
  it.each(['protected-paths', 'forbidden-mode', 'secret-in-diff'] as const)('%s goes to a person at once', (reason) => {
    expect(nextRung(task, having(), { reason, paths: ['x'] }, 0)).toBe('person')
  })
})
