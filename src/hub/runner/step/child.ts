import { stepFileVariables } from '../job/env-files.ts'
import { type StepSession, stepEnvironment } from '../job/session.ts'

/** Ends a step as failed; the message goes into the job's log. */
export class StepFailure extends Error {}

/** Ends a step that was cancelled or timed out, whatever its exit code. */
export class StepStopped extends Error {}

export interface Child {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly onLine?: (line: string) => void
}

/** Runs a process of a step to its end and gives its exit code. */
export async function runChild(step: StepSession, child: Child): Promise<number> {
  const { job } = step
  if (step.stopped !== undefined || job.killed) throw new StepStopped()
  const env = { ...stepEnvironment(job, step.env), ...stepFileVariables(step.files), ...child.env }
  const cwd = child.cwd ?? job.folders.workspace
  const request = { command: child.command, args: child.args, cwd, env, onLine: child.onLine ?? step.read }
  const running = job.world.startProcess(request, job.world.grace)
  job.children.add(running)
  step.child.running = running
  const exit = await running.done
  step.child.running = undefined
  if (step.stopped !== undefined || job.killed) throw new StepStopped()
  if (exit.error !== undefined) throw new StepFailure(`${child.command} could not be started: ${exit.error.message}`)
  return exit.code
}

export async function mustSucceed(step: StepSession, child: Child): Promise<void> {
  const code = await runChild(step, child)
  if (code !== 0) throw new StepFailure(`Process completed with exit code ${code}.`)
}

export function stopStep(step: StepSession, why: 'cancelled' | 'timed out'): void {
  if (step.stopped !== undefined) return
  step.stopped = why
  step.child.running?.interrupt()
}
