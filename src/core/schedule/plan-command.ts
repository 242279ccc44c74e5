import type { Planning } from '../plan/planning.ts'
import type { NewEvent } from '../run/event.ts'
import type { LiveRun } from '../run/state.ts'

/** The program of `plan.command` runs once, and once more with what was wrong with its plan. */
const TRIES = 2

/** What of the slots' jobs counts here. */
type SlotJobs = ReadonlyMap<string, { status: 'queued' | 'in_progress' | 'completed'; error?: string }>

export const plansByCommand = ({ settings }: Planning): boolean => settings.plan.command.length > 0

export interface PlanTry {
  attempt: number
  /** Null if no slot has it yet. */
  slot: string | null
}

/** The try of the planner's program that is to be made or is being made; null if none is. */
export const planTry = ({ phase, planning }: LiveRun): PlanTry | null =>
  phase === 'ended' || planning === null ? null : tryOf(planning)

/** The same, of a run that has not ended. */
export function tryOf(planning: Planning): PlanTry | null {
  if (planning.settled || !plansByCommand(planning)) return null
  const { command, draft } = planning
  if (command?.slot != null) return { attempt: command.attempt, slot: command.slot }
  if (draft !== null && draft.problems.length === 0) return null
  return (command?.tries ?? 0) < TRIES ? { attempt: (command?.attempt ?? 0) + 1, slot: null } : null
}

/** Why the program failed, after all tries; null if it made a plan, or may still. */
export function planCommandGivenUp(state: LiveRun): string | null {
  const { planning } = state
  if (planning?.command == null || planning.settled || planning.draft !== null || planTry(state) !== null) return null
  return planning.command.why ?? 'the program of `plan.command` failed'
}

/** A slot whose job runs and that is free for the planner's program; null if there is none. `busy`: those with other work. */
export const freeForPlan = (jobs: SlotJobs, busy: readonly string[]): string | null =>
  [...jobs].find(([slot, { status }]) => status === 'in_progress' && !busy.includes(slot))?.[0] ?? null

/** The event of a try whose slot has ended without a result; null if it goes on. */
export function lostPlanTry({ attempt, slot }: PlanTry, jobs: SlotJobs): NewEvent | null {
  const job = slot === null ? undefined : jobs.get(slot)
  if (job?.status !== 'completed') return null
  return { type: 'plan_command_failed', attempt, why: job.error ?? 'the slot that ran `plan.command` was lost' }
}

/** The newest slots that were asked for, if they failed before they began, and that was not counted yet. */
export function failedRequest({ slots, planning }: LiveRun): { request: string; words: string } | null {
  const [request = '', newest] = Object.entries(slots).at(-1) ?? []
  if (newest?.failure === undefined || planning?.command?.request === request) return null
  const { step, words } = newest.failure
  return {
    request,
    words: step === null ? `GitHub starts no job for a slot: ${words}` : `the set-up step "${step}" failed`,
  }
}
