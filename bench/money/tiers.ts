import type { TaskId } from '../../src/core/ids.ts'
import { criticalPath, work } from '../../src/core/plan/graph.ts'
import type { Task } from '../../src/core/plan/plan.ts'
import { estimate } from '../../src/core/prediction/prediction.ts'
import { type Member, minutesIn } from '../graphs/corpus.ts'
import { runMachine } from '../machine/machine.ts'
import { type Random, randomOf, seedOf } from '../random.ts'
import { SLOTS, STRONG, USD_A_MINUTE } from './prices.ts'

/** The share of each task's work that the strong model does; the rest is done by the other one. */
type Shares = ReadonlyMap<TaskId, number>

interface Done {
  makespan: number
  usd: number
}

export interface Tiered {
  member: Member
  /** Without a strong model, with one on the critical path, on other tasks, and on tasks drawn from all, for as much money. */
  plain: Done
  onPath: Done
  elsewhere: Done
  anywhere: Done
}

/**
 * Where does a stronger model help, at equal cost: on the path that the estimates call critical, or off it? The
 * machine has no such rule: it does as the plan says. Null: the path is all there is, or nothing.
 */
export async function tiers(member: Member): Promise<Tiered | null> {
  const { plan } = member.workload
  const takes = minutesIn(member.workload)
  const ids = new Set(criticalPath(plan.tasks, estimate))
  const path = plan.tasks.filter(({ id }) => ids.has(id))
  const others = plan.tasks.filter(({ id }) => !ids.has(id))
  const minutes = Math.min(work(path, takes), work(others, takes))
  if (minutes === 0) return null
  const random = randomOf(seedOf('tiers', member.key))
  const on = (tasks: readonly Task[]) => doneWith(member, sharesOf(shuffled(tasks, random), minutes, takes))
  return {
    member,
    plain: await doneWith(member, new Map()),
    onPath: await on(path),
    elsewhere: await on(others),
    anywhere: await on(plan.tasks),
  }
}

function shuffled(tasks: readonly Task[], random: Random): Task[] {
  const drawn = new Map(tasks.map(({ id }) => [id, random()]))
  return tasks.toSorted((a, b) => (drawn.get(a.id) ?? 0) - (drawn.get(b.id) ?? 0))
}

/** One task after another goes to the strong model, until so many minutes of the other one's work have: of the last task a part. */
export function sharesOf(tasks: readonly Task[], minutes: number, takes: (task: Task) => number): Shares {
  const shares = new Map<TaskId, number>()
  let left = minutes
  for (const task of tasks) {
    if (left <= 0) break
    const part = Math.min(takes(task), left)
    shares.set(task.id, part / takes(task))
    left -= part
  }
  return shares
}

async function doneWith({ workload }: Member, shares: Shares): Promise<Done> {
  const takes = minutesIn(workload)
  const strong = (task: { id: TaskId }) => takes(task) * (shares.get(task.id) ?? 0)
  const attempt = (id: TaskId) => ({ minutes: takes({ id }) - (1 - STRONG.time) * strong({ id }), failure: null })
  const { makespan } = await runMachine({ ...workload, attempt }, { slots: SLOTS })
  const priced = work(workload.plan.tasks, (task) => takes(task) + (STRONG.time * STRONG.price - 1) * strong(task))
  return { makespan, usd: priced * USD_A_MINUTE }
}
