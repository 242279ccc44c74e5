import { emptyLedger, writeOff } from '../money/ledger.ts'
import { parseMoneyKey } from '../money/money-key.ts'
import { ownOf } from '../own.ts'
import { noOptions } from '../plan/planning.ts'
import type { EventOf, RunEvent } from './event.ts'
import { evolveLedger } from './evolve-ledger.ts'
import { restartDesign, withProposal } from './evolve-plan.ts'
import { evolvePlanning } from './evolve-planning.ts'
import { type CopiedRecords, evolveTask } from './evolve-task.ts'
import { evolveWork } from './evolve-work.ts'
import { type ChangingEvent, changes } from './folds.ts'
import { evolveStageFailures } from './stage-failures.ts'
import { type Conclusion, type EndedRun, emptyRun, type LiveRun, type RunState, workOf } from './state.ts'
import type { TaskStatus } from './task-record.ts'
import { carryStatuses } from './task-status.ts'
import type { Work } from './work.ts'

/** The state after an event. Total: an event that does not fit the phase changes only the keys seen, money, planning and stage failures. */
export const evolve = (state: RunState, event: RunEvent): RunState => replayOn(state, [event])

export const replay = (events: readonly RunEvent[]): RunState => replayOn(emptyRun, events)

/** The state after these events. Intermediate states are private, so the task records are copied once, not for each event. */
export function replayOn(state: RunState, events: readonly RunEvent[]): RunState {
  const fresh: CopiedRecords = new WeakMap()
  const next = events.reduce((before, event) => evolveBy(before, event, fresh), state)
  carryStatuses(workOf(state), workOf(next), fresh)
  return next
}

function evolveBy(state: RunState, event: RunEvent, fresh: CopiedRecords): RunState {
  if (event.type === 'plan_requested') return state.phase === 'empty' ? requested(event) : state
  if (state.phase === 'empty') return state
  const next = withMoney(evolveLive(state, event, fresh), event)
  if (event.key === undefined || next.seen.includes(event.key)) return next
  return { ...next, seen: [...next.seen, event.key] }
}

/** Money, planning and stage failures are folded independently of the phase. */
const withMoney = (state: LiveRun, event: RunEvent): LiveRun => ({
  ...state,
  ledger: writeOff(
    changes(event, 'ledger') ? evolveLedger(state.ledger, event) : state.ledger,
    (key) => isAwaited(state, key),
    event.at,
  ),
  planning: changes(event, 'planning') ? evolvePlanning(state.planning, event) : state.planning,
  setbacks: changes(event, 'setbacks') ? evolveStageFailures(state.setbacks, event) : state.setbacks,
})

/** Whether the usage of a reservation will still be reported: by stages of a live run, and by attempts in progress. */
function isAwaited(state: LiveRun, key: string): boolean {
  if (state.phase === 'ended') return false
  const use = parseMoneyKey(key)
  if (use?.of !== 'attempt') return true
  const task = ownOf(workOf(state)?.tasks, use.task)?.state
  return task?.status === 'in_progress' && task.attempt === use.attempt
}

function requested(event: EventOf<'plan_requested'>): RunState {
  return {
    phase: 'requested',
    run: event.run,
    issue: { number: event.issue, title: event.title, body: event.body },
    words: event.words,
    options: event.options ?? noOptions,
    planning: null,
    ledger: emptyLedger,
    failedStages: {},
    setbacks: {},
    askedBy: event.by,
    ...(event.mayApprove !== undefined && { askerMayApprove: event.mayApprove }),
    askedAt: event.at,
    seen: event.key === undefined ? [] : [event.key],
    orchestrator: null,
    crashes: 0,
    slots: {},
    projected: {},
    pullRefused: null,
  }
}

function evolveLive(state: LiveRun, event: RunEvent, fresh: CopiedRecords): LiveRun {
  if (changes(event, 'run')) return evolveRun(state, event)
  if (changes(event, 'work')) return onWork(state, (work) => evolveWork(work, event), event.type)
  if (changes(event, 'task')) return onWork(state, (work) => evolveTask(work, event, fresh), event.type)
  return state
}

