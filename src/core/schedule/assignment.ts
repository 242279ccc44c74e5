import type { RunId, Sha, TaskId } from '../ids.ts'
import { mayStart } from '../landing/gate.ts'
import { type Argv, isAgentTask, type Plan, type Task } from '../plan/plan.ts'
import { type RunState, recordOf, taskOf, type Work } from '../run/state.ts'
import type { Settings } from '../settings.ts'

export interface TaskAssignment {
  kind: 'task'
  task: TaskId
  attempt: number
  base: Sha
  title: string
  /** Who works on it: its own program, an agent of ours, or the other agent that the settings name. */
  worker: 'program' | 'agent' | 'command'
  program: Argv
  acceptance: Argv
  minutes: number
  /** A task that declares no paths, or starts where its own work is merged in already, may leave everything as it is. */
  mayChangeNothing: boolean
  /** What people said with `/retry`, oldest first. */
  notes: readonly string[]
  sandbox: Settings['sandbox']
}

export interface VerifyAssignment {
  kind: 'verify'
  on: Sha
  attempt: number
  commands: readonly Argv[]
  minutes: number
  sandbox: Settings['sandbox']
}

/** What the journal wants of one slot, now. */
export type Assignment = TaskAssignment | VerifyAssignment | { kind: 'idle' } | { kind: 'leave'; why: string }

/** A paused run starts nothing new, but what a slot has it may finish: the assignment stays. */
export function assignmentFor(state: RunState, slot: string): Assignment {
  if (state.phase === 'ended') return { kind: 'leave', why: `the run has ended: ${state.why || state.conclusion}` }
  if (state.phase !== 'active') return { kind: 'idle' }
  return taskFor(state.work, slot) ?? verificationFor(state.work, slot) ?? { kind: 'idle' }
}

function taskFor(work: Work, slot: string): TaskAssignment | null {
  for (const { id } of work.plan.tasks) {
    const { state, onto, notes } = recordOf(work, id)
    // Whatever the journal was made to say: nobody works on what the plan's gate keeps back.
    if (state.status !== 'in_progress' || state.slot !== slot || !mayStart(work, id)) continue
    const task = taskOf(work, id)
    return {
      kind: 'task',
      task: id,
      attempt: state.attempt,
      base: state.base,
      title: task.title,
      worker: workerOf(task, work.settings),
      program: task.run,
      acceptance: task.acceptance.argv,
      minutes: task.timeout_minutes,
      mayChangeNothing: task.writes.length === 0 || onto.length > 0,
      notes,
      sandbox: work.settings.sandbox,
    }
  }
  return null
}

const workerOf = (task: Task, { worker }: Settings): TaskAssignment['worker'] => {
  if (!isAgentTask(task)) return 'program'
  return worker.command.length > 0 ? 'command' : 'agent'
}

function verificationFor({ verification, plan, settings }: Work, slot: string): VerifyAssignment | null {
  if (verification?.status !== 'in_progress' || verification.slot !== slot) return null
  return {
    kind: 'verify',
    on: verification.on,
    attempt: verification.attempt,
    commands: verificationCommands(plan),
    minutes: settings.limits.task_minutes,
    sandbox: settings.sandbox,
  }
}

/** The plan's own verification; where it has none, every acceptance of its tasks once: no check at all is no pass. */
export function verificationCommands(plan: Plan): Argv[] {
  if (plan.verification.length > 0) return plan.verification.map(({ argv }) => argv)
  const acceptances = plan.tasks.map((task) => task.acceptance.argv).filter((argv) => argv.length > 0)
  return [...new Map(acceptances.map((argv) => [JSON.stringify(argv), argv])).values()]
}

/** Two looks at the journal name the same work where they agree in this. */
export function assignmentKey(assignment: Assignment): string | null {
  if (assignment.kind === 'task') return `${assignment.task}:${assignment.attempt}:${assignment.base}`
  if (assignment.kind === 'verify') return `verify:${assignment.attempt}:${assignment.on}`
  return null
}

/** Why a slot ends now; null: it stays. `age` and `idle` in seconds. */
export function whySlotLeaves(
  assignment: Assignment,
  { idle_seconds, life_minutes }: Settings['slots'],
  { age, idle }: { age: number; idle: number },
): string | null {
  if (assignment.kind === 'leave') return assignment.why
  if (age >= life_minutes * 60) return `it takes nothing new after ${life_minutes} minutes`
  if (assignment.kind === 'idle' && idle >= idle_seconds) return `there was nothing to do for ${idle_seconds} seconds`
  return null
}

const NOTES_LIMIT = 20_000

/** What a task's program learns of its run; never a token. */
export const taskEnvironment = (run: RunId, { task, attempt, notes }: TaskAssignment): Record<string, string> => ({
  TRIBUTARY_RUN: run,
  TRIBUTARY_TASK: task,
  TRIBUTARY_ATTEMPT: `${attempt}`,
  TRIBUTARY_NOTES: notes.join('\n').replaceAll('\0', '').slice(-NOTES_LIMIT),
})
