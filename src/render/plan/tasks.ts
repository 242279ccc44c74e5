import { verificationCommands } from '../../core/plan/checks.ts'
import { isAgentTask, isPrefix, modelFor, type Plan, type Task } from '../../core/plan/plan.ts'
import type { Settings } from '../../core/settings.ts'
import { detailsBlock, table } from '../markdown/blocks.ts'
import { code, codes, commandText } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { byteLength } from '../markdown/fit.ts'
import { count } from '../markdown/format.ts'
import { modelText } from '../markdown/model-text.ts'

const NONE = '–'

export const taskTitle = (task: Task): string => `${code(task.id)} ${inline(task.title)}`

const command = (argv: readonly string[]): string => (argv.length === 0 ? NONE : code(commandText(argv)))

/** What runs a task: its own command, an agent on a model, the planner, or a person. */
export function workerOf(task: Task, settings: Settings): string {
  if (task.kind === 'gate') return 'a gate: nothing behind it starts'
  if (task.kind === 'plan') return 'the planner: it becomes tasks once its needs have landed'
  if (!isAgentTask(task)) return command(task.run)
  if (settings.worker.command.length > 0) return code(commandText(settings.worker.command))
  return `an agent, ${code(bounded(modelFor(task.model_tier, settings), 60))}`
}

/** Task, needs, writes, worker, acceptance and size. `brief`: without the last three columns. */
export const taskTable = (plan: Pick<Plan, 'tasks'>, settings: Settings, brief: boolean): string[] =>
  table(
    ['Task', 'Needs', 'Writes', ...(brief ? [] : ['Worker', 'Acceptance', 'Size'])],
    plan.tasks.map((task) => [
      taskTitle(task),
      task.needs.length === 0 ? NONE : codes(task.needs),
      task.writes.length === 0 ? NONE : codes(task.writes),
      ...(brief ? [] : [workerOf(task, settings), acceptance(task), task.kind === 'gate' ? NONE : task.size]),
    ]),
  )

const acceptance = (task: Task): string =>
  task.kind === 'gate' ? `a person types ${code(`/approve ${task.id}`)}` : command(task.acceptance.argv)

interface Call {
  task: string
  what: 'run' | 'acceptance' | 'agent' | 'verification'
  argv: readonly string[]
}

const callsOf = (plan: Plan): Call[] => [
  ...plan.tasks.flatMap((task): Call[] => [
    { task: task.id, what: 'run', argv: task.run },
    { task: task.id, what: 'acceptance', argv: task.acceptance.argv },
    ...task.commands.map((argv): Call => ({ task: task.id, what: 'agent', argv })),
  ]),
  ...verificationCommands(plan).map((argv): Call => ({ task: '(trunk)', what: 'verification', argv })),
]

/** All commands that an approval allows, one per line, for a fenced block. */
export function commandList(plan: Plan): string[] {
  const calls = callsOf(plan).filter(({ argv }) => argv.length > 0)
  const [first, second] = [width(calls.map(({ task }) => task)), width(calls.map(({ what }) => what))]
  return calls.map(({ task, what, argv }) => {
    const open = what === 'agent' && isPrefix(argv) ? '  (and any words behind it)' : ''
    return `${task.padEnd(first)}  ${what.padEnd(second)}  ${commandText(argv)}${open}`
  })
}

const width = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length))

/** A folded block with the goal and details of each task. Empty if the plan says no more than the table. `room`: bytes. */
export function taskDetails({ tasks }: Pick<Plan, 'tasks'>, room: number): string[] {
  const lines: string[] = []
  let left = room
  for (const [index, task] of tasks.entries()) {
    const more = taskDetailLines(task)
    left -= byteLength(more.join('\n'))
    // Stops early: a plan may have many long tasks.
    if (left < 0) {
      lines.push(`Left out: ${count(tasks.length - index, 'more task')}; the journal has all of it.`)
      break
    }
    lines.push(...more)
  }
  return lines.length === 0 ? [] : detailsBlock('What each task is to do', lines)
}

const LONG = 4_000

function taskDetailLines(task: Task): string[] {
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
  return facts.length === 0 ? [] : [`**${taskTitle(task)}**`, '', ...facts, '']
}

const expected = ({ acceptance: { argv, expect } }: Task): string[] =>
  expect.trim() === '' ? [] : [`- Accepted when ${code(commandText(argv))} passes: ${modelText(expect, LONG)}`]
