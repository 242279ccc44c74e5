import { planOf, taskOf } from '../graphs/workload.ts'
import type { Workload } from '../machine/conditions.ts'
import { lognormal, randomOf, seedOf } from '../random.ts'

export const idsOf = (branches: number): string[] => Array.from({ length: branches }, (_, index) => `t${index + 1}`)

/** Independent tasks, done in an order of their own for each seed; some say that they also write the shared file. */
export function branching(ids: readonly string[], sharing: ReadonlySet<string>, seed: number): Workload {
  const random = randomOf(seedOf('order', ids.length, seed))
  const minutes = new Map(ids.map((id) => [id, 5 * lognormal(random, 1)]))
  const tasks = ids.map((id) => {
    const task = taskOf(id, [], 'medium')
    return sharing.has(id) ? { ...task, writes: [...task.writes, 'shared.txt'] } : task
  })
  return {
    name: `${ids.length} branches`,
    plan: planOf('branches', tasks),
    attempt: (id) => ({ minutes: minutes.get(id) ?? 1, failure: null }),
  }
}
