import type { BuiltInWorkflow } from '../git/built-in-workflow.ts'
import type { HubHost, JobRecord, UnfinishedRun, WorkflowRunRecord } from '../host.ts'
import type { ConcurrencyGroups } from './concurrency.ts'
import type { Grace, StartProcess } from './process/process.ts'

/** What Tributary's own steps are given besides what their workflow says. */
export interface TributaryStep {
  readonly inputs: Readonly<Record<string, string>>
  /** Variables for the steps of the role `work`, for an agent that logs in by one. */
  readonly workEnv: Readonly<Record<string, string>>
}

export interface RunnerOptions {
  /** Folder of the action that Tributary's own steps run, whatever address their `uses:` names. */
  readonly tributaryAction: string
  readonly tributaryStep?: TributaryStep | undefined
  readonly builtInWorkflow?: BuiltInWorkflow | undefined
  /** Called for every log line of every job. */
  readonly logs?: (line: string) => void
  readonly grace?: Grace
  /** PATH of the jobs; the hub's own unless given. */
  readonly path?: string
  /** How a step's process is started; by default a new process for each. */
  readonly startProcess?: StartProcess | undefined
}

/** State that all runs of one runner share. */
export interface RunnerWorld {
  readonly host: HubHost
  readonly groups: ConcurrencyGroups
  readonly tributaryAction: string
  readonly tributaryStep: TributaryStep
  readonly logs: (line: string) => void
  readonly grace: Grace
  readonly path: string
  readonly startProcess: StartProcess
  readonly background: Set<Promise<unknown>>
  /** After closing, no record is written: a restart must find the state from before. */
  closed: boolean
}

export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Work that only `idle()` waits for; its failure is logged and has no other effect. */
export function inBackground(world: RunnerWorld, work: Promise<unknown>): void {
  const settled = work
    .catch((error: unknown) => world.logs(`hub | ${errorMessage(error)}`))
    .finally(() => world.background.delete(settled))
  world.background.add(settled)
}

export const now = (): string => new Date().toISOString()

export function saveRun(world: RunnerWorld, run: WorkflowRunRecord): void {
  if (world.closed) return
  run.updated_at = now()
  world.host.saveRun(run)
}

export function saveUnfinished(world: RunnerWorld, run: UnfinishedRun): void {
  if (!world.closed) world.host.saveUnfinished(run)
}

export function saveJob(world: RunnerWorld, job: JobRecord): void {
  if (!world.closed) world.host.saveJob(job)
}
