import type { SettledJob } from '../host.ts'
import { type ConcurrencyRequest, concurrencyOf } from './concurrency.ts'
import type { JobResult } from './graph.ts'
import type { JobPlan } from './job/job.ts'
import type { JobHandle } from './job/job-handle.ts'
import { displayName, labelsOf, queuedJob } from './job/job-record.ts'
import type { JobEnd } from './job/job-steps.ts'
import type { Limits } from './job/session.ts'
import { evaluateBoolean, evaluateNumber, type Scope } from './workflow/expression.ts'
import type { Combination } from './workflow/matrix.ts'
import type { RunPlan } from './workflow/plan.ts'
import type { JobDefinition } from './workflow/workflow.ts'
import type { RunnerWorld } from './world.ts'

/** One job of a matrix, or the only one if there is no matrix. */
export interface PlannedMatrixJob {
  readonly job: JobPlan
  readonly concurrency: ConcurrencyRequest | undefined
  /** `continue-on-error`: its failure does not fail the run. */
  readonly forgiven: boolean
}

export interface MatrixJob {
  readonly handle: JobHandle
  readonly forgiven: boolean
}

interface MatrixContext {
  readonly world: RunnerWorld
  readonly plan: RunPlan
  readonly definition: JobDefinition
  readonly scope: Scope
}

/** Evaluates all expressions, so that an error shows before the first job of the matrix starts. */
export function planMatrixJob(context: MatrixContext, combination: Combination | undefined): PlannedMatrixJob {
  const { world, plan, definition, scope } = context
  const name = displayName(definition, scope, combination)
  const record = queuedJob(world, plan, name, labelsOf(definition.runsOn, scope))
  const { needs, matrix, strategy } = scope.contexts
  const contexts = { needs: needs ?? {}, matrix: matrix ?? null, strategy: strategy ?? null }
  return {
    job: { run: plan, definition, record, contexts, limits: limitsOf(definition, scope) },
    concurrency: concurrencyOf(definition.concurrency, scope),
    forgiven: evaluateBoolean(definition.continueOnError, scope, false),
  }
}

/** GitHub's defaults: six hours, and five minutes to clean up. */
const limitsOf = (definition: JobDefinition, scope: Scope): Limits => ({
  minutes: evaluateNumber(definition.timeoutMinutes, scope, 360),
  cancelMinutes: evaluateNumber(definition.cancelTimeoutMinutes, scope, 5),
})

/** fail-fast: the first failure cancels the other jobs. */
export function failFast(matrixJobs: readonly MatrixJob[]): void {
  for (const matrixJob of matrixJobs) {
    void matrixJob.handle.done.then(({ status }) => {
      if (status !== 'failure' || matrixJob.forgiven) return
      for (const other of matrixJobs) if (other !== matrixJob) other.handle.cancel()
    })
  }
}

export function combineResults(matrixJobs: readonly MatrixJob[], ends: readonly JobEnd[]): SettledJob {
  const results = ends.map(({ status }, n): JobResult => {
    const forgiven = status === 'failure' && matrixJobs[n]?.forgiven === true
    return forgiven ? 'success' : status
  })
  const worst = (['failure', 'cancelled'] as const).find((result) => results.includes(result))
  return { result: worst ?? 'success', outputs: Object.assign({}, ...ends.map(filled)) }
}

/** An empty output of one matrix job does not overwrite another's. */
const filled = ({ outputs }: JobEnd): Record<string, string> =>
  Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== ''))
