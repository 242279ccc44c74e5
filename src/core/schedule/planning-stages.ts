import type { TaskId } from '../ids.ts'
import { mayStart } from '../landing/gate.ts'
import { isAssembled } from '../landing/verification.ts'
import { exceedsShare, limitFor, stageAllowance } from '../money/allowance.ts'
import { isAttemptAt, isTryOf, moneyKey, stageId } from '../money/money-key.ts'
import type { ModelRole } from '../money/usage.ts'
import { ownOf } from '../own.ts'
import { isAgentTask, type Task } from '../plan/plan.ts'
import { type PlanDraft, type Planning, type Stage, type StageName, unanswered } from '../plan/planning.ts'
import type { NewEvent } from '../run/event.ts'
import { isSettled, recordOf } from '../run/lookup.ts'
import { type ActiveRun, type LiveRun, workOf } from '../run/state.ts'
import { tasksWithStatus } from '../run/task-status.ts'
import type { Work } from '../run/work.ts'
import { plansByCommand, tryOf } from './plan-command.ts'
import { DESIGNS, REVIEW_TRIES, STAGE_TRIES } from './retry-ladder.ts'
import { tasksAwaitingReview } from './review-reasons.ts'

/**
 * The stages that should run now, beside the run's tasks. A paused run starts no new stage, but continues those that have
 * reserved money.
 */
export function wantedStages(state: LiveRun): Stage[] {
  const isPaused = state.phase === 'active' && state.paused !== null
  return stagesAhead(state).filter(({ key }) => !isPaused || isReserved(state, key))
}

const isReserved = ({ ledger }: LiveRun, key: string): boolean => ownOf(ledger.reserved, key) !== undefined

/** The wanted stages, including those that a pause holds back. */
function stagesAhead(state: LiveRun): Stage[] {
  if (state.phase === 'ended') return []
  const wanted = [...planStage(state), ...(state.phase === 'active' ? partStages(state) : [])]
  return wanted.flatMap(([name, task]) => stageOf(state, name, task) ?? [])
}

/** The next stage of the plan itself, paused or not; null if it is settled, or waits for answers of a person. */
export const planningAt = (state: LiveRun): StageName | null => planStage(state)[0]?.[0] ?? null

/** A run ends without them. */
const NOT_NEEDED: readonly StageName[] = ['review', 'synthesis']

/** Stages that lack money to start, and without which the run cannot finish. */
export const stagesInWant = (state: LiveRun): Stage[] =>
  stagesAhead(state).filter(
    (stage) =>
      !NOT_NEEDED.includes(stage.name) && !isReserved(state, stage.key) && stageAllowance(state, stage) === null,
  )

/** Whether planning is blocked until a person raises the limit: no reservation is open that could return money. */
export function planWaitsForMoney(state: LiveRun): boolean {
  const { planning, ledger } = state
  if (state.phase === 'ended' || planning === null || planning.settled) return false
  if (state.phase === 'active') return state.paused?.cause === 'budget'
  return Object.keys(ledger.reserved).length === 0 && stagesInWant(state).length > 0
}

/** The limit, in US dollars, with which every wanted stage could start; 0 if none waits for money. */
export const leastLimit = (state: LiveRun): number =>
  Math.max(0, ...stagesInWant(state).map((stage) => limitFor(state, stage)))

type Wanted = readonly [StageName, TaskId | null]

/** The stage with its current or next key; null if it is given up. */
function stageOf(state: LiveRun, name: StageName, task: TaskId | null): Stage | null {
  const { ledger } = state
  const isIts = (key: string) => isTryOf(key, name, task)
  if (whyGivenUp(state, name, task) !== null) return null
  const open = Object.keys(ledger.reserved).find(isIts)
  const number = Object.keys(ledger.spent).filter(isIts).length + 1
  return { name, task, key: open ?? moneyKey({ of: 'stage', name, task, number }) }
}

/** Optional stages: given up, instead of stopping the run, if their share of the limit is too small. */
const OPTIONAL: readonly StageName[] = ['critique', 'scope', 'review', 'synthesis']

/** Why a stage is not retried until a person changes something; null if it is retried. */
export function whyGivenUp(state: LiveRun, name: StageName, task: TaskId | null = null): string | null {
  const failures = ownOf(state.setbacks, stageId(name, task))
  if (failures === undefined) return null
  const isSkipped = OPTIONAL.includes(name) && exceedsShare(state, { name, task })
  return failures.tries >= (name === 'review' ? REVIEW_TRIES : STAGE_TRIES) || isSkipped ? failures.why : null
}

function planStage({ planning }: LiveRun): Wanted[] {
  if (planning === null || planning.settled || plansByCommand(planning)) return []
  if (planning.explorations === null) return [['explore', null]]
  if (unanswered(planning).length > 0) return []
  if (planning.draft === null) return [['design', null]]
  if (planning.verdict === null) return needsCritique(planning.draft) ? [['critique', null]] : []
  return goesBack(planning) ? [['design', null]] : []
}

