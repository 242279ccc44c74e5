import type { Plan, Task } from '../../core/plan/plan.ts'

/** Tasks that a graph shows as one node: they have the same distance from a root, and needs join them to the same part. */
export interface TaskGroup {
  tasks: readonly Task[]
  /** Places of the groups that this one needs. */
  needs: readonly number[]
}

/** Groups of a plan that is too large for a graph with a node for each task. A gate stands alone. */
export function groupsOf({ tasks }: Pick<Plan, 'tasks'>): TaskGroup[] {
  const [depths, parts] = [depthsOf(tasks), partsOf(tasks)]
  const keyOf = ({ id, kind }: Task): string =>
    kind === 'gate' ? `gate ${id}` : `${depths.get(id) ?? 0} ${parts.get(id) ?? ''}`
  const groups = new Map<string, Task[]>()
  for (const task of tasks) groups.set(keyOf(task), [...(groups.get(keyOf(task)) ?? []), task])
  const places = new Map([...groups.values()].flatMap((group, place) => group.map(({ id }) => [id, place] as const)))
  return [...groups.values()].map((group, own) => ({
    tasks: group,
    needs: [...new Set(group.flatMap(({ needs }) => needs.flatMap((need) => places.get(need) ?? [])))].filter(
      (place) => place !== own,
    ),
  }))
}

/** The longest way from a task back to a root. A plan names needs before those who need them. */
function depthsOf(tasks: readonly Task[]): Map<string, number> {
  const depths = new Map<string, number>()
  for (const { id, needs } of tasks) depths.set(id, Math.max(-1, ...needs.map((need) => depths.get(need) ?? -1)) + 1)
  return depths
}

/** A name for the part of the graph that holds a task: its first task. Tasks that stand alone share one. */
function partsOf(tasks: readonly Task[]): Map<string, string> {
  const parts = new Map<string, string>()
  for (const { id, needs } of tasks) {
    const [own = id, ...others] = needs.flatMap((need) => parts.get(need) ?? [])
    for (const [task, part] of parts) if (others.includes(part)) parts.set(task, own)
    parts.set(id, own)
  }
  const needed = new Set(tasks.flatMap((task) => task.needs))
  for (const { id, needs } of tasks) if (needs.length === 0 && !needed.has(id)) parts.set(id, '')
  return parts
}
