import type { StepRecord } from '../../host.ts'
import { now } from '../world.ts'

export const queuedStep = (number: number, name: string): StepRecord => ({
  number,
  name,
  status: 'queued',
  conclusion: null,
  started_at: null,
  completed_at: null,
})

export const startStep = (step: StepRecord): void =>
  void Object.assign(step, { status: 'in_progress', started_at: now() })

export const completeStep = (step: StepRecord, conclusion: StepRecord['conclusion']): void =>
  void Object.assign(step, { status: 'completed', conclusion, completed_at: now() })

/** Completes the records of steps that the job did not reach. */
export function endSteps(steps: readonly StepRecord[]): void {
  for (const step of steps) {
    if (step.status !== 'completed') completeStep(step, step.status === 'in_progress' ? 'failure' : 'skipped')
  }
}
