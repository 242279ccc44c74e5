import type { NewEvent, RunEvent } from '../run/event.ts'
import { replayOn } from '../run/evolve.ts'
import type { ActiveRun, LiveRun, RunState } from '../run/state.ts'
import { usableSlots } from '../schedule/ready.ts'
import { afterSlotFailure, type SlotJobs, slotFailureText, slotNames, slotSupply } from './slot-jobs.ts'

/** Jobs that this workflow run must start after a command. */
export interface JobStarts {
  events: RunEvent[]
  orchestrate: boolean
  slots: string[]
}

/** Whether jobs follow in this workflow run, or in another one, in which the orchestrator asks for the slots. */
export type StartPlace = 'here' | 'elsewhere'

export const nothingToStart: JobStarts = { events: [], orchestrate: false, slots: [] }

/**
 * Starts an orchestrator, if none runs and the state has changed, and the slots that the run can use at once. Later slots
 * are requested by the orchestrator, which knows what is alive.
 */
export function jobStartsFor(
  state: RunState,
  changed: boolean,
  workflowRun: number,
  at: string,
  by: string,
  place: StartPlace = 'here',
): JobStarts {
  if (state.phase === 'empty' || state.orchestrator !== null || !changed) return nothingToStart
  const requested: RunEvent = { type: 'orchestrator_requested', at, by, workflowRun }
  const slots = state.phase === 'active' && place === 'here' ? firstSlots(state, workflowRun, at, by) : nothingToStart
  return { events: [requested, ...slots.events], orchestrate: true, slots: slots.slots }
}

function firstSlots(run: ActiveRun, workflowRun: number, at: string, by: string): JobStarts {
  const count = Math.min(run.work.settings.slots.start, usableSlots(run))
  if (count === 0) return nothingToStart
  const request = nextRequest(run)
  const requested: RunEvent = { type: 'slots_requested', at, by, request, count, workflowRun }
  return { events: [requested], orchestrate: false, slots: slotNames(request, count) }
}

/** The request for more slots, if more could work than are here or on their way; the pause, if slots never begin. Null: neither. */
export function slotRequest(run: ActiveRun, jobs: SlotJobs, now: Date): NewEvent | null {
  const supply = slotSupply(run, jobs, now)
  if (usableSlots(run) > supply) {
    const after = afterSlotFailure(run, jobs, supply)
    if (after.next === 'make do') return null
    if (after.next === 'pause') return { type: 'run_paused', why: slotFailureText(after.failure) }
  }
  const count = slotsToAskFor(run, supply)
  return count <= 0 ? null : { type: 'slots_requested', request: nextRequest(run), count, workflowRun: null }
}

/**
 * The number of slots to request in addition to `supply`, those that exist or are requested. While the plan is still being
 * written, requests as many as a run starts with, from its head on: more tasks will come, and each request is a workflow
 * run.
 */
export function slotsToAskFor(run: ActiveRun, supply: number): number {
  const missing = usableSlots(run) - supply
  const { open, settings } = run.work
  const isFirst = Object.keys(run.slots).length === 0
  if (!open || run.paused !== null || (missing <= 0 && !isFirst)) return missing
  const { start, cap } = settings.slots
  return Math.max(missing, Math.min(start, cap - supply, settings.limits.tasks - supply))
}

export const nextRequest = (run: LiveRun): string => `r${Object.keys(run.slots).length + 1}`

/** The last orchestrator died, and none has followed. One that leaves because it has nothing to do is not lost. */
export const lacksOrchestrator = (state: RunState): boolean =>
  state.phase !== 'empty' && state.orchestrator === null && state.crashes > 0

/** Adds the events of the jobs that a decision has to start. `wake`: also for a lost orchestrator, whatever was decided. */
export function withStarts(
  state: RunState,
  decided: readonly RunEvent[],
  workflowRun: number,
  at: string,
  by: string,
  { wake = false, place = 'here' }: { wake?: boolean; place?: StartPlace } = {},
) {
  const after = replayOn(state, decided)
  const changed = decided.length > 0 || (wake && lacksOrchestrator(after))
  const starts = jobStartsFor(after, changed, workflowRun, at, by, place)
  return { starts, state: replayOn(after, starts.events), events: [...decided, ...starts.events] }
}
