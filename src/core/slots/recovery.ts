import type { RunEvent } from '../run/event.ts'
import type { LiveRun, RunState } from '../run/state.ts'
import { CRASHES } from '../schedule/retry-ladder.ts'

/** Why a job failed, in its own words. */
export interface JobFailure {
  /** What is no crash, and passes with a fresh job. */
  cause: 'token-ended' | 'rate-limit' | null
  message: string
}

/** How the orchestrate job of a workflow run ended; `skipped`: the command job before it failed. */
interface EndedOrchestrator {
  workflowRun: number
  result: string
  failure: JobFailure | null
  at: string
}

interface Recovery {
  events: RunEvent[]
  /** Whether a fresh orchestrator follows. */
  restart: boolean
  /** If orchestrators die again and again, so that people are told: how often they did. */
  crashes: number | null
}

/**
 * What becomes of a run whose orchestrator died; null: the run is not held by that workflow run. A paused run gets a fresh
 * orchestrator too, which brings the status and the checks up to date, until that has died as often again; before work, it gets none.
 */
export function recoverRun(state: RunState, ended: EndedOrchestrator): Recovery | null {
  if (!isHeldBy(state, ended)) return null
  const { result } = ended
  const crashes = state.crashes + 1
  const excuse = excuseOf(state, ended)
  return {
    events: [...slotsNeverStarted(state, ended), ...lostOrPaused(state, ended)],
    restart: excuse !== null || crashes < mostCrashes(state),
    crashes:
      excuse === null && result !== 'cancelled' && (crashes === CRASHES || crashes >= mostCrashes(state))
        ? crashes
        : null,
  }
}

/** Only a run at work can be paused, and its pause be shown; for any other nothing is left to do after so many deaths. */
const mostCrashes = ({ phase }: LiveRun): number => (phase === 'active' ? 2 * CRASHES : CRASHES)

/** An orchestrator that ends earlier has met the same again, whatever it says: that counts as a crash. */
const EXCUSED_MINUTES = 30

function excuseOf(
  { orchestrator }: LiveRun,
  { failure, at }: EndedOrchestrator,
): NonNullable<JobFailure['cause']> | null {
  if (failure?.cause == null || orchestrator?.started !== true) return null
  return Date.parse(at) - Date.parse(orchestrator.at) < EXCUSED_MINUTES * 60_000 ? null : failure.cause
}

/**
 * A queued workflow run that was cancelled must not end the run of another one. If no orchestrator holds the run, one of this
 * workflow run failed before it could record its start.
 */
const isHeldBy = (state: RunState, { result, workflowRun }: EndedOrchestrator): state is LiveRun => {
  if (state.phase === 'empty') return false
  return state.orchestrator === null ? result === 'failure' : state.orchestrator.workflowRun === workflowRun
}

/** A command job that failed started none of the slots that it had recorded. */
const slotsNeverStarted = ({ slots }: LiveRun, { result, workflowRun, at }: EndedOrchestrator): RunEvent[] =>
  Object.entries(slots)
    .filter(([, it]) => result === 'skipped' && it.workflowRun === workflowRun && !it.gone)
    .map(([request]) => ({ type: 'slots_gone', at, by: 'tributary', request }))

function lostOrPaused(state: LiveRun, ended: EndedOrchestrator): RunEvent[] {
  const { result, workflowRun, at } = ended
  const stamp = { at, by: 'tributary' }
  const cause = excuseOf(state, ended)
  const lost: RunEvent = { type: 'orchestrator_lost', ...stamp, workflowRun, ...(cause !== null && { cause }) }
  if (cause !== null) return [lost]
  if (state.phase !== 'active' || state.paused !== null) return [lost]
  if (result === 'cancelled') return [lost, { type: 'run_paused', ...stamp, why: 'the workflow run was cancelled' }]
  if (state.crashes + 1 < CRASHES) return [lost]
  const last = state.crash === undefined ? '' : `: ${state.crash}`
  return [lost, { type: 'run_paused', ...stamp, why: `the orchestrator failed ${CRASHES} times in a row${last}` }]
}
