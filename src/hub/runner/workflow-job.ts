import type { SettledJob } from '../host.ts'
import { type JobHandle, startJob } from './job/job-handle.ts'
import { JobLog, logPath } from './job/job-log.ts'
import { completeJob, displayName, queuedJob } from './job/job-record.ts'
import { combineResults, failFast, planMatrixJob } from './matrix-job.ts'
import { ParallelLimit } from './parallel-limit.ts'
import {
  evaluate,
  evaluateBoolean,
  evaluateCondition,
  evaluateNumber,
  type Scope,
  withContexts,
} from './workflow/expression.ts'
import { expandMatrix } from './workflow/matrix.ts'
import type { RunPlan } from './workflow/plan.ts'
import { mapOf } from './workflow/tree.ts'
import type { JobDefinition } from './workflow/workflow.ts'
import { errorMessage, type RunnerWorld, saveJob } from './world.ts'

/** One entry of `jobs:`, after all its needs have settled. */
export interface WorkflowJob {
  readonly world: RunnerWorld
  readonly plan: RunPlan
  readonly definition: JobDefinition
  /** github, inputs, vars, needs; and what the status functions answer. */
  readonly scope: Scope
  readonly handles: Map<JobHandle, WorkflowJob>
}

/** Skips the job, or runs it once for each combination of its matrix. Never throws: an invalid expression fails the job. */
export async function runWorkflowJob(workflowJob: WorkflowJob): Promise<SettledJob> {
  try {
    if (!evaluateCondition(workflowJob.definition.if, workflowJob.scope)) return skip(workflowJob)
    if (workflowJob.definition.refused !== undefined) throw new Error(workflowJob.definition.refused)
    return await runMatrix(workflowJob)
  } catch (error) {
    return fail(workflowJob, errorMessage(error))
  }
}

function skip({ world, plan, definition, scope }: WorkflowJob): SettledJob {
  const record = queuedJob(world, plan, displayName(definition, scope, undefined))
  completeJob(record, 'skipped')
  saveJob(world, record)
  return { result: 'skipped', outputs: {} }
}

function fail({ world, plan, definition }: WorkflowJob, message: string): SettledJob {
  const record = queuedJob(world, plan, definition.id)
  const log = new JobLog(logPath(world.host.dataDir, record.id), (line) => world.logs(`${record.name} | ${line}`))
  log.error(message)
  log.close()
  completeJob(record, 'failure')
  saveJob(world, record)
  return { result: 'failure', outputs: {} }
}

async function runMatrix(workflowJob: WorkflowJob): Promise<SettledJob> {
  const strategy = mapOf(workflowJob.definition.strategy)
  const matrix = strategy.get('matrix')
  const combinations = matrix === undefined ? [undefined] : expandMatrix(evaluate(matrix, workflowJob.scope))
  if (combinations.length === 0) throw new Error('The matrix has no combination left')
  if (combinations.length > 256) throw new Error('The matrix generates more than the 256 jobs that GitHub allows')
  const fast = evaluateBoolean(strategy.get('fail-fast'), workflowJob.scope, true)
  const most = evaluateNumber(strategy.get('max-parallel'), workflowJob.scope, combinations.length)
  const common = { 'fail-fast': fast, 'job-total': combinations.length, 'max-parallel': most }
  const planned = combinations.map((combination, index) => {
    const contexts = { matrix: combination ?? null, strategy: { ...common, 'job-index': index } }
    return planMatrixJob({ ...workflowJob, scope: withContexts(workflowJob.scope, contexts) }, combination)
  })
  const parallelLimit = new ParallelLimit(most)
  const matrixJobs = planned.map(({ job, concurrency, forgiven }) => {
    const handle = startJob(workflowJob.world, job, { concurrency, parallelLimit })
    workflowJob.handles.set(handle, workflowJob)
    return { handle, forgiven }
  })
  if (fast) failFast(matrixJobs)
  const ends = await Promise.all(matrixJobs.map(({ handle }) => handle.done))
  for (const { handle } of matrixJobs) workflowJob.handles.delete(handle)
  return combineResults(matrixJobs, ends)
}
