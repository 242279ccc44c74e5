import type { JobRecord } from '../../host.ts'
import { evaluate, evaluateText, type Scope, withContexts } from '../workflow/expression.ts'
import { isArray } from '../workflow/json.ts'
import { type Combination, suffix } from '../workflow/matrix.ts'
import type { RunPlan } from '../workflow/plan.ts'
import { isExpression, isMap, type Tree } from '../workflow/tree.ts'
import type { JobDefinition } from '../workflow/workflow.ts'
import { now, type RunnerWorld } from '../world.ts'

const longestName = 100

export const queuedJob = (world: RunnerWorld, plan: RunPlan, name: string, labels: string[] = []): JobRecord => ({
  id: world.host.nextId(),
  run_id: plan.record.id,
  run_attempt: plan.record.run_attempt,
  name: name.slice(0, longestName),
  status: 'queued',
  conclusion: null,
  created_at: now(),
  started_at: null,
  completed_at: null,
  steps: [],
  runner_name: null,
  labels,
  summary: '',
})

export function completeJob(record: JobRecord, conclusion: JobRecord['conclusion']): void {
  const at = now()
  Object.assign(record, { status: 'completed', conclusion, started_at: record.started_at ?? at, completed_at: at })
}

/** The matrix values follow the name, unless the name is made of expressions itself. */
export function displayName({ name, id }: JobDefinition, scope: Scope, combination: Combination | undefined): string {
  const given = evaluateText(name, withContexts(scope, { matrix: combination ?? null, strategy: null })).trim() || id
  return isExpression(name) || combination === undefined ? given : `${given}${suffix(combination)}`
}

export function labelsOf(runsOn: Tree | undefined, scope: Scope): string[] {
  if (runsOn === undefined) return []
  const value = evaluate(isMap(runsOn) ? (runsOn.get('labels') ?? null) : runsOn, scope)
  return isArray(value) ? value.map(String) : [String(value ?? '')]
}
