import type { RunId, Sha, TaskId } from '../ids.ts'
import { mayStart } from '../landing/gate.ts'
import { mayChangeNothing } from '../landing/verdict.ts'
import { baselineCommands, verificationCommands } from '../plan/checks.ts'
import { type Argv, type Worker, workerOf } from '../plan/plan.ts'
import { recordOf, taskOf } from '../run/lookup.ts'
import type { LiveRun, ProposedRun, RunState } from '../run/state.ts'
import type { Work } from '../run/work.ts'
import { awaitsBaseline } from '../schedule/baseline.ts'
import { nextTask } from '../schedule/next-task.ts'
import { planTry } from '../schedule/plan-command.ts'
import type { Settings } from '../settings.ts'

export interface TaskAssignment {
  kind: 'task'
  task: TaskId
  attempt: number
  base: Sha
  title: string
  worker: Worker
  program: Argv
  acceptance: Argv
  minutes: number
  /** For a task without `writes`, or whose base already contains its earlier work. */
  mayChangeNothing: boolean
  /** Notes of `/retry`, oldest first. */
  notes: readonly string[]
  sandbox: Settings['sandbox']
  commits: Settings['commits']
}

export interface VerifyAssignment {
  kind: 'verify'
  on: Sha
  attempt: number
  commands: readonly Argv[]
  minutes: number
  sandbox: Settings['sandbox']
}

/** The program of `plan.command`, on a tree of the base that nothing is kept of. */
export interface PlanAssignment {
  kind: 'plan'
  on: Sha
  attempt: number
  minutes: number
  sandbox: Settings['sandbox']
}

/** The checks of a plan that is not approved yet, on its base: nothing that they change is kept. */
export interface BaselineAssignment {
  kind: 'baseline'
  on: Sha
  /** The version of the plan. */
  attempt: number
  commands: readonly Argv[]
  sandbox: Settings['sandbox']
}

/** Work of a slot that ends in a result. */
export type SlotTask = TaskAssignment | VerifyAssignment | BaselineAssignment | PlanAssignment

/** What a slot has to do according to the journal. */
export type Assignment = SlotTask | { kind: 'idle' } | { kind: 'leave'; why: string }

/** The slot's assignment. It stays while the run is paused, so that the slot can finish it. */
export function assignmentFor(state: RunState, slot: string): Assignment {
  if (state.phase === 'ended') return { kind: 'leave', why: `the run has ended: ${state.why || state.conclusion}` }
  const plan = state.phase === 'empty' ? null : planFor(state, slot)
  if (plan !== null) return plan
  if (state.phase === 'proposed') return baselineFor(state, slot)
  if (state.phase !== 'active') return { kind: 'idle' }
  return taskFor(state.work, slot) ?? verificationFor(state.work, slot) ?? { kind: 'idle' }
}

function planFor(state: LiveRun, slot: string): PlanAssignment | null {
  const wanted = planTry(state)
  if (state.planning === null || wanted === null || wanted.slot !== slot) return null
  const { base, settings } = state.planning
  const { limits, sandbox } = settings
  return { kind: 'plan', on: base, attempt: wanted.attempt, minutes: limits.task_minutes, sandbox }
}

/** Before the approval, a slot gets no task, whatever the journal says of tasks; it waits for the baseline, or takes it. */
function baselineFor(run: ProposedRun, slot: string): Assignment {
  const { baseline, base, version, plan, settings } = run.work
  if (baseline !== undefined && !awaitsBaseline(run))
    return { kind: 'leave', why: 'the baseline is done, and no task may start before an approval' }
  if (baseline?.status !== 'in_progress' || baseline.slot !== slot) return { kind: 'idle' }
  const commands = baselineCommands(plan)
  return { kind: 'baseline', on: base, attempt: version, commands, sandbox: settings.sandbox }
}

function taskFor(work: Work, slot: string): TaskAssignment | null {
  for (const { id } of work.plan.tasks) {
    const { state } = recordOf(work, id)
    // Checks the gate again, even if the journal says that the task was started.
    if (state.status !== 'in_progress' || state.slot !== slot || !mayStart(work, id)) continue
    return assigned(work, id, state)
  }
  return null
}

/** What a slot at work may begin when it has handed that over, before the journal assigns it; null: it waits for that. */
export function nextAssignment(state: RunState, slot: string): TaskAssignment | null {
  if (state.phase !== 'active') return null
  const next = nextTask(state, slot)
  if (next === null) return null
  const { state: queued } = recordOf(state.work, next.id)
  return queued.status === 'queued' ? assigned(state.work, next.id, queued) : null
}

/** What the journal says of work that a slot has begun: it is assigned to the slot, or is to come next, or neither. */
export function standingOf(state: RunState, slot: string, begun: SlotTask): 'assigned' | 'next' | 'unwanted' {
  const key = assignmentKey(begun)
  if (assignmentKey(assignmentFor(state, slot)) === key) return 'assigned'
  const next = nextAssignment(state, slot)
  return next !== null && assignmentKey(next) === key ? 'next' : 'unwanted'
}

function assigned(work: Work, id: TaskId, { attempt, base }: { attempt: number; base: Sha }): TaskAssignment {
  const task = taskOf(work, id)
  return {
    kind: 'task',
    task: id,
    attempt,
    base,
    title: task.title,
    worker: workerOf(task, work.settings),
    program: task.run,
    acceptance: task.acceptance.argv,
    minutes: task.timeout_minutes,
    mayChangeNothing: mayChangeNothing(work, id),
    notes: recordOf(work, id).notes,
    sandbox: work.settings.sandbox,
    commits: work.settings.commits,
  }
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

/** Identifies the work of an assignment across reads of the journal; null if it has none. */
export function assignmentKey(assignment: Assignment): string | null {
  if (assignment.kind === 'task') return `${assignment.task}:${assignment.attempt}:${assignment.base}`
  if (assignment.kind === 'baseline') return `baseline:${assignment.attempt}:${assignment.on}`
  if (assignment.kind === 'plan') return `plan:${assignment.attempt}:${assignment.on}`
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

/** Environment variables for a task's program; without tokens. */
export const taskEnvironment = (run: RunId, { task, attempt, notes }: TaskAssignment): Record<string, string> => ({
  TRIBUTARY_RUN: run,
  TRIBUTARY_TASK: task,
  TRIBUTARY_ATTEMPT: `${attempt}`,
  TRIBUTARY_NOTES: notes.join('\n').replaceAll('\0', '').slice(-NOTES_LIMIT),
})
