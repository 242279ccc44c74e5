import { mayStart } from './gate.ts'
import { availableUsd, type Ledger } from './ledger.ts'
import type { Task } from './plan.ts'
import { type PlanDraft, type Planning, type Stage, type StageName, unanswered } from './planning.ts'
import type { TaskId } from './ref.ts'
import { leastAfter } from './shortage.ts'
import { type ActiveRun, isSettled, type LiveRun, recordOf, type Work } from './state.ts'
import { isAgentTask } from './tier.ts'
import type { ModelRole } from './usage.ts'
import { isAssembled } from './verification.ts'

/** Tries of one stage before it is given up. */
const TRIES = 3
/** Designs of one version: the first, and one that takes the critique in. */
const DESIGNS = 2

/**
 * What the planner should be at now, beside the run: it plans, scopes, mends and describes while workers work. In a pause
 * nothing new is begun, and what it is at goes on.
 */
export function wantedStages(state: LiveRun): Stage[] {
  if (state.phase === 'ended') return []
  const isPaused = state.phase === 'active' && state.paused !== null
  const wanted = [...planStage(state), ...(state.phase === 'active' ? partStages(state) : [])]
  return wanted.flatMap(([name, task]) => {
    const stage = stageOf(state, name, task)
    return stage === null || (isPaused && !(stage.key in state.ledger.reserved)) ? [] : [stage]
  })
}

type Wanted = readonly [StageName, TaskId | null]

const prefixOf = (name: StageName, task: TaskId | null): string => (task === null ? `${name}#` : `${name}:${task}#`)

/** With the key that it has, or would reserve its money under; null where it has failed too often. */
function stageOf({ ledger, failedStages }: LiveRun, name: StageName, task: TaskId | null): Stage | null {
  const prefix = prefixOf(name, task)
  const isIts = (key: string) => key.startsWith(prefix)
  if (Object.keys(failedStages).filter(isIts).length >= TRIES) return null
  const open = Object.keys(ledger.reserved).find(isIts)
  return { name, task, key: open ?? `${prefix}${Object.keys(ledger.spent).filter(isIts).length + 1}` }
}

/** Whether a stage of this kind was tried as often as it may be, without success: the reason it gave last. */
export function whyGivenUp({ failedStages }: LiveRun, name: StageName, task: TaskId | null = null): string | null {
  const tries = Object.entries(failedStages).filter(([key]) => key.startsWith(prefixOf(name, task)))
  return tries.length >= TRIES ? (tries.at(-1)?.[1] ?? '') : null
}

function planStage({ planning }: LiveRun): Wanted[] {
  if (planning === null || planning.settled) return []
  if (planning.explorations === null) return [['explore', null]]
  if (unanswered(planning).length > 0) return []
  if (planning.draft === null) return [['design', null]]
  if (planning.verdict === null) return needsCritique(planning.draft) ? [['critique', null]] : []
  return goesBack(planning) ? [['design', null]] : []
}

const goesBack = ({ verdict, designs }: Planning): boolean => verdict?.accepted === false && designs < DESIGNS

/** The draft is as good as it gets: it can be proposed, or refused for what is still wrong with it. */
export const isDraftReady = (planning: Planning): planning is Planning & { draft: PlanDraft } =>
  !planning.settled &&
  planning.draft !== null &&
  (planning.verdict === null ? !needsCritique(planning.draft) : !goesBack(planning))

/** A plan of up to two small tasks with nothing wrong is not worth a second look. */
export const needsCritique = ({ plan, problems }: PlanDraft): boolean =>
  problems.length > 0 || plan.tasks.length > 2 || plan.tasks.some(({ size }) => size !== 'small')

function partStages(run: ActiveRun): Wanted[] {
  const { work } = run
  if (work.open) return []
  return [
    ...work.plan.tasks.flatMap((task) => [...planTaskStage(run, task), ...replanStage(work, task)]),
    ...(wantsDescription(run) ? ([['synthesis', null]] as const) : []),
  ]
}

/** A `plan` task is scoped while what it needs is at work, and turned into tasks when that has landed. */
function planTaskStage(run: ActiveRun, task: Task): Wanted[] {
  const { work } = run
  if (task.kind !== 'plan' || recordOf(work, task.id).state.status !== 'pending') return []
  const scoped = work.scopes[task.id] !== undefined || whyGivenUp(run, 'scope', task.id) !== null
  if (!scoped) return needsAreMoving(work, task) ? [['scope', task.id]] : []
  return mayStart(work, task.id) && task.needs.every((need) => isSettled(work, need)) ? [['expand', task.id]] : []
}

const needsAreMoving = (work: Work, { needs }: Task): boolean =>
  needs.every((need) => !['pending', 'failed', 'cancelled'].includes(recordOf(work, need).state.status))

const replanStage = (work: Work, { id }: Task): Wanted[] => {
  const { state, replanWanted } = recordOf(work, id)
  return state.status === 'failed' && replanWanted ? [['replan', id]] : []
}

/** The run is through, its checks have passed, and agents had a hand in it: the change is put into words as one. */
export const wantsDescription = (run: ActiveRun): boolean =>
  run.work.described === null &&
  run.planning !== null &&
  run.work.plan.tasks.some(isAgentTask) &&
  run.work.verification?.status === 'passed' &&
  run.work.verification.on === run.work.trunk.tip &&
  isAssembled(run.work) &&
  whyGivenUp(run, 'synthesis') === null

export const roleOf: Readonly<Record<StageName, ModelRole>> = {
  explore: 'explore',
  design: 'plan',
  critique: 'critique',
  scope: 'scope',
  expand: 'expand',
  replan: 'replan',
  synthesis: 'synthesis',
}

/** The most of a run's limit that one try of a stage may take. Planning must leave money for the work that it plans. */
const SHARE: Readonly<Record<StageName, number>> = {
  explore: 0.1,
  design: 0.3,
  critique: 0.1,
  scope: 0.05,
  expand: 0.1,
  replan: 0.1,
  synthesis: 0.05,
}

/** US dollars below which no call is worth a try. */
const LEAST = 0.001

/** Kept back from all but the last stage: a run that reaches its limit can still say what was done. */
const keptBack = ({ limit }: Ledger): number => (limit ?? 0) * SHARE.synthesis

/** US dollars for one try of a stage; null: there is not enough left. */
export function stageAllowance(ledger: Ledger, name: StageName): number | null {
  const kept = name === 'synthesis' ? 0 : keptBack(ledger)
  const usd = Math.min((ledger.limit ?? 0) * SHARE[name], availableUsd(ledger) - kept)
  return usd >= LEAST ? usd : null
}

/** Shares of the rest that one attempt may take, so that the first ones do not leave the others without. */
const FAIR = 3

/** US dollars that the next attempt at a task may spend; null: there is not enough left. */
export function taskAllowance({ ledger, work }: ActiveRun, id: TaskId): number | null {
  const ahead = work.plan.tasks.filter(
    (task) => isAgentTask(task) && ['pending', 'queued'].includes(recordOf(work, task.id).state.status),
  ).length
  const left = availableUsd(ledger) - keptBack(ledger)
  const usd = Math.min(work.settings.budget.task_usd, (left * FAIR) / (FAIR + Math.max(ahead, 1) - 1))
  const least = Math.max(LEAST * 10, leastAfter(closedAttempts(work, id), work.settings))
  return usd >= least ? usd : null
}

/** Those before the one that is to be paid for. */
const closedAttempts = (work: Work, id: TaskId) =>
  recordOf(work, id).attempts.filter(({ outcome }) => outcome !== 'open')
