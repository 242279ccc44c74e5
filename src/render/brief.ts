import type { Task } from '../core/plan.ts'
import type { Settings } from '../core/settings.ts'
import { isAgentTask } from '../core/tier.ts'
import { code, codes, words } from './code.ts'
import { workerOf } from './plan-tasks.ts'

/** What a task may do and must reach, as a list; empty lines are left out. */
export function brief(task: Task, settings: Settings): string[] {
  const line = (name: string, items: string): string[] => (items === '' ? [] : [`- ${name}: ${items}`])
  const command = (argv: readonly string[]) => (argv.length === 0 ? '' : code(words(argv)))
  return [
    ...line('Needs', codes(task.needs)),
    ...line('Writes', codes(task.writes)),
    ...line('Command', command(task.run)),
    ...line('Worker', isAgentTask(task) ? workerOf(task, settings) : ''),
    ...line('Acceptance', command(task.acceptance.argv)),
  ]
}
