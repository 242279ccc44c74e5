import type { Plan, Task } from '../core/plan.ts'
import { code, codes, words } from './code.ts'
import { bytes } from './fit.ts'
import { folded } from './folded.ts'
import { modelText } from './model-text.ts'
import { titled } from './plan-tasks.ts'
import { count } from './words.ts'

/** Folded: what each task is to do, as its worker will read it. Empty where the plan says no more than the table. */
export function taskDetails({ tasks }: Pick<Plan, 'tasks'>, room: number): string[] {
  const lines: string[] = []
  let left = room
  for (const [index, task] of tasks.entries()) {
    const more = details(task)
    left -= bytes(more.join('\n'))
    // Nothing is rendered that would not be shown: tasks may be many and long.
    if (left < 0) {
      lines.push(`Left out: ${count(tasks.length - index, 'more task')}; the journal has all of it.`)
      break
    }
    lines.push(...more)
  }
  return lines.length === 0 ? [] : folded('What each task is to do', lines)
}

const LONG = 4_000

function details(task: Task): string[] {
  const line = (name: string, text: string): string[] =>
    text.trim() === '' ? [] : [`- ${name}: ${modelText(text, LONG)}`]
  const facts = [
    ...line('Goal', task.goal),
    ...line('Context', task.context),
    ...task.steps.flatMap((step, index) => line(`Step ${index + 1}`, step)),
    ...line('Expected outcome', task.expected_outcome),
    ...line('Interface', task.interface),
    ...line('Not part of it', task.out_of_scope),
    ...(task.reads.length === 0 ? [] : [`- Reads: ${codes(task.reads)}`]),
    ...expected(task),
  ]
  return facts.length === 0 ? [] : [`**${titled(task)}**`, '', ...facts, '']
}

const expected = ({ acceptance: { argv, expect } }: Task): string[] =>
  expect.trim() === '' ? [] : [`- Accepted when ${code(words(argv))} passes: ${modelText(expect, LONG)}`]
