import type { TaskId } from '../ids.ts'
import { isTryOf } from '../money/money-key.ts'
import { ownOf } from '../own.ts'
import type { Task } from '../plan/plan.ts'
import type { Mode } from '../plan/planning.ts'
import { canonical } from '../text/digest.ts'
import type { EventOf } from './event.ts'
import { type AttemptRecord, isApproved, type LiveRun, type ProposedRun, type TaskRecord, type Work } from './state.ts'

export const freshRecord: TaskRecord = {
  state: { status: 'pending' },
  attempts: [],
  failures: 0,
  conflicts: 0,
  lost: 0,
  onto: [],
  notes: [],
  steers: [],
  replans: 0,
  replanWanted: false,
}

type Proposal = Pick<
  EventOf<'plan_proposed'>,
  'planId' | 'base' | 'baseBranch' | 'settings' | 'settingsBlob' | 'trunk' | 'notes' | 'at'
> & { plan: Work['plan']; mode: Mode; open: boolean }

const firstWork = (it: Proposal): Work => ({
  plan: { ...it.plan, tasks: [] },
  open: it.open,
  mode: it.mode,
  version: 1,
  previous: null,
  amendments: [],
  scopes: {},
  described: null,
  planId: it.planId,
  base: it.base,
  baseBranch: it.baseBranch,
  settings: it.settings,
  settingsBlob: it.settingsBlob,
  notes: it.notes,
  proposedAt: it.at,
  startedAt: null,
  approved: [],
  approvedBy: [],
  tasks: {},
  trunk: { start: it.trunk, tip: it.trunk, merges: [] },
  verification: null,
  lastFailure: null,
  verifications: 0,
  verdicts: {},
  culprit: null,
  baseSeen: { sha: it.base, paths: [], stale: false },
})

/** A plan is there, whole or (`open`) its head only. In `strict` it waits for a person; else its tasks may start. */
export function withProposal(state: LiveRun, it: Proposal): LiveRun {
  if (state.phase === 'ended') return state
  const before = state.phase === 'requested' ? null : state.work
  const isNext = before !== null && !before.open
  const base = before ?? firstWork(it)
  const previous = isNext ? { plan: base.plan, planId: base.planId } : base.previous
  const work: Work = {
    ...withPlan(base, it.plan, it.at, staysInVersion(base, it.plan)),
    open: it.open,
    planId: it.planId,
    notes: it.notes,
    proposedAt: it.at,
    previous,
    version: base.version + (isNext ? 1 : 0),
  }
  return started(state, work, it.mode, it.at)
}

function started(state: LiveRun, work: Work, mode: Mode, at: string): LiveRun {
  if (state.phase === 'active') return { ...state, work }
  const { phase: _phase, ...header } = state
  if (mode === 'strict') return { ...header, phase: 'proposed', work } as ProposedRun
  const approved = mode === 'off' ? null : []
  return { ...header, phase: 'active', paused: null, work: { ...work, mode, approved, startedAt: at } } as LiveRun
}

/** Whether the task, as the other plan has it, keeps the record that it has. */
type Stays = (task: Task, record: TaskRecord, onKept: boolean) => boolean

/**
 * The work with another plan. A task that stays keeps its record and so all that was done for it; of one that changed only
 * the history of its attempts remains, and one that is gone counts as cancelled.
 */
function withPlan(work: Work, plan: Work['plan'], at: string, stays: Stays): Work {
  const tasks: Record<TaskId, TaskRecord> = {}
  const kept = new Set<TaskId>()
  for (const task of plan.tasks) {
    const before = ownOf(work.tasks, task.id)
    const onKept = task.needs.every((need) => kept.has(need))
    if (before !== undefined && stays(task, before, onKept)) kept.add(task.id)
    tasks[task.id] = keptOrFresh(before, kept.has(task.id), at)
  }
  for (const [id, record] of Object.entries(work.tasks))
    if (ownOf(tasks, id) === undefined) tasks[id] = gone(record, at)
  return { ...work, plan, tasks, verification: null, culprit: null }
}

/**
 * Another version may say something else under the same id, and who approves it approves its words: work that was done for
 * other words, or on other work, is none of it. What is part of trunk is never undone.
 */
const staysInVersion =
  (work: Work, plan: Work['plan']): Stays =>
  (task, { state }, onKept) => {
    if (state.status === 'landed' && work.trunk.merges.some(({ head }) => head === state.head)) return true
    // What it became may be left out now, and then nothing would be done in its place.
    const into = state.status === 'expanded' ? state.into : []
    if (!onKept || !into.every((id) => plan.tasks.some((other) => other.id === id))) return false
    return isOver(state) ? isSame(work, task, UNREAD) : isSame(work, task)
  }

/** While the run is at work only what has not begun is planned anew: what has landed is never undone. */
const staysInAmendment =
  (work: Work): Stays =>
  (task, { state }, onKept) =>
    state.status === 'landed' || state.status === 'expanded' || (onKept && isSame(work, task))

/** Nobody works on it any more, and what was done is to be kept. */
const isOver = ({ status }: TaskRecord['state']): boolean => ['verified', 'landed', 'expanded'].includes(status)

/** What is said of a task for those who give it out; its worker reads none of it. */
const UNREAD: readonly (keyof Task)[] = ['size', 'model_tier', 'timeout_minutes']

