import type { TaskId } from '../../src/core/ids.ts'
import type { Task } from '../../src/core/plan/plan.ts'
import { virtualClock } from '../machine/clock.ts'
import { memoryRepo, type WorkedRepo } from '../machine/repo.ts'

/** Where tasks write. Whatever a task is called in a new plan, its folder says which task of the first plan it stands for. */
export interface Places {
  learn(tasks: readonly Task[]): void
  of(task: TaskId): { folder: string; origin: TaskId; isHalf: boolean }
}

export function placesOf(tasks: readonly Task[]): Places {
  const folders = new Map<TaskId, string>()
  const learn: Places['learn'] = (some) => {
    for (const { id, writes } of some) if (!folders.has(id)) folders.set(id, (writes[0] ?? '').replace(/\/\*\*$/, ''))
  }
  learn(tasks)
  return {
    learn,
    of(task) {
      const folder = folders.get(task)
      if (folder === undefined) throw new Error(`nobody planned ${task}`)
      const [origin = '', ...below] = folder.split('/')
      return { folder, origin, isHalf: below.length > 0 }
    },
  }
}

/** A repository in which tasks write where their plan says, and which holds nothing to read. */
export function repoWith(places: Places): WorkedRepo {
  const repo = memoryRepo(virtualClock(), 0)
  return {
    ...repo,
    sources: () => ({
      read: async () => null,
      list: async () => ({ paths: [], more: false }),
      tree: async () => ({ paths: [], more: true }),
      search: async () => ({ ok: true, lines: [], more: false }),
      log: async () => [],
      links: async () => [],
      changedLately: async () => new Map(),
    }),
    work: (base, task, attempt) => repo.work(base, places.of(task).folder, attempt),
  }
}
