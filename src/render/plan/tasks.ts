import type { TaskId } from '../../core/ids.ts'
import { verificationCommands } from '../../core/plan/checks.ts'
import { isAgentTask, isPrefix, modelFor, type Plan, type Task } from '../../core/plan/plan.ts'
import type { Settings } from '../../core/settings.ts'
import { code, codes, commandText } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { byteLength } from '../markdown/fit.ts'
import { modelText } from '../markdown/model-text.ts'

const NONE = '–'

export const taskTitle = (task: Task): string => `${code(task.id)} ${inline(task.title)}`

const CHECK_NAME = 100

/** What the checks of a task are called. */
export const checkName = (id: TaskId, title: string): string => bounded(`tributary / ${id} — ${title}`, CHECK_NAME)

const command = (argv: readonly string[]): string => (argv.length === 0 ? NONE : code(commandText(argv)))

/** What runs a task: its own command, an agent on a model, the planner, or a person. */
export function workerWords(task: Task, settings: Settings): string {
  if (task.kind === 'gate') return 'a gate: nothing behind it starts'
  if (task.kind === 'plan') return 'the planner: it becomes tasks once its needs have landed'
  if (!isAgentTask(task)) return command(task.run)
  if (settings.worker.command.length > 0) return code(commandText(settings.worker.command))
  return `an agent, ${code(bounded(modelFor(task.model_tier, settings), 60))}`
}

/** Each task with all that a person approves of it: a list holds on a phone, where a table does not. `room`: bytes for its prose. */
export function taskList({ tasks }: Pick<Plan, 'tasks'>, settings: Settings, room: number): string[] {
  let left = room
  const lines = tasks.flatMap((task) => {
    // Stops early: a plan may have many long tasks.
    const prose = left > 0 ? taskProse(task) : []
    left -= byteLength(prose.join('\n'))
    return [`**${taskTitle(task)}**${sizeOf(task)}`, '', ...facts(task, settings), ...(left < 0 ? [] : prose), '']
  })
  return left > 0 ? lines : [...lines, 'There is more about these tasks in the journal.']
}

/** One line for each task, for plans that are too long for more. */
export const briefTaskList = ({ tasks }: Pick<Plan, 'tasks'>): string[] =>
  tasks.map((task) => {
    const needs = task.needs.length === 0 ? '' : `; needs ${codes(task.needs)}`
    return `- ${taskTitle(task)}${needs}${task.writes.length === 0 ? '' : `; writes ${codes(task.writes)}`}`
  })

const sizeOf = ({ kind, size }: Task): string => (kind === 'gate' ? '' : ` (${size})`)

const facts = (task: Task, settings: Settings): string[] => [
  ...(task.needs.length === 0 ? [] : [`- Needs: ${codes(task.needs)}`]),
  ...(task.writes.length === 0 ? [] : [`- Writes: ${codes(task.writes)}`]),
  `- Worker: ${workerWords(task, settings)}`,
  `- Acceptance: ${acceptance(task)}`,
]

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

const LONG = 4_000

function taskProse(task: Task): string[] {
  const line = (name: string, text: string): string[] =>
    text.trim() === '' ? [] : [`- ${name}: ${modelText(text, LONG)}`]
  return [
    ...line('Goal', task.goal),
    ...line('Context', task.context),
    ...task.steps.flatMap((step, index) => line(`Step ${index + 1}`, step)),
    ...line('Expected outcome', task.expected_outcome),
    ...line('Interface', task.interface),
    ...line('Not part of it', task.out_of_scope),
    ...(task.reads.length === 0 ? [] : [`- Reads: ${codes(task.reads)}`]),
    ...expected(task),
  ]
}

const expected = ({ acceptance: { argv, expect } }: Task): string[] =>
  expect.trim() === '' ? [] : [`- Accepted when ${code(commandText(argv))} passes: ${modelText(expect, LONG)}`]
