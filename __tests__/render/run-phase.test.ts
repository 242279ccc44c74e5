import { describe, expect, it } from 'vitest'
import { type RunPhase, standstill } from '../../src/render/run-phase.ts'

const planning = (stage: 'questions' | 'designing', outOfMoney: boolean): RunPhase => ({
  kind: 'planning',
  stage,
  outOfMoney,
})

describe('the check of a run', () => {
  it.each<[string, RunPhase, ReturnType<typeof standstill>]>([
    ['goes on while the planner writes', planning('designing', false), 'none'],
    ['asks a person whose answer the planner waits for', planning('questions', false), 'person'],
    ['asks a person if the planner has no money left', planning('designing', true), 'person'],
    ['asks a person if the run has none', { kind: 'out-of-money' }, 'person'],
    ['goes on while a person has paused the run: what is at work ends first', { kind: 'paused', by: 'admin' }, 'none'],
    ['says that trunk is broken', { kind: 'verification-failed' }, 'broken'],
  ])('%s', (_what, phase, expected) => {
    expect(standstill(phase)).toBe(expected)
  })
})