const goesBack = ({ verdict, designs }: Planning): boolean => verdict?.accepted === false && designs < DESIGNS

/** Whether the draft is final: it can be proposed, or refused for its remaining problems. */
export const isDraftReady = (planning: Planning): planning is Planning & { draft: PlanDraft } =>
  !planning.settled &&
  planning.draft !== null &&
  (plansByCommand(planning) ? tryOf(planning) === null : isJudged(planning, planning.draft))

const isJudged = (planning: Planning, draft: PlanDraft): boolean =>
  planning.verdict === null ? !needsCritique(draft) : !goesBack(planning)

/** A plan of at most two small tasks without problems needs no critique. */
const needsCritique = ({ plan, problems }: PlanDraft): boolean =>
  problems.length > 0 || plan.tasks.length > 2 || plan.tasks.some(({ size }) => size !== 'small')

function partStages(run: ActiveRun): Wanted[] {
  const { work } = run
  const reviews = tasksAwaitingReview(work).map((id) => ['review', id] as const)
  if (work.open) return reviews
  return [
    ...reviews,
    ...work.plan.tasks.flatMap((task) => [...planTaskStage(run, task), ...replanStage(work, task)]),
    ...(wantsDescription(run) ? ([['synthesis', null]] as const) : []),
  ]
}

/** A `plan` task is scoped while its needs are in progress, and expanded when they have landed. */
function planTaskStage(run: ActiveRun, task: Task): Wanted[] {
  const { work } = run
  if (task.kind !== 'plan' || recordOf(work, task.id).state.status !== 'pending') return []
  const scoped = ownOf(work.scopes, task.id) !== undefined || whyGivenUp(run, 'scope', task.id) !== null
  if (!scoped) return needsAreMoving(work, task) ? [['scope', task.id]] : []
  return mayStart(work, task.id) && task.needs.every((need) => isSettled(work, need)) ? [['expand', task.id]] : []
}

const needsAreMoving = (work: Work, { needs }: Task): boolean =>
  needs.every((need) => !['pending', 'failed', 'cancelled'].includes(recordOf(work, need).state.status))

const replanStage = (work: Work, { id }: Task): Wanted[] => {
  const { state, replanWanted } = recordOf(work, id)
  return state.status === 'failed' && replanWanted ? [['replan', id]] : []
}

/** Whether the part of a failed task will be planned again, without a person. */
export const isPlannedAgain = (run: ActiveRun, task: Task): boolean =>
  replanStage(run.work, task).length > 0 && whyGivenUp(run, 'replan', task.id) === null

/** Whether the whole change should be described: trunk is assembled and verified, and agents have worked on it. */
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
  review: 'review',
  synthesis: 'synthesis',
}

/** Without a critic, after all tries, lint alone decides, and the plan says so; null: a critic has judged or may still. */
export function judgedWithoutCritic(state: LiveRun): NewEvent | null {
  const { planning } = state
  if (
    planning?.draft == null ||
    plansByCommand(planning) ||
    planning.verdict !== null ||
    !needsCritique(planning.draft)
  )
    return null
  const unjudged = whyGivenUp(state, 'critique')
  const { problems } = planning.draft
  return unjudged === null ? null : { type: 'plan_judged', accepted: problems.length === 0, problems, unjudged }
}

/** Stages that had reserved money when the process that ran them died. */
export const orphanedStages = ({ ledger }: LiveRun): NewEvent[] =>
  Object.keys(ledger.reserved)
    .filter((key) => !isAttemptAt(key))
    .map((stage) => ({ type: 'stage_failed', stage, why: 'the orchestrator died over it', lost: true }))

/** A `plan` task that could not be expanded fails, so that a person is told and can retry it. */
export function failedExpansions(run: ActiveRun): NewEvent[] {
  const { work } = run
  if (work.open) return []
  return tasksWithStatus(work, 'pending').flatMap(({ id, kind }) => {
    const why = kind === 'plan' ? whyGivenUp(run, 'expand', id) : null
    if (why === null) return []
    const failure = { reason: 'model-failed', detail: `it could not be turned into tasks: ${why}` } as const
    const attempt = recordOf(work, id).attempts.length + 1
    return [{ type: 'task_failed', task: id, attempt, head: null, failure, final: true }]
  })
}

/**
 * What a stage works from. If it changes, the result is of no use: a person's answer or wish changes the basis of the whole
 * plan, an amendment that of one part, another attempt that of a review. An exploration depends on none of them.
 */
export function basisOf(state: LiveRun, { name, task }: Pick<Stage, 'name' | 'task'>): string {
  const { planning } = state
  const attempts = name === 'review' && task !== null ? (ownOf(workOf(state)?.tasks, task)?.attempts.length ?? 0) : 0
  if (task !== null) return `${task}/${attempts}`
  return name === 'explore' ? name : `${planning?.revisions.length ?? 0}.${planning?.answers.length ?? 0}`
}