/** The run as a whole: its phase, orchestrator, slots and projections. */
function evolveRun(state: LiveRun, event: ChangingEvent<'run'>): LiveRun {
  switch (event.type) {
    case 'plan_refused':
      return cancelAll(end(state, 'refused', event, { problems: event.problems }), event.at)
    case 'plan_begun':
      return begun(state, event)
    case 'plan_proposed':
      return withProposal(state, { ...event, mode: modeOf(state, event.mode), open: false })
    case 'stage_failed':
      return { ...state, failedStages: { ...state.failedStages, [event.stage]: event.why } }
    case 'gate_switched_off':
      return gateOff(state, event)
    case 'money_reserved':
      return restartDesign(state, event)
    case 'plan_approved':
      return approved(state, event)
    case 'plan_rejected':
      return cancelAll(end(state, 'rejected', event, { why: event.why }), event.at)
    case 'orchestrator_requested':
      return { ...state, orchestrator: { workflowRun: event.workflowRun, at: event.at, started: false } }
    case 'orchestrator_started':
      return { ...state, orchestrator: { workflowRun: event.workflowRun, at: event.at, started: true } }
    case 'orchestrator_left':
      return event.why === 'handed-over'
        ? { ...state, orchestrator: null, lost: undefined }
        : { ...withoutCrashes(state), orchestrator: null, lost: undefined }
    case 'orchestrator_failed':
      return { ...state, crash: event.why }
    case 'orchestrator_lost':
      return { ...state, orchestrator: null, lost: true, crashes: state.crashes + (event.cause === undefined ? 1 : 0) }
    case 'slots_requested':
    case 'slots_started':
    case 'slots_gone':
      return { ...state, slots: evolveSlots(state.slots, event) }
    case 'run_paused':
      return state.phase === 'active'
        ? {
            ...state,
            paused: { why: event.why, by: event.by, cause: event.cause ?? null, moved: event.moved, since: event.at },
          }
        : state
    case 'run_resumed':
      return resumed(state)
    case 'run_cancelled':
      return cancelAll(end(state, 'cancelled', event, { why: event.why }), event.at)
    case 'run_finished':
      return end(state, 'success', event, {})
    case 'run_reopened':
      return reopened(state)
    case 'run_closed':
      return cancelAll(end(state, event.merged ? 'merged' : 'closed', event, { head: event.head }), event.at)
    case 'pull_refused':
      return { ...state, pullRefused: event.why }
    case 'limit_reached':
      return { ...state, limitedUntil: event.until }
    case 'limit_passed':
      return { ...state, limitedUntil: null }
    case 'model_busy':
      return { ...state, modelBusy: { since: event.since, why: event.why } }
    case 'model_answered':
      return { ...state, modelBusy: null }
    case 'platform_refused':
      return { ...state, refused: { ...state.refused, [event.what]: event.why } }
    case 'projected':
      return { ...state, projected: { ...state.projected, ...entriesOf(event) } }
  }
}

const entriesOf = (event: EventOf<'projected'>) =>
  Object.fromEntries(event.entries.map(({ name, ...where }) => [name, where]))

/** Events that show progress, and so reset the count of crashes. */
const PROGRESS: readonly RunEvent['type'][] = ['task_verified', 'task_landed', 'trunk_moved', 'verification_passed']

const withoutCrashes = <Run extends LiveRun>(state: Run): Run => ({ ...state, crashes: 0, crash: undefined })

function onWork(state: LiveRun, change: (work: Work) => Work, type: RunEvent['type']): LiveRun {
  if (state.phase === 'requested' || state.work === null) return state
  const counted = PROGRESS.includes(type) ? withoutCrashes(state) : state
  return { ...counted, work: change(state.work) } as LiveRun
}

function end(
  state: LiveRun,
  conclusion: Conclusion,
  event: RunEvent,
  more: Partial<Pick<EndedRun, 'why' | 'problems' | 'head'>>,
): EndedRun {
  const { phase: _phase, ...header } = state
  const { paused: _paused, ...rest } = { paused: null, ...header }
  return { why: '', problems: [], ...rest, ...more, phase: 'ended', work: workOf(state), conclusion, endedAt: event.at }
}

function reopened(state: LiveRun): LiveRun {
  if (state.phase !== 'ended' || state.conclusion !== 'success' || state.work === null) return state
  const { conclusion: _conclusion, why: _why, problems: _problems, endedAt: _endedAt, head: _head, ...rest } = state
  return { ...rest, phase: 'active', work: state.work, paused: null }
}

