import { failureLog, type TaskFailure } from '../../core/failure.ts'
import { type RunState, settingsOf } from '../../core/run/state.ts'
import { defaultSettings, type Settings } from '../../core/settings.ts'
import {
  type Assignment,
  assignmentFor,
  assignmentKey,
  nextAssignment,
  type SlotTask,
  standingOf,
  type TaskAssignment,
  whySlotLeaves,
} from '../../core/slots/assignment.ts'
import { type AttemptOutcome, resultKeyOf } from '../../core/slots/slot-result.ts'
import type { SlotWork } from '../../render/status/job-summary.ts'
import { performByAgent } from './agent-attempt.ts'
import type { AttemptResult } from './attempt.ts'
import { performBaseline } from './baseline.ts'
import { removeCheckpoint } from './checkpoints.ts'
import { performPlanning } from './command-planner.ts'
import { emptyReport, withoutSandbox } from './commands.ts'
import { type JournalView, journalView, pauseAfter, whileWanted } from './journal-view.ts'
import { performProgram } from './program.ts'
import { type SlotSetUp, slotSetUp } from './set-up.ts'
import { uploadResult, uploadTranscript } from './upload-result.ts'
import { performVerification } from './verify.ts'
import type { SlotIdentity, WorkDeps } from './work-deps.ts'

export interface SlotEnd {
  /** What it did, in order. */
  work: SlotWork[]
  /** Why its last result is no artifact but stands in the job's log: the job has to fail, so that the log is read. */
  refused: string | null
}

/** A slot: works on what the journal assigns to it until a reason to leave comes up. */
export const runSlot = (given: WorkDeps, who: SlotIdentity): Promise<SlotEnd> =>
  given.scratch.use((folder) => {
    const setUp = slotSetUp(given, who.run, folder)
    return workUntilLeft({ ...given, setUp, worktree: setUp.watching(given.worktree) }, who)
  })

async function workUntilLeft(deps: SlotDeps, who: SlotIdentity): Promise<SlotEnd> {
  const { clock } = deps
  const view = journalView(deps, who.run)
  const done: SlotWork[] = []
  let said = 0
  const sayNotices = () => {
    for (const notice of deps.worktree.notices.slice(said)) deps.log(notice)
    said = deps.worktree.notices.length
  }
  sayNotices()
  const begun = clock.now()
  let idleSince = begun
  /** The work that it handed over last, and whether it has tried since to begin what comes next: it does that once. */
  let last: { key: string; hasTried: boolean } | null = null
  for (;;) {
    const state = await view.refresh()
    const wanted = assignmentFor(state, who.slot)
    // Until the orchestrator has recorded a result, the journal still assigns the work that it is of.
    const isDone = last !== null && assignmentKey(wanted) === last.key
    const next = isDone && last?.hasTried === false ? nextAssignment(state, who.slot) : null
    const assignment: Assignment = isDone ? (next ?? { kind: 'idle' }) : wanted
    // A slot that cannot read the journal may have work without knowing it.
    const idle = view.isCurrent() ? since(clock.now(), idleSince) : 0
    const why = whySlotLeaves(assignment, settingsIn(state).slots, { age: since(clock.now(), begun), idle })
    if (why !== null) {
      deps.log(`The slot leaves: ${why}.`)
      return { work: done, refused: null }
    }
    if (isWork(assignment)) {
      const life = settingsIn(state).slots.life_minutes
      const leaveAt = new Date(begun.getTime() + life * 60_000)
      if (last !== null) last.hasTried = true
      const worked = await workOn(deps, { ...who, leaveAt }, view, assignment)
      sayNotices()
      done.push(worked.work)
      if (worked.refused !== null) return { work: done, refused: worked.refused }
      const key = assignmentKey(assignment)
      if (worked.handedOver && key !== null) last = { key, hasTried: false }
      idleSince = clock.now()
    } else await clock.wait(pauseAfter(view, idle))
  }
}

const isWork = (assignment: Assignment): assignment is SlotTask =>
  assignment.kind !== 'idle' && assignment.kind !== 'leave'

const settingsIn = (state: RunState): Settings => (state.phase === 'empty' ? defaultSettings : settingsOf(state))

type LeavingSlot = SlotIdentity & { leaveAt: Date }

const since = (now: Date, then: Date): number => (now.getTime() - then.getTime()) / 1000

type SlotDeps = WorkDeps & { setUp: SlotSetUp }

