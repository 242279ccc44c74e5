import type { JobRecord } from '../host.ts'
import { admissionOf } from './admission.ts'
import type { Admission } from './concurrency.ts'
import type { Scope } from './expression.ts'
import {
  evaluate,
  evaluateBoolean,
  evaluateCondition,
  evaluateNumber,
  evaluateText,
  withContexts,
} from './expression.ts'
import type { Result, Settled } from './graph.ts'
import type { JobEnd, JobPlan } from './job.ts'
import type { JobHandle } from './job-handle.ts'
import { startJob } from './job-handle.ts'
import { JobLog, logPath } from './job-log.ts'
import { isArray } from './json.ts'
import type { Combination } from './matrix.ts'
import { expand, suffix } from './matrix.ts'
import type { RunPlan } from './plan.ts'
import type { Tree } from './tree.ts'
import { isExpression, isMap, mapOf } from './tree.ts'
import { Turns } from './turns.ts'
import type { JobDefinition } from './workflow.ts'
import type { World } from './world.ts'
import { now, saveJob } from './world.ts'

/** One entry of `jobs:`, with all its needs settled. */
export interface Node {
  readonly world: World
  readonly plan: RunPlan
  readonly definition: JobDefinition
  /** github, inputs, vars, needs; and what the status functions answer. */
  readonly scope: Scope
  readonly handles: Map<JobHandle, Node>
}

interface Member {
  readonly handle: JobHandle
  readonly forgiven: boolean
}

interface PlannedMember {
  readonly job: JobPlan
  readonly admission: Admission | undefined
  readonly forgiven: boolean
}

/** Skips the job, or runs it once for each combination of its matrix. Never throws: what cannot be evaluated fails the job. */
export async function runNode(node: Node): Promise<Settled> {
  try {
    if (!evaluateCondition(node.definition.if, node.scope)) return skip(node)
    if (node.definition.refused !== undefined) throw new Error(node.definition.refused)
    return await runMatrix(node)
  } catch (error) {
    return fail(node, error instanceof Error ? error.message : String(error))
  }
}

function skip(node: Node): Settled {
  const record = newRecord(node, displayName(node, node.scope, undefined))
  Object.assign(record, { status: 'completed', conclusion: 'skipped', started_at: now(), completed_at: now() })
  saveJob(node.world, record)
  return { result: 'skipped', outputs: {} }
}

function fail(node: Node, message: string): Settled {
  const { world } = node
  const record = newRecord(node, node.definition.id)
  const log = new JobLog(logPath(world.host.dataDir, record.id), (line) => world.logs(`${record.name} | ${line}`))
  log.error(message)
  log.close()
  Object.assign(record, { status: 'completed', conclusion: 'failure', started_at: now(), completed_at: now() })
  saveJob(world, record)
  return { result: 'failure', outputs: {} }
}

async function runMatrix(node: Node): Promise<Settled> {
  const strategy = mapOf(node.definition.strategy)
  const matrix = strategy.get('matrix')
  const combinations = matrix === undefined ? [undefined] : expand(evaluate(matrix, node.scope))
  if (combinations.length === 0) throw new Error('The matrix has no combination left')
  const failFast = evaluateBoolean(strategy.get('fail-fast'), node.scope, true)
  const most = evaluateNumber(strategy.get('max-parallel'), node.scope, combinations.length)
  const turns = new Turns(most)
  const common = { 'fail-fast': failFast, 'job-total': combinations.length, 'max-parallel': most }
  const planned = combinations.map((combination, index) => {
    const contexts = { matrix: combination ?? null, strategy: { ...common, 'job-index': index } }
    return planMember({ ...node, scope: withContexts(node.scope, contexts) }, combination)
  })
  const members = planned.map((member) => startMember(node, member, turns))
  if (failFast) for (const member of members) cancelOthers(member, members)
  const ends = await Promise.all(members.map(({ handle }) => handle.done))
  for (const { handle } of members) node.handles.delete(handle)
  return together(members, ends)
}

/** All that can go wrong in evaluating goes wrong here, before the first job of the matrix has started. */
function planMember(node: Node, combination: Combination | undefined): PlannedMember {
  const { definition, scope, plan } = node
  const record = newRecord(node, displayName(node, scope, combination))
  record.labels = labelsOf(definition.runsOn, scope)
  const { needs, matrix, strategy } = scope.contexts
  const contexts = { needs: needs ?? {}, matrix: matrix ?? null, strategy: strategy ?? null }
  return {
    job: { run: plan, definition, record, contexts },
    admission: admissionOf(definition.concurrency, scope),
    forgiven: evaluateBoolean(definition.continueOnError, scope, false),
  }
}

function startMember(node: Node, { job, admission, forgiven }: PlannedMember, turns: Turns): Member {
  const handle = startJob(node.world, job, { admission, turns })
  node.handles.set(handle, node)
  return { handle, forgiven }
}

function cancelOthers(member: Member, members: readonly Member[]): void {
  void member.handle.done.then(({ status }) => {
    if (status !== 'failure' || member.forgiven) return
    for (const other of members) if (other !== member) other.handle.cancel()
  })
}

function together(members: readonly Member[], ends: readonly JobEnd[]): Settled {
  const results = ends.map(
    (end, n): Result => (end.status === 'failure' && members[n]?.forgiven ? 'success' : end.status),
  )
  const worst = (['failure', 'cancelled'] as const).find((result) => results.includes(result))
  return { result: worst ?? 'success', outputs: Object.assign({}, ...ends.map(filled)) }
}

/** An empty output of one matrix job does not wipe out another's. */
const filled = ({ outputs }: JobEnd): Record<string, string> =>
  Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== ''))

function newRecord({ world, plan }: Node, name: string): JobRecord {
  return {
    id: world.host.nextId(),
    run_id: plan.record.id,
    run_attempt: plan.record.run_attempt,
    name: name.slice(0, 100),
    status: 'queued',
    conclusion: null,
    created_at: now(),
    started_at: null,
    completed_at: null,
    steps: [],
    runner_name: null,
    labels: [],
    summary: '',
  }
}

/** The matrix values follow the name, unless the name is made of expressions itself. */
function displayName({ definition }: Node, scope: Scope, combination: Combination | undefined): string {
  const { name, id } = definition
  const given = evaluateText(name, withContexts(scope, { matrix: combination ?? null, strategy: null })) || id
  return isExpression(name) || combination === undefined ? given : `${given}${suffix(combination)}`
}

function labelsOf(runsOn: Tree | undefined, scope: Scope): string[] {
  if (runsOn === undefined) return []
  const value = evaluate(isMap(runsOn) ? (runsOn.get('labels') ?? null) : runsOn, scope)
  return isArray(value) ? value.map(String) : [String(value ?? '')]
}
