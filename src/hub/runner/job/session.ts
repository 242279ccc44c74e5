import type { JobRecord } from '../../host.ts'
import { trackingVariable } from '../process/leftovers.ts'
import type { Running } from '../process/process.ts'
import { type Scope, withContexts } from '../workflow/expression.ts'
import type { Json, JsonObject } from '../workflow/json.ts'
import type { RunPlan } from '../workflow/plan.ts'
import type { Expression, Tree } from '../workflow/tree.ts'
import type { JobDefinition } from '../workflow/workflow.ts'
import type { RunnerWorld } from '../world.ts'
import { readsOutput } from './commands.ts'
import { runnerContext, stepVariables } from './contexts.ts'
import { createStepFiles, type StepFiles } from './env-files.ts'
import { type Folders, trackingId } from './folders.ts'
import type { JobLog } from './job-log.ts'

export type JobStatus = 'success' | 'failure' | 'cancelled'

/** A step of a job: from the workflow, or the `post` step of an action. */
export interface JobStep {
  /** Evaluated late: an expression in it may read outputs of earlier steps. */
  title(): string
  readonly id: string | undefined
  readonly if: Expression
  readonly continueOnError: Tree | undefined
  readonly timeoutMinutes: Tree | undefined
  readonly env: Tree | undefined
  perform(step: StepSession): Promise<void>
}

export interface Limits {
  readonly minutes: number
  /** How long `always()` steps may take after the job was cancelled. */
  readonly cancelMinutes: number
}

/** State of a running job. */
export interface JobSession {
  readonly world: RunnerWorld
  readonly plan: RunPlan
  readonly definition: JobDefinition
  readonly record: JobRecord
  readonly limits: Limits
  readonly folders: Folders
  readonly log: JobLog
  readonly token: string
  readonly github: JsonObject
  /** inputs, needs, matrix, strategy, vars, secrets: contexts that no step changes. */
  readonly fixed: Readonly<Record<string, Json>>
  env: Record<string, string>
  path: string[]
  steps: Record<string, Json>
  status: JobStatus
  readonly posts: JobStep[]
  readonly children: Set<Running>
  readonly timers: NodeJS.Timeout[]
  current: StepSession | undefined
  killed: boolean
}

/** State of a running step. */
export interface StepSession {
  readonly job: JobSession
  readonly jobStep: JobStep
  readonly scope: Scope
  readonly env: Readonly<Record<string, string>>
  readonly outputs: Record<string, string>
  readonly child: { running: Running | undefined }
  readonly files: StepFiles
  readonly read: (line: string) => void
  stopped: 'cancelled' | 'timed out' | undefined
}

export function jobScope(job: JobSession): Scope {
  return {
    contexts: {
      ...job.fixed,
      github: job.github,
      env: job.env,
      steps: job.steps,
      job: { status: job.status },
      runner: runnerContext(job.folders),
    },
    status: {
      success: () => job.status === 'success',
      failure: () => job.status === 'failure',
      cancelled: () => job.status === 'cancelled',
    },
  }
}

export function openStep(job: JobSession, jobStep: JobStep, env: Readonly<Record<string, string>>): StepSession {
  const scope = withContexts(jobScope(job), { env: { ...job.env, ...env } })
  return {
    job,
    jobStep,
    scope,
    env,
    outputs: {},
    child: { running: undefined },
    files: createStepFiles(job.folders.temp),
    read: readsOutput(job.log),
    stopped: undefined,
  }
}

/** The environment of a step's processes: a clean machine's, then the workflow's, then GitHub's own. */
export function stepEnvironment(job: JobSession, env: Readonly<Record<string, string>>): Record<string, string> {
  const { folders, world } = job
  return {
    HOME: folders.home,
    LANG: 'C.UTF-8',
    TMPDIR: folders.tmp,
    [trackingVariable]: trackingId(world.host, job.record.id),
    ...job.env,
    ...env,
    PATH: [...job.path, env.PATH ?? job.env.PATH ?? world.path].join(':'),
    ...stepVariables(job.github, runnerContext(folders)),
  }
}