async function workOn(
  deps: SlotDeps,
  who: LeavingSlot,
  view: JournalView,
  assignment: SlotTask,
): Promise<{ work: SlotWork; handedOver: boolean; refused: string | null }> {
  const { clock, log } = deps
  const { run, slot } = who
  const key = resultKeyOf(run, assignment)
  const startedAt = clock.now()
  log(`${key.task}, attempt ${key.attempt}: begun on ${baseOf(assignment)}.`)
  const { slots } = settingsIn(view.state())
  const result = await whileWanted({ view, clock, slot, patience: slots.idle_seconds }, assignment, (signal) =>
    perform(deps, who, view, assignment, signal),
  )
  const outcome = result?.outcome ?? null
  const endedAt = clock.now()
  let refused: string | null = null
  if (outcome !== null) {
    const times = { startedAt: startedAt.toISOString(), endedAt: endedAt.toISOString() }
    const file = { version: 1, ...key, base: baseOf(assignment), outcome, slot, ...times } as const
    const isWanted = async () => standingOf(await view.refresh(), slot, assignment) === 'assigned'
    refused = await uploadResult(deps, file, settingsIn(view.state()), isWanted)
    if (refused === null) await uploadTranscript(deps, key, result?.transcript ?? [])
    if (refused === null && result?.checkpoint != null) await removeCheckpoint(deps, result.checkpoint)
  }
  const what = describe(outcome)
  log(`${key.task}, attempt ${key.attempt}: ${what}.`)
  const work = { task: key.task, attempt: key.attempt, outcome: what, seconds: since(endedAt, startedAt) }
  const spending = outcome?.report.spending
  const output = outcome !== null && 'failure' in outcome ? failureLog(outcome.failure) : ''
  const reported = { ...work, ...(spending !== undefined && { spending }), ...(output !== '' && { output }) }
  return { work: reported, handedOver: outcome !== null, refused }
}

async function perform(
  deps: SlotDeps,
  who: LeavingSlot,
  view: JournalView,
  assignment: SlotTask,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const settings = settingsIn(view.state())
  const failure = await deps.setUp.make(baseOf(assignment), settings, signal)
  if (failure !== null) return quiet(withoutSetUp(assignment, failure))
  const result = await deps.setUp.apart((probe) => workApart({ ...deps, probe }, who, view, assignment, signal))
  if (assignment.kind === 'task') await deps.setUp.after(assignment.base, result.outcome)
  return result
}

async function workApart(
  deps: WorkDeps,
  who: LeavingSlot,
  view: JournalView,
  assignment: SlotTask,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const settings = settingsIn(view.state())
  // With the set-up, so that a planner can try the checks that it plans.
  if (assignment.kind === 'plan') return quiet(await performPlanning(deps, view.state(), assignment, signal))
  if (assignment.kind === 'task') return performTask(deps, who, view, assignment, signal)
  return quiet(
    assignment.kind === 'verify'
      ? await performVerification(deps, who.run, assignment, settings, signal)
      : await performBaseline(deps, who.run, assignment, settings, signal),
  )
}

function withoutSetUp(assignment: SlotTask, failure: TaskFailure): AttemptOutcome {
  const report = emptyReport(null)
  return assignment.kind === 'verify'
    ? { kind: 'verification-failed', on: assignment.on, failure, report }
    : { kind: 'failed', failure, head: null, tree: null, report }
}

const baseOf = (assignment: SlotTask) => (assignment.kind === 'task' ? assignment.base : assignment.on)

function describe(outcome: AttemptOutcome | null): string {
  if (outcome === null) return 'stopped, no longer wanted'
  return 'failure' in outcome ? `failed: ${outcome.failure.reason}` : outcome.kind
}

/** One attempt at a task, by its program or an agent. */
export async function performTask(
  deps: WorkDeps,
  who: LeavingSlot,
  view: JournalView,
  task: TaskAssignment,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const { limits, network } = settingsIn(view.state())
  const probe = await deps.probe(task.sandbox, limits, network.allow)
  if (!probe.ok) return quiet({ kind: 'failed', head: null, tree: null, ...withoutSandbox(probe) })
  if (task.worker === 'program') return quiet(await performProgram(deps, who.run, task, probe.sandbox, signal))
  return performByAgent({ deps, who, view, assignment: task, sandbox: probe.sandbox, signal, leaveAt: who.leaveAt })
}

const quiet = (outcome: AttemptOutcome): AttemptResult => ({ outcome, transcript: [] })
