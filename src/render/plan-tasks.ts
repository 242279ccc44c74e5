import { verificationCommands } from '../core/assignment.ts'
import type { Plan, Task } from '../core/plan.ts'
import { code, codes, words } from './code.ts'
import { inline } from './escape.ts'
import { table } from './table.ts'

const NONE = '–'

export const titled = (task: Task): string => `${code(task.id)} ${inline(task.title)}`

const command = (argv: readonly string[]): string => (argv.length === 0 ? NONE : code(words(argv)))

/** Task, needs, writes, command and acceptance; `brief`: without the two commands, which the list below names anyway. */
export const taskTable = (plan: Plan, brief: boolean): string[] =>
  table(
    ['Task', 'Needs', 'Writes', ...(brief ? [] : ['Command', 'Acceptance'])],
    plan.tasks.map((task) => [
      titled(task),
      task.needs.length === 0 ? NONE : codes(task.needs),
      task.writes.length === 0 ? NONE : codes(task.writes),
      ...(brief ? [] : commands(task)),
    ]),
  )

const commands = (task: Task): string[] =>
  task.kind === 'gate'
    ? ['a gate: nothing behind it starts', `a person types ${code(`/approve ${task.id}`)}`]
    : [command(task.run), command(task.acceptance.argv)]

interface Call {
  task: string
  what: 'run' | 'acceptance' | 'verification'
  argv: readonly string[]
}

const callsOf = (plan: Plan): Call[] => [
  ...plan.tasks.flatMap((task): Call[] => [
    { task: task.id, what: 'run', argv: task.run },
    { task: task.id, what: 'acceptance', argv: task.acceptance.argv },
  ]),
  ...verificationCommands(plan).map((argv): Call => ({ task: '(trunk)', what: 'verification', argv })),
]

/** Every command that an approval allows, one a line, for a fenced block. */
export function commandList(plan: Plan): string[] {
  const calls = callsOf(plan).filter(({ argv }) => argv.length > 0)
  const [first, second] = [width(calls.map(({ task }) => task)), width(calls.map(({ what }) => what))]
  return calls.map(({ task, what, argv }) => `${task.padEnd(first)}  ${what.padEnd(second)}  ${words(argv)}`)
}

const width = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length))
