import { describe, expect, it } from 'vitest'
import type { LiveRun } from '../../../src/core/run/state.ts'
import { planCommandGivenUp, planTry } from '../../../src/core/schedule/plan-command.ts'
import { isDraftReady, wantedStages } from '../../../src/core/schedule/planning-stages.ts'
import { isIdle } from '../../../src/core/schedule/run-end.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { assignmentFor } from '../../../src/core/slots/assignment.ts'
import { awaitedSlot } from '../../../src/core/slots/result-events.ts'
import { agentPlan, followed, planning } from '../../support/planning.ts'
import { shaOf } from '../../support/run.ts'

const settings = settingsSchema.parse({ plan: { command: ['planner', '{prompt_file}'] } })
const begun = () => planning('strict', settings)
const started = (attempt: number) => ({ type: 'plan_command_started', attempt, slot: 'r1.1' }) as const
const failed = (attempt: number, why = 'no JSON') => ({ type: 'plan_command_failed', attempt, why }) as const
const drafted = (...problems: string[]) => ({
  type: 'plan_drafted' as const,
  plan: agentPlan('a'),
  notes: [],
  problems,
})
const isReady = ({ planning: of }: LiveRun) => of !== null && isDraftReady(of)

describe('a plan by another program', () => {
  it('needs no stage of a model, and is work of a slot before anything is approved', () => {
    const run = begun()
    expect([wantedStages(run), planTry(run), isIdle(run)]).toEqual([[], { attempt: 1, slot: null }, false])
    const at = followed(run, started(1))
    expect(assignmentFor(at, 'r1.1')).toMatchObject({ kind: 'plan', on: shaOf('base'), attempt: 1, minutes: 30 })
    expect(assignmentFor(at, 'r1.2')).toEqual({ kind: 'idle' })
    expect(awaitedSlot(at, { run: '42', task: 'plan', attempt: 1 })).toBe('r1.1')
    expect(awaitedSlot(at, { run: '42', task: 'plan', attempt: 2 })).toBeNull()
  })
  it('is there when lint finds nothing', () => {
    const run = followed(begun(), started(1), drafted())
    expect([planTry(run), isReady(run)]).toEqual([null, true])
  })
  it('is written once more with what was wrong, and then stands as it is', () => {
    const once = followed(begun(), started(1), drafted('a writes nothing'))
    expect([planTry(once), isReady(once)]).toEqual([{ attempt: 2, slot: null }, false])
    const twice = followed(once, started(2), drafted('a writes nothing'))
    expect([planTry(twice), isReady(twice), planCommandGivenUp(twice)]).toEqual([null, true, null])
  })
  it('is given up after two tries without a plan, with the reason of the last', () => {
    const once = followed(begun(), started(1), failed(1))
    expect([planTry(once), planCommandGivenUp(once)]).toEqual([{ attempt: 2, slot: null }, null])
    const twice = followed(once, started(2), failed(2, 'its exit code was 3'))
    expect([planTry(twice), planCommandGivenUp(twice)]).toEqual([null, 'its exit code was 3'])
  })
  it('counts slots that never began as tries', () => {
    const failures = [1, 1].map((attempt, index) => ({ ...failed(attempt), request: `r${index + 1}` }))
    expect(planCommandGivenUp(followed(begun(), ...failures))).toBe('no JSON')
  })
  it('has two tries again for another version', () => {
    const run = followed(begun(), started(1), failed(1), started(2), drafted(), {
      type: 'revision_requested',
      words: 'smaller',
    })
    expect(planTry(run)).toEqual({ attempt: 3, slot: null })
  })
})
