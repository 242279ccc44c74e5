import type { HandOff } from './hand-off.ts'
import { inOneLine } from './hand-off.ts'
import type { Argv, Plan, Task } from './plan.ts'
import type { RunId, Sha, TaskId } from './ref.ts'
import { type ActiveRun, type AttemptRecord, recordOf, type TaskRecord, taskOf, type Work } from './state.ts'

/** What everybody who works on the run is told, word for word; the same for all of them. */
export interface Intent {
  issue: { number: number; title: string; body: string }
  /** After `/plan --`, and with each `/revise`, oldest first. */
  commands: readonly { by: string; words: string }[]
  answers: readonly { question: string; words: string; by: string }[]
  plan: Pick<Plan, 'title' | 'summary' | 'context' | 'approach' | 'assumptions' | 'non_goals'>
}

/** A landed task, as those are told that build on it. `handOff`: null where a program did the work. */
export interface FinishedTask {
  id: TaskId
  title: string
  summary: string
  interface: string
  handOff: HandOff | null
}

/** One of several runs of the task that came to nothing. */
export type EarlierAttempt = Pick<AttemptRecord, 'attempt' | 'outcome' | 'failure' | 'head'>

/** The task's own work, and that of others, could not be merged: it starts anew where theirs is in already. */
export interface Conflict {
  with: readonly { task: Task; finished: FinishedTask | null }[]
  paths: readonly string[]
  /** The attempt whose work was left out, and where that is kept. */
  own: { attempt: number; head: Sha } | null
}

/** An acceptance that the machine runs on what is handed over, and whose it is. */
export interface Check {
  of: TaskId
  argv: Argv
  expect: string
}

/** All that a worker is told of one attempt, before anything was looked up. It grows with the task's needs, not with the run. */
export interface Brief {
  run: RunId
  /** Known to nobody who wrote anything before the run was asked for: fences are marked with what is made of it. */
  seed: string
  intent: Intent
  task: Task
  attempt: number
  needs: readonly FinishedTask[]
  /** One line each for tasks that are done and that it does not build on directly, and how many more there are. */
  others: { tasks: readonly { id: TaskId; line: string }[]; more: number }
  earlier: readonly EarlierAttempt[]
  notes: readonly string[]
  /** What people said to earlier workers at this task. */
  steers: TaskRecord['steers']
  conflict: Conflict | null
  /** It starts where its own earlier work is in already, with that of others. */
  mends: boolean
  checks: readonly Check[]
}

const MOST_LINES = 16
const MOST_ATTEMPTS = 3

/** The brief of the attempt that the task's record has open. */
export function briefOf(state: ActiveRun, id: TaskId): Brief {
  const { work } = state
  const task = taskOf(work, id)
  const record = recordOf(work, id)
  const needs = restsOn(work, task)
  const conflict = conflictOf(work, id, record)
  return {
    run: state.run,
    seed: `${work.base} ${state.askedAt} ${state.seen[0] ?? ''}`,
    intent: intentOf(state),
    task,
    attempt: record.attempts.at(-1)?.attempt ?? 1,
    needs: needs.flatMap((need) => finishedTask(work, need) ?? []),
    others: othersOf(work, [id, ...needs]),
    earlier: record.attempts.filter(({ outcome }) => ['failed', 'conflict'].includes(outcome)).slice(-MOST_ATTEMPTS),
    notes: record.notes,
    steers: record.steers,
    conflict,
    mends: conflict === null && record.onto.length > 0,
    checks: checksOf(task, conflict),
  }
}

export function intentOf({ issue, words, askedBy, planning, work }: ActiveRun): Intent {
  const { title, summary, context, approach, assumptions, non_goals } = work.plan
  const questions = new Map(planning?.questions.map(({ id, question }) => [id, question]))
  const asked = words === '' ? [] : [{ by: askedBy, words }]
  return {
    issue,
    commands: [...asked, ...(planning?.revisions ?? [])],
    answers: (planning?.answers ?? []).map(({ question, words: answer, by }) => ({
      question: questions.get(question) ?? question,
      words: answer,
      by,
    })),
    plan: { title, summary, context, approach, assumptions, non_goals },
  }
}

