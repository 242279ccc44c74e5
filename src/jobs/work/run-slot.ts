import { type RunState, workOf } from '../../core/run/state.ts'
import {
  type Assignment,
  assignmentFor,
  assignmentKey,
  type TaskAssignment,
  type VerifyAssignment,
} from '../../core/schedule/assignment.ts'
import { type AttemptOutcome, resultKeyOf } from '../../core/schedule/slot-result.ts'
import { defaultSettings, type Settings } from '../../core/settings.ts'
import { performByAgent } from './agent-attempt.ts'
import type { AttemptResult } from './attempt.ts'
import { withoutSandbox } from './commands.ts'
import { type JournalView, journalView, whileWanted } from './journal-view.ts'
import { performProgram } from './program.ts'
import { uploadResult, uploadTranscript } from './upload-result.ts'
import { performVerification } from './verify.ts'
import type { SlotIdentity, SlotWork, WorkDeps } from './work-deps.ts'

/** A slot: works on what the journal gives it, one thing after another, until nothing is left. Answers with what it did. */
export async function runSlot(deps: WorkDeps, who: SlotIdentity): Promise<SlotWork[]> {
  const { clock } = deps
  const view = journalView(deps, who.run)
  const deeds: SlotWork[] = []
  const begun = clock.now()
  let idleSince = begun
  let handedOver: string | null = null
  for (;;) {
    const state = await view.refresh()
    const wanted = assignmentFor(state, who.slot)
    const key = assignmentKey(wanted)
    // Until the orchestrator has taken a result in, the journal still names the work that led to it.
    const assignment: Assignment = key !== null && key === handedOver ? { kind: 'idle' } : wanted
    // Who cannot see the journal does not know that there is nothing to do.
    const idle = view.isCurrent() ? since(clock.now(), idleSince) : 0
    const why = reasonToLeave(assignment, settingsIn(state).slots, { age: since(clock.now(), begun), idle })
    if (why !== null) {
      deps.log(`The slot leaves: ${why}.`)
      return deeds
    }
    if (assignment.kind === 'task' || assignment.kind === 'verify') {
      const deed = await workOn(deps, who, view, assignment)
      if (deed.handedOver) handedOver = key
      deeds.push(deed.deed)
      idleSince = clock.now()
    } else await clock.wait(view.pause())
  }
}

const settingsIn = (state: RunState): Settings => workOf(state)?.settings ?? defaultSettings

const since = (now: Date, then: Date): number => (now.getTime() - then.getTime()) / 1000

function reasonToLeave(
  assignment: Assignment,
  { idle_seconds, life_minutes }: Settings['slots'],
  { age, idle }: { age: number; idle: number },
): string | null {
  if (assignment.kind === 'leave') return assignment.why
  if (age >= life_minutes * 60) return `it takes nothing new after ${life_minutes} minutes`
  if (assignment.kind === 'idle' && idle >= idle_seconds) return `there was nothing to do for ${idle_seconds} seconds`
  return null
}

async function workOn(
  deps: WorkDeps,
  who: SlotIdentity,
  view: JournalView,
  assignment: TaskAssignment | VerifyAssignment,
): Promise<{ deed: SlotWork; handedOver: boolean }> {
  const { clock, log } = deps
  const { run, slot } = who
  const key = resultKeyOf(run, assignment)
  const startedAt = clock.now()
  log(`${key.task}, attempt ${key.attempt}: begun on ${baseOf(assignment)}.`)
  const performed = await whileWanted({ view, clock, slot }, assignment, (signal) =>
    perform(deps, who, view, assignment, signal),
  )
  const outcome = performed?.outcome ?? null
  const endedAt = clock.now()
  if (outcome !== null) {
    const times = { startedAt: startedAt.toISOString(), endedAt: endedAt.toISOString() }
    const result = { version: 1, ...key, base: baseOf(assignment), outcome, slot, ...times } as const
    await uploadResult(deps, result, settingsIn(view.state()).limits)
    await uploadTranscript(deps, key, performed?.transcript ?? [])
  }
  const what = describe(outcome)
  log(`${key.task}, attempt ${key.attempt}: ${what}.`)
  const done = { task: key.task, attempt: key.attempt, outcome: what, seconds: since(endedAt, startedAt) }
  const spending = outcome?.report.spending
  const deed = spending === undefined ? done : { ...done, spending }
  return { deed, handedOver: outcome !== null }
}

async function perform(
  deps: WorkDeps,
  who: SlotIdentity,
  view: JournalView,
  assignment: TaskAssignment | VerifyAssignment,
  signal: AbortSignal,
): Promise<AttemptResult> {
  if (assignment.kind === 'task') return performTask(deps, who, view, assignment, signal)
  return { outcome: await performVerification(deps, who.run, assignment, signal), transcript: [] }
}

const baseOf = (assignment: TaskAssignment | VerifyAssignment) =>
  assignment.kind === 'task' ? assignment.base : assignment.on

function describe(outcome: AttemptOutcome | null): string {
  if (outcome === null) return 'stopped, no longer wanted'
  return 'failure' in outcome ? `failed: ${outcome.failure.reason}` : outcome.kind
}

/** One attempt at a task, by whoever works on it. */
export async function performTask(
  deps: WorkDeps,
  who: SlotIdentity,
  view: JournalView,
  task: TaskAssignment,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const probe = await deps.probe(task.sandbox)
  if (!probe.ok) return quiet({ kind: 'failed', head: null, tree: null, ...withoutSandbox(probe) })
  if (task.worker === 'program') return quiet(await performProgram(deps, who.run, task, probe.sandbox, signal))
  return performByAgent({ deps, who, view, assignment: task, sandbox: probe.sandbox, signal })
}

const quiet = (outcome: AttemptOutcome): AttemptResult => ({ outcome, transcript: [] })
