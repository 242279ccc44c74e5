import type { RunConclusion, SettledJob } from '../host.ts'
import type { Status } from './workflow/expression.ts'
import type { Json } from './workflow/json.ts'
import type { JobDefinition } from './workflow/workflow.ts'

export type JobResult = SettledJob['result']

/** The direct and indirect needs of a job: GitHub's `success()` checks all of them. */
export function jobsBefore(jobs: readonly JobDefinition[], id: string): Set<string> {
  const found = new Set<string>()
  const visit = (one: string): void => {
    for (const need of jobs.find((job) => job.id === one)?.needs ?? []) {
      if (!found.has(need)) visit(need)
      found.add(need)
    }
  }
  visit(id)
  return found
}

export function jobStatus(
  settled: ReadonlyMap<string, SettledJob>,
  before: ReadonlySet<string>,
  cancelled: () => boolean,
): Status {
  const results = (ids: readonly string[]): (JobResult | undefined)[] =>
    [...(ids.length > 0 ? ids : before)].map((id) => settled.get(id)?.result)
  return {
    success: (ids) => !cancelled() && results(ids).every((result) => result === 'success'),
    failure: (ids) => results(ids).includes('failure'),
    cancelled,
  }
}

export const needsContext = (settled: ReadonlyMap<string, SettledJob>, needs: readonly string[]): Json =>
  Object.fromEntries(
    needs.map((id): [string, Json] => {
      const { result, outputs } = settled.get(id) ?? { result: 'skipped', outputs: {} }
      return [id, { result, outputs: { ...outputs } }]
    }),
  )

export function conclusionOf(settled: readonly SettledJob[], cancelled: boolean): RunConclusion {
  const has = (result: JobResult): boolean => settled.some((one) => one.result === result)
  if (cancelled) return 'cancelled'
  if (has('failure')) return 'failure'
  if (has('cancelled')) return 'cancelled'
  return settled.every((one) => one.result === 'skipped') ? 'skipped' : 'success'
}