function isSame(work: Work, task: Task, but: readonly (keyof Task)[] = []): boolean {
  const before = work.plan.tasks.find(({ id }) => id === task.id)
  return before !== undefined && canonical(without(before, but)) === canonical(without(task, but))
}

const without = (task: Task, fields: readonly string[]) =>
  Object.fromEntries(Object.entries(task).filter(([field]) => !fields.includes(field)))

const keptOrFresh = (before: TaskRecord | undefined, keep: boolean, at: string): TaskRecord => {
  if (before === undefined) return freshRecord
  return keep
    ? before
    : { ...freshRecord, replans: before.replans, attempts: before.attempts.map((it) => closed(it, at)) }
}

const gone = (record: TaskRecord, at: string): TaskRecord => ({
  ...record,
  attempts: record.attempts.map((it) => closed(it, at)),
  state: { status: 'cancelled', base: record.attempts.at(-1)?.base ?? null, since: at },
})

const closed = (attempt: AttemptRecord, at: string): AttemptRecord =>
  attempt.outcome === 'open' ? { ...attempt, endedAt: at, outcome: 'cancelled' } : attempt

/**
 * A plan that has begun is written anew: only what somebody has worked on stays, with all that it needs. The rest starts when
 * it comes again, as it is then.
 */
export function withDesignRestarted(state: LiveRun, { stage, at }: EventOf<'money_reserved'>): LiveRun {
  if (state.phase !== 'active' || !state.work.open || !isTryOf(stage, 'design')) return state
  const { work } = state
  const stays = begunPart(work)
  const tasks: Record<TaskId, TaskRecord> = {}
  for (const [id, record] of Object.entries(work.tasks))
    if (stays.has(id)) tasks[id] = record
    else if (record.attempts.length > 0) tasks[id] = gone(record, at)
  const plan = { ...work.plan, tasks: work.plan.tasks.filter(({ id }) => stays.has(id)) }
  return { ...state, work: { ...work, plan, tasks } }
}

/** The tasks that somebody has worked on, and all that they need. */
export function begunPart(work: Pick<Work, 'plan' | 'tasks'>): ReadonlySet<TaskId> {
  const part = new Set<TaskId>()
  for (const { id, needs } of work.plan.tasks.toReversed())
    if (part.has(id) || isBegun(ownOf(work.tasks, id))) for (const one of [id, ...needs]) part.add(one)
  return part
}

const isBegun = (record: TaskRecord | undefined): boolean =>
  record !== undefined &&
  (record.attempts.some(({ startedAt }) => startedAt !== null) ||
    ['landed', 'skipped', 'expanded'].includes(record.state.status))

/** One more task of a plan that is still being written. */
export function withTask(work: Work, { planned: task, at }: EventOf<'task_planned'>): Work {
  const before = ownOf(work.tasks, task.id)
  if (isBegun(before) || isSame(work, task)) return work
  const others = work.plan.tasks.filter(({ id }) => id !== task.id)
  return {
    ...work,
    plan: { ...work.plan, tasks: [...others, task] },
    tasks: { ...work.tasks, [task.id]: keptOrFresh(before, false, at) },
  }
}

/** A part of the plan was planned anew while the run is at work. */
export function withAmendment(work: Work, event: EventOf<'plan_amended'>): Work {
  const ids = work.plan.tasks.map(({ id }) => id)
  const next = event.plan.tasks.map(({ id }) => id)
  const added = next.filter((id) => !ids.includes(id))
  const removed = ids.filter((id) => !next.includes(id))
  // What comes in place of approved tasks, and does no more than they may, is approved with them. Else the approval
  // stays with the tasks that it was given for, one by one.
  const passes = work.mode === 'off' || (event.within && [event.of, ...removed].every((id) => isApproved(work, id)))
  const kept = ids.filter((id) => isApproved(work, id) && next.includes(id))
  const amended = withPlan(work, event.plan, event.at, staysInAmendment(work))
  const tasks = event.cause === 'expand' ? expanded(amended, event, added) : replanned(amended, event, added)
  const { cause, of, within, at } = event
  return {
    ...amended,
    tasks,
    planId: event.planId,
    notes: [...work.notes, ...event.notes],
    proposedAt: passes ? work.proposedAt : event.at,
    approved: passes && work.approved === null ? null : [...kept, ...(passes ? added : [])],
    amendments: [...work.amendments, { cause, of, added, removed, within, at }],
  }
}

function expanded(work: Work, { of, at }: EventOf<'plan_amended'>, into: TaskId[]): Work['tasks'] {
  const record = ownOf(work.tasks, of) ?? freshRecord
  return { ...work.tasks, [of]: { ...record, state: { status: 'expanded', into, since: at } } }
}

/** The tasks that came instead count the times that this part was planned anew, so that it does not go on for ever. */
function replanned(work: Work, { of }: EventOf<'plan_amended'>, added: readonly TaskId[]): Work['tasks'] {
  const replans = (ownOf(work.tasks, of)?.replans ?? 0) + 1
  const changed = work.plan.tasks.map(({ id }) => id).filter((id) => id === of || added.includes(id))
  const tasks = { ...work.tasks }
  for (const id of changed) tasks[id] = { ...(ownOf(tasks, id) ?? freshRecord), replans }
  return tasks
}
