import type { TaskId } from '../../core/ids.ts'
import type { Task } from '../../core/plan/plan.ts'
import { orderWrites } from '../../core/plan/write-order.ts'
import { quoted } from '../../core/text/quoted.ts'
import { isOneTooMany, type Rules, taskProblems } from './task-problems.ts'

/** A task as it was placed behind those before it. `problems` also name what keeps it from starting for another's sake. */
export interface PlacedTask {
  task: Task
  notes: string[]
  problems: string[]
}

export interface IncrementalPlan {
  place(task: Task): PlacedTask
  tasks(): Task[]
  /** Of the tasks that were placed, each told once. */
  notes(): string[]
  problems(): string[]
}

/**
 * Takes in a plan's tasks one by one, as they are written. Each is held to the rules and to the tasks before it; one that
 * could write a path of an earlier one waits for it.
 */
export function incrementalPlan(fixed: readonly Task[], rules: Rules): IncrementalPlan {
  const sound: Task[] = [...fixed]
  const all: Task[] = [...fixed]
  const unsound = new Set<TaskId>()
  const told = { notes: [] as string[], problems: [] as string[] }
  return {
    tasks: () => all,
    notes: () => told.notes,
    problems: () => told.problems,
    place(task) {
      const waits = task.needs.filter((need) => unsound.has(need))
      const needs = task.needs.filter((need) => !unsound.has(need))
      const problems = taskProblems(sound, { ...task, needs }, rules)
      told.problems.push(...problems)
      const because = [
        ...waits.map((need) => `${quoted(task.id)} needs ${quoted(need)}, which has problems of its own.`),
        ...(isOneTooMany(sound, rules) ? [`${quoted(task.id)} is one task more than the plan may have.`] : []),
      ]
      if (problems.length + because.length > 0) {
        unsound.add(task.id)
        all.push(task)
        return { task, notes: [], problems: [...problems, ...because] }
      }
      const ordered = orderWrites([...sound, task])
      const last = ordered.tasks.at(-1) ?? task
      sound.push(last)
      all.push(last)
      told.notes.push(...ordered.notes)
      return { task: last, notes: ordered.notes, problems: [] }
    },
  }
}
