import type { SettledJob } from './graph.ts'
import { type JobHandle, startJob } from './job/job-handle.ts'
import { JobLog, logPath } from './job/job-log.ts'
import { completeJob, displayName, queuedJob } from './job/job-record.ts'
import { failFast, planMember, together } from './matrix-job.ts'
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

/** One entry of `jobs:`, with all its needs settled. */
export interface Node {
  readonly world: RunnerWorld
  readonly plan: RunPlan
  readonly definition: JobDefinition
  /** github, inputs, vars, needs; and what the status functions answer. */
  readonly scope: Scope
  readonly handles: Map<JobHandle, Node>
}

/** Skips the job, or runs it once for each combination of its matrix. Never throws: what cannot be evaluated fails the job. */
export async function runNode(node: Node): Promise<SettledJob> {
  try {
    if (!evaluateCondition(node.definition.if, node.scope)) return skip(node)
    if (node.definition.refused !== undefined) throw new Error(node.definition.refused)
    return await runMatrix(node)
  } catch (error) {
    return fail(node, errorMessage(error))
  }
}

function skip({ world, plan, definition, scope }: Node): SettledJob {
  const record = queuedJob(world, plan, displayName(definition, scope, undefined))
  completeJob(record, 'skipped')
  saveJob(world, record)
  return { result: 'skipped', outputs: {} }
}

function fail({ world, plan, definition }: Node, message: string): SettledJob {
  const record = queuedJob(world, plan, definition.id)
  const log = new JobLog(logPath(world.host.dataDir, record.id), (line) => world.logs(`${record.name} | ${line}`))
  log.error(message)
  log.close()
  completeJob(record, 'failure')
  saveJob(world, record)
  return { result: 'failure', outputs: {} }
}

async function runMatrix(node: Node): Promise<SettledJob> {
  const strategy = mapOf(node.definition.strategy)
  const matrix = strategy.get('matrix')
  const combinations = matrix === undefined ? [undefined] : expandMatrix(evaluate(matrix, node.scope))
  if (combinations.length === 0) throw new Error('The matrix has no combination left')
  if (combinations.length > 256) throw new Error('The matrix generates more than the 256 jobs that GitHub allows')
  const fast = evaluateBoolean(strategy.get('fail-fast'), node.scope, true)
  const most = evaluateNumber(strategy.get('max-parallel'), node.scope, combinations.length)
  const common = { 'fail-fast': fast, 'job-total': combinations.length, 'max-parallel': most }
  const planned = combinations.map((combination, index) => {
    const contexts = { matrix: combination ?? null, strategy: { ...common, 'job-index': index } }
    return planMember({ ...node, scope: withContexts(node.scope, contexts) }, combination)
  })
  const turns = new ParallelLimit(most)
  const members = planned.map(({ job, admission, forgiven }) => {
    const handle = startJob(node.world, job, { admission, turns })
    node.handles.set(handle, node)
    return { handle, forgiven }
  })
  if (fast) failFast(members)
  const ends = await Promise.all(members.map(({ handle }) => handle.done))
  for (const { handle } of members) node.handles.delete(handle)
  return together(members, ends)
}
