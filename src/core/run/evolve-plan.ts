import type { TaskId } from '../ids.ts'
import { isTryOf } from '../money/money-key.ts'
import { ownOf } from '../own.ts'
import type { Task } from '../plan/plan.ts'
import type { Mode } from '../plan/planning.ts'
import { canonical } from '../text/digest.ts'
import type { EventOf } from './event.ts'
import { isApproved } from './lookup.ts'
import type { LiveRun, ProposedRun } from './state.ts'
import type { AttemptRecord, TaskRecord } from './task-record.ts'
import type { Work } from './work.ts'

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
  | 'planId'
  | 'base'
  | 'baseBranch'
  | 'settings'
  | 'settingsBlob'
  | 'trunk'
  | 'notes'
  | 'comments'
  | 'forecast'
  | 'sharedWrites'
  | 'at'
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

/** Applies a plan, complete or (`open`) only its head. In `strict` it waits for approval; else its tasks may start. */
export function withProposal(state: LiveRun, it: Proposal): LiveRun {
  if (state.phase === 'ended') return state
  const before = state.phase === 'requested' ? null : state.work
  const isNext = before !== null && !before.open
  const { baseline: _ofThatVersion, sharedWrites: _asOfThen, ...base } = before ?? firstWork(it)
  const previous = isNext ? { plan: base.plan, planId: base.planId } : base.previous
  const work: Work = {
    ...withPlan(base, it.plan, it.at, keptInVersion(base, it.plan)),
    open: it.open,
    planId: it.planId,
    notes: it.notes,
    ...(it.comments !== undefined && { comments: it.comments }),
    ...(it.forecast !== undefined && { forecast: it.forecast }),
    ...(it.sharedWrites !== undefined && { sharedWrites: it.sharedWrites }),
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

/** Whether a task of the new plan keeps the record that it had. `onKept`: all its needs keep theirs. */
type KeepsRecord = (task: Task, record: TaskRecord, onKept: boolean) => boolean

/**
 * The work with another plan. An unchanged task keeps its record; a changed one keeps only the history of its attempts; a
 * removed one counts as cancelled.
 */
function withPlan(work: Work, plan: Work['plan'], at: string, stays: KeepsRecord): Work {
  const tasks: Record<TaskId, TaskRecord> = {}
  const kept = new Set<TaskId>()
  for (const task of plan.tasks) {
    const before = ownOf(work.tasks, task.id)
    const onKept = task.needs.every((need) => kept.has(need))
    if (before !== undefined && stays(task, before, onKept)) kept.add(task.id)
    tasks[task.id] = keptOrFresh(before, kept.has(task.id), at)
  }
  for (const [id, record] of Object.entries(work.tasks))
    if (ownOf(tasks, id) === undefined) tasks[id] = cancelledRecord(record, at)
  return { ...work, plan, tasks, verification: null, culprit: null }
}

/**
 * In a new version of the plan a task may have the same id and other content. Approval is for the new content, so work for
 * other content, or based on such work, is not kept. Work that is merged into trunk always is.
 */
const keptInVersion =
  (work: Work, plan: Work['plan']): KeepsRecord =>
  (task, { state }, onKept) => {
    if (state.status === 'landed' && work.trunk.merges.some(({ head }) => head === state.head)) return true
    // If tasks that it was expanded into are missing now, its work would not be done.
    const into = state.status === 'expanded' ? state.into : []
    if (!onKept || !into.every((id) => plan.tasks.some((other) => other.id === id))) return false
    return isOver(state) ? isSame(work, task, SCHEDULING_FIELDS) : isSame(work, task)
  }

/** A running plan is amended only in tasks that have not begun: landed work is never undone. */
const keptInAmendment =
  (work: Work): KeepsRecord =>
  (task, { state }, onKept) =>
    state.status === 'landed' || state.status === 'expanded' || (onKept && isSame(work, task))

/** Work on the task has ended, and its result is kept. */
const isOver = ({ status }: TaskRecord['state']): boolean => ['verified', 'landed', 'expanded'].includes(status)

/** Fields that matter only for scheduling; its worker does not see them. */
const SCHEDULING_FIELDS: readonly (keyof Task)[] = ['size', 'model_tier', 'timeout_minutes']

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

const cancelledRecord = (record: TaskRecord, at: string): TaskRecord => ({
  ...record,
  attempts: record.attempts.map((it) => closed(it, at)),
  state: { status: 'cancelled', base: record.attempts.at(-1)?.base ?? null, since: at },
})

const closed = (attempt: AttemptRecord, at: string): AttemptRecord =>
  attempt.outcome === 'open' ? { ...attempt, endedAt: at, outcome: 'cancelled' } : attempt

/**
 * The design of an open plan is restarted: keeps only the tasks that were worked on, with all that they need. Others are
 * added again as they stream in.
 */
export function restartDesign(state: LiveRun, { stage, at }: EventOf<'money_reserved'>): LiveRun {
  if (state.phase !== 'active' || !state.work.open || !isTryOf(stage, 'design')) return state
  const { work } = state
  const stays = begunPart(work)
  const tasks: Record<TaskId, TaskRecord> = {}
  for (const [id, record] of Object.entries(work.tasks))
    if (stays.has(id)) tasks[id] = record
    else if (record.attempts.length > 0) tasks[id] = cancelledRecord(record, at)
  const plan = { ...work.plan, tasks: work.plan.tasks.filter(({ id }) => stays.has(id)) }
  return { ...state, work: { ...work, plan, tasks } }
}

/** The tasks that were worked on, and all that they need. */
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

/** Adds a task to a plan that is still streaming. */
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

/** Applies an amendment of the running plan. */
export function withAmendment(work: Work, event: EventOf<'plan_amended'>): Work {
  const ids = work.plan.tasks.map(({ id }) => id)
  const next = event.plan.tasks.map(({ id }) => id)
  const added = next.filter((id) => !ids.includes(id))
  const removed = ids.filter((id) => !next.includes(id))
  // Tasks that replace approved ones, and do not exceed their rights, are approved with them. Otherwise only the tasks
  // that were approved remain approved.
  const passes = work.mode === 'off' || (event.within && [event.of, ...removed].every((id) => isApproved(work, id)))
  const kept = ids.filter((id) => isApproved(work, id) && next.includes(id))
  const amended = withPlan(work, event.plan, event.at, keptInAmendment(work))
  const tasks = AMENDED[event.cause](amended, event, added)
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

const AMENDED: Readonly<
  Record<
    EventOf<'plan_amended'>['cause'],
    (work: Work, event: EventOf<'plan_amended'>, added: TaskId[]) => Work['tasks']
  >
> = {
  expand: (work, event, added) => expanded(work, event, added),
  replan: (work, event, added) => replanned(work, event, added),
  review: (work, event, added) => asked(work, event, added),
}

/** The new tasks answer threads of the review that asked for them. A program reads the words of people as notes. */
function asked(work: Work, { threads = [] }: EventOf<'plan_amended'>, added: readonly TaskId[]): Work['tasks'] {
  const tasks = { ...work.tasks }
  for (const { id, goal, run } of work.plan.tasks.filter((task) => added.includes(task.id))) {
    const own = threads.flatMap(({ task, thread }) => (task === id ? [thread] : []))
    const record = ownOf(tasks, id) ?? freshRecord
    tasks[id] = { ...record, ...(own.length > 0 && { threads: own }), ...(run.length > 0 && { notes: [goal] }) }
  }
  return tasks
}

function expanded(work: Work, { of, at }: EventOf<'plan_amended'>, into: TaskId[]): Work['tasks'] {
  const record = ownOf(work.tasks, of) ?? freshRecord
  return { ...work.tasks, [of]: { ...record, state: { status: 'expanded', into, since: at } } }
}

/** The replacement tasks inherit the number of re-plans, which limits them. */
function replanned(work: Work, { of }: EventOf<'plan_amended'>, added: readonly TaskId[]): Work['tasks'] {
  const replans = (ownOf(work.tasks, of)?.replans ?? 0) + 1
  const changed = work.plan.tasks.map(({ id }) => id).filter((id) => id === of || added.includes(id))
  const tasks = { ...work.tasks }
  for (const id of changed) tasks[id] = { ...(ownOf(tasks, id) ?? freshRecord), replans }
  return tasks
}