/** Whose work the task's base holds because of its needs: where a need has none of its own, that of the need's needs. */
function restsOn(work: Work, task: Task): TaskId[] {
  const own = (id: TaskId): TaskId[] => {
    const hasWork = recordOf(work, id).state.status === 'landed' && taskOf(work, id).kind !== 'gate'
    return hasWork ? [id] : taskOf(work, id).needs.flatMap(own)
  }
  return [...new Set(task.needs.flatMap(own))]
}

function finishedTask(work: Work, id: TaskId): FinishedTask | null {
  const { state } = recordOf(work, id)
  if (state.status !== 'landed') return null
  const { title, interface: promised } = taskOf(work, id)
  const { summary = '', handOff = null } = state.report ?? {}
  return { id, title, summary, interface: promised, handOff }
}

/** What its needs rest on comes first: their work is in the base too. */
function othersOf(work: Work, told: readonly TaskId[]): Brief['others'] {
  const [own = '', ...needs] = told
  const before = ancestors(work, needs)
  const all = work.plan.tasks.map(({ id }) => id).filter((id) => id !== own && !told.includes(id))
  const ordered = [...all.filter((id) => before.has(id)), ...all.filter((id) => !before.has(id))]
  const lines = ordered.flatMap((id) => {
    const finished = taskOf(work, id).kind === 'gate' ? null : finishedTask(work, id)
    return finished === null ? [] : [{ id, line: lineOf(finished) }]
  })
  return { tasks: lines.slice(0, MOST_LINES), more: Math.max(0, lines.length - MOST_LINES) }
}

const lineOf = ({ title, summary, handOff }: FinishedTask): string =>
  `${title}: ${handOff === null ? summary : inOneLine(handOff)}`.slice(0, 280)

function ancestors(work: Work, of: readonly TaskId[]): Set<TaskId> {
  const found = new Set<TaskId>()
  const open = of.flatMap((id) => taskOf(work, id).needs)
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue
    found.add(id)
    open.push(...taskOf(work, id).needs)
  }
  return found
}

/** Conflicts since the task was last verified: the base holds the others' work and none of its own. */
function conflictOf(work: Work, id: TaskId, { attempts }: TaskRecord): Conflict | null {
  const since = attempts.findLastIndex(({ outcome }) => outcome === 'verified') + 1
  const conflicted = attempts.slice(since).filter(({ outcome }) => outcome === 'conflict')
  const failures = conflicted.flatMap(({ failure }) => (failure?.reason === 'conflict' ? [failure] : []))
  if (failures.length === 0) return null
  const ids = new Set(failures.flatMap((failure) => failure.with))
  const others = work.plan.tasks.filter((task) => ids.has(task.id) && task.id !== id)
  return {
    with: others.map((task) => ({ task, finished: finishedTask(work, task.id) })),
    paths: [...new Set(failures.flatMap(({ paths }) => paths))],
    own: conflicted.flatMap(({ attempt, head }) => (head === null ? [] : [{ attempt, head }])).at(-1) ?? null,
  }
}

/** Its own acceptance, and those of tasks whose work it is merged with; one that is the same is run once. */
function checksOf(task: Task, conflict: Conflict | null): Check[] {
  const done = (conflict?.with ?? []).filter(({ finished }) => finished !== null).map((other) => other.task)
  const all = [task, ...done].map(({ id, acceptance }) => ({ of: id, ...acceptance }))
  const same = ({ argv }: Check) => all.find((other) => JSON.stringify(other.argv) === JSON.stringify(argv))
  return all.filter((check) => check.argv.length > 0 && same(check) === check)
}
