import { describe, expect, it } from 'vitest'
import { type RunPhase, runBlocker } from '../../../src/render/status/run-phase.ts'

describe('the check of a run', () => {
  it.each<[string, RunPhase, ReturnType<typeof runBlocker>]>([
    ['goes on while the planner writes', { kind: 'planning', stage: 'designing' }, 'none'],
    ['asks a person whose answer the planner waits for', { kind: 'planning', stage: 'questions' }, 'person'],
    ['asks a person if the run has none', { kind: 'out-of-money' }, 'person'],
    [
      'waits for a person if it paused itself',
      { kind: 'paused', by: 'tributary', why: 'GH013', refused: true },
      'person',
    ],
    [
      'goes on while a person has paused the run: what is at work ends first',
      { kind: 'paused', by: 'admin', why: 'by @admin', refused: false },
      'none',
    ],
    ['says that trunk is broken', { kind: 'verification-failed', failure: { cause: 'searching' } }, 'broken'],
  ])('%s', (_what, phase, expected) => {
    expect(runBlocker(phase)).toBe(expected)
  })
})