/** A later `/plan off` overrides the mode with which the plan was made. */
const modeOf = (state: LiveRun, mode: Work['mode'] | undefined): Work['mode'] =>
  state.planning?.mode ?? mode ?? 'strict'

function begun(state: LiveRun, event: EventOf<'plan_begun'>): LiveRun {
  const { planning } = state
  if (planning === null || planning.mode === 'strict' || state.phase === 'ended') return state
  // A restarted design while tasks are running: they stay.
  if (state.phase === 'active' && state.work.open) return state
  return withProposal(state, { ...planning, ...event, notes: [], open: true })
}

/** Removes the plan's gate: a plan that waited for approval starts. */
function gateOff(state: LiveRun, event: EventOf<'gate_switched_off'>): LiveRun {
  if (state.phase !== 'proposed' && state.phase !== 'active') return state
  const startedAt = state.work.startedAt ?? event.at
  const work: Work = { ...withoutOpenBaseline(state.work), mode: 'off', approved: null, startedAt }
  return { ...state, phase: 'active', paused: state.phase === 'active' ? state.paused : null, work }
}

function approved(state: LiveRun, event: EventOf<'plan_approved'>): LiveRun {
  if (state.phase !== 'proposed' && state.phase !== 'active') return state
  const { work } = state
  // An approval applies only to the plan that it names.
  if (event.planId !== work.planId || work.open) return state
  const list = event.only === null || work.approved === null ? null : [...new Set([...work.approved, ...event.only])]
  return {
    ...state,
    phase: 'active',
    paused: state.phase === 'active' ? state.paused : null,
    work: {
      ...withoutOpenBaseline(work),
      startedAt: work.startedAt ?? event.at,
      approved: list !== null && list.length === work.plan.tasks.length ? null : list,
      approvedBy: [...work.approvedBy, event.by],
    },
  }
}

/** An approval does not wait for the baseline, and an ended run has no use for one. */
const withoutOpenBaseline = ({ baseline, ...work }: Work): Work =>
  baseline === undefined || baseline.status === 'in_progress' ? work : { ...work, baseline }

function resumed(state: LiveRun): LiveRun {
  if (state.phase !== 'active') return state
  // Resuming after the base has moved is a person's decision, which is not requested again for the same tip.
  const work = { ...state.work, baseSeen: { ...state.work.baseSeen, stale: false } }
  return { ...state, paused: null, work, slots: withoutFailures(state.slots) }
}

/** A person who resumes a run says that its slots can be tried again. */
const withoutFailures = (slots: Slots): Slots =>
  Object.fromEntries(Object.entries(slots).map(([request, { failure: _, ...rest }]) => [request, rest]))

type Slots = LiveRun['slots']
function evolveSlots(slots: Slots, event: EventOf<'slots_requested' | 'slots_started' | 'slots_gone'>): Slots {
  if (event.type === 'slots_requested')
    return {
      ...slots,
      [event.request]: { count: event.count, workflowRun: event.workflowRun, at: event.at, gone: false },
    }
  const known = ownOf(slots, event.request)
  if (known === undefined) return slots
  return { ...slots, [event.request]: evolveRequest(known, event) }
}

function evolveRequest(known: Slots[string], event: EventOf<'slots_started' | 'slots_gone'>): Slots[string] {
  if (event.type === 'slots_started') return { ...known, workflowRun: event.workflowRun }
  return { ...known, gone: true, ...(event.failure && { failure: event.failure }) }
}

const ENDED: readonly TaskStatus[] = ['landed', 'expanded', 'skipped', 'failed', 'cancelled']

/** Cancels all tasks that have not ended, since nothing waits for them any more. */
function cancelAll(state: EndedRun, at: string): EndedRun {
  if (state.work === null) return state
  let work = withoutOpenBaseline(state.work)
  const fresh: CopiedRecords = new WeakMap()
  for (const task of work.plan.tasks) {
    const status = ownOf(work.tasks, task.id)?.state.status
    if (status === undefined || ENDED.includes(status)) continue
    work = evolveTask(work, { type: 'task_cancelled', task: task.id, at, by: 'tributary' }, fresh)
  }
  const verification =
    work.verification?.status === 'passed' || work.verification?.status === 'failed' ? work.verification : null
  return { ...state, work: { ...work, verification } }
}
