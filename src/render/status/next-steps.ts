import { issueOf, taskBranch, trunkBranch } from '../../core/ids.ts'
import { ownOf } from '../../core/own.ts'
import { shortPlanId } from '../../core/plan/plan-id.ts'
import { unanswered } from '../../core/plan/planning.ts'
import { recordOf } from '../../core/run/lookup.ts'
import type { ActiveRun, EndedRun, LiveRun, ProposedRun } from '../../core/run/state.ts'
import type { TaskStatus } from '../../core/run/task-record.ts'
import { planWaitsForMoney } from '../../core/schedule/planning-stages.ts'
import { workflowRunOf } from '../../core/slots/slot-jobs.ts'
import { resultName } from '../../core/slots/slot-result.ts'
import { budgetCommand } from '../cost.ts'
import { code, codes } from '../markdown/code.ts'
import { inline } from '../markdown/escape.ts'
import { count } from '../markdown/format.ts'
import { movedBack } from '../moved-branch.ts'
import { pullOf } from '../plan/planned-run.ts'
import { planningStage } from '../plan/planning-progress.ts'
import { answerLine } from '../plan/questions.ts'
import { type DisplayStatuses, displayStatuses, tasksShownAs } from './display-status.ts'
import { phaseOf, type RunPhase, trunkFailure } from './run-phase.ts'

/** What a person can do now, most urgent first, each with the exact command. */
export function nextSteps(run: LiveRun): string[] {
  switch (run.phase) {
    case 'requested':
      return planning(run)
    case 'proposed':
      return proposed(run)
    case 'active':
      return active(run)
    case 'ended':
      return ended(run)
  }
}

function planning(run: LiveRun): string[] {
  const questions = run.planning === null ? [] : unanswered(run.planning)
  return [
    ...(run.phase !== 'active' && planWaitsForMoney(run)
      ? [`${budgetCommand(run)} sets a higher limit, and the planner continues where it was.`]
      : []),
    ...(questions.length === 0 || run.planning === null
      ? []
      : [
          `${code(answerLine(run.planning.questions))} answers with the defaults; another letter takes another option.`,
        ]),
    ...(run.planning === null ? [] : ['`/revise -- words` tells the planner more.']),
    '`/reject` ends it. You do not have to do anything else.',
  ]
}

function proposed(run: ProposedRun): string[] {
  if (planningStage(run) !== 'done') return planning(run)
  if (run.work.baseSeen.stale) return ['`/reject`, then `/plan`, for a plan on the new base.']
  const revise = run.planning === null ? '' : '`/revise -- what to change` makes another version, '
  return [`${code(`/approve ${shortPlanId(run.work.planId)}`)} starts it, ${revise}\`/reject -- why\` ends it.`]
}

/**
 * What resumes a stopped run follows from its phase. The other lines do not: a phase is the first condition that applies,
 * while each task that waits for a person gets a line in every phase, and so does a broken trunk: the run may be paused
 * at the same time.
 */
function active(run: ActiveRun): string[] {
  const statuses = displayStatuses(run.work)
  return [
    ...(planningStage(run) === 'done' ? [] : planning(run).slice(0, -1)),
    ...stopped(run, phaseOf(run)),
    ...ahead(run, statuses),
    ...tasksShownAs(statuses, 'waits for a person').map((id) => approve(run, id)),
    ...closedPulls(run),
    ...broken(run),
    ...tasksShownAs(statuses, 'failed').map(
      (id) =>
        `${code(`/retry ${id} -- note`)} retries ${code(id)}, ${code(`/skip ${id}`)} goes on without it.${leftOver(run, id)}`,
    ),
    ...tasksShownAs(statuses, 'cancelled').map(
      (id) => `${code(`/retry ${id}`)} retries ${code(id)}, ${code(`/skip ${id}`)} goes on without it.`,
    ),
    ...unapproved(run, statuses),
    ...(run.paused === null ? ['`/pause` stops new tasks from starting, `/cancel` stops the run.'] : []),
  ]
}

/** In mode `soft`, before the first approval: finished tasks wait to land. */
function ahead(run: ActiveRun, statuses: DisplayStatuses): string[] {
  const { work } = run
  const waits = work.mode === 'soft' && work.approved?.length === 0
  if (!waits || work.open || planningStage(run) !== 'done') return []
  const done = tasksShownAs(statuses, 'waits for approval').length
  return [
    `${code(`/approve ${shortPlanId(work.planId)}`)} lets it land${done === 0 ? '' : `, ${count(done, 'finished task')} at once`}; \`/revise -- what to change\` makes another version, \`/reject -- why\` ends it.`,
  ]
}

function stopped(run: ActiveRun, phase: RunPhase): string[] {
  switch (phase.kind) {
    case 'base-moved':
      return [baseMoved(run)]
    case 'out-of-money':
      return [
        `${budgetCommand(run)} sets a higher limit and continues; \`/cancel\` stops the run, and what landed stays.`,
      ]
    case 'paused':
      if (run.paused?.moved !== undefined) return [...run.paused.moved.map(movedBack), '`/cancel` stops the run.']
      return phase.refused
        ? ['When you have fixed the cause, `/resume` tries again; `/cancel` stops the run, and what landed stays.']
        : [...setUpLog(run), '`/resume` continues, `/cancel` stops the run.']
    case 'running':
    case 'verifying':
    case 'verification-failed':
    case 'planning':
    case 'describing':
    case 'merging':
    case 'waiting-for-person':
    case 'stuck':
    case 'waiting-for-approval':
    case 'part-not-approved':
    case 'replanning':
    case 'expanding':
    case 'model-busy':
    case 'preparing':
      return []
  }
}

/** The page of a slot that failed before it began. */
function setUpLog({ slots }: ActiveRun): string[] {
  const url = Object.values(slots).findLast(({ failure }) => failure != null)?.failure?.url
  return url != null && /^https?:\/\/[^\s()<>]+$/.test(url) ? [`[The log of a slot](${url}) says more.`] : []
}

function baseMoved({ work }: ActiveRun): string {
  const where = work.baseSeen.paths.slice(0, 5).map(code).join(', ')
  return `\`/resume\` continues on the old base although ${code(work.baseBranch)} moved (${where}); \`/cancel\` stops the run, and \`/plan\` makes a plan on the new base.`
}

/** Tasks whose pull requests people closed: the run asks what they meant. */
const closedPulls = (run: ActiveRun): string[] =>
  Object.entries(run.work.tasks).flatMap(([id, { pullClosed, state }]) => {
    if (pullClosed === undefined || !WAITING.includes(state.status)) return []
    const pull = pullOf(run, id) ?? 'its pull request'
    return [
      `${inline(pullClosed.by)} closed ${pull} of ${code(id)}: ${code(`/skip ${id}`)} goes on without it, and to keep it, reopen the pull request.`,
    ]
  })

const WAITING: readonly TaskStatus[] = ['pending', 'queued', 'waiting', 'in_progress', 'verified']

function approve({ work }: ActiveRun, id: string): string {
  const isGate = work.plan.tasks.some((task) => task.id === id && task.kind === 'gate')
  return isGate
    ? `${code(`/approve ${id}`)} opens the gate ${code(id)}.`
    : `${code(`/approve ${id}`)} lands ${code(id)}, which is verified. On its pull request \`/approve\` is enough.`
}

function broken({ run, work }: ActiveRun): string[] {
  if (work.verification?.status !== 'failed') return []
  const failure = trunkFailure(work, work.verification)
  switch (failure.cause) {
    case 'task':
      return [
        `${code(`/retry ${failure.task} -- note`)} works on ${code(failure.task)} again, on top of trunk; the verification follows.${failure.others.length > 0 ? ' Another task that has landed can be named as well.' : ''}`,
        VERIFY_AGAIN,
      ]
    case 'not-run':
      return [`${VERIFY_AGAIN} \`/cancel\` stops the run.`]
    case 'searching':
      return []
    case 'base':
      return [`The base must be fixed first: \`/cancel\`, then \`/plan\` on a base that passes. ${VERIFY_AGAIN}`]
    case 'adopted':
      return [`Push a fix on top of ${code(trunkBranch(run))}: it is verified by itself. ${VERIFY_AGAIN}`]
  }
}

const VERIFY_AGAIN = '`/retry verification` runs it again on the same trunk.'

/** Where the work of a failed task is kept; empty if it left none. */
function leftOver(run: ActiveRun, id: string): string {
  const { state } = ownOf(run.work.tasks, id) ?? {}
  if (state?.status !== 'failed') return ''
  if (state.failure.reason === 'push-refused') return inArtifact(run, id)
  return state.head === null ? '' : ` Its work is kept on ${code(taskBranch(run.run, id))}.`
}

/** Where the work is that no branch may hold. The relative link works on the issue and on every pull request. */
function inArtifact(run: ActiveRun, id: string): string {
  const { attempt, slot } = recordOf(run.work, id).attempts.at(-1) ?? { attempt: 0, slot: null }
  const workflowRun = slot === null ? null : workflowRunOf(run, slot)
  return workflowRun === null
    ? ''
    : ` Its work is in the artifact ${code(resultName(run.run, id, attempt))} of [its workflow run](../actions/runs/${workflowRun}).`
}

function unapproved({ work }: ActiveRun, statuses: DisplayStatuses): string[] {
  const rest = tasksShownAs(statuses, 'not approved')
  if (rest.length === 0 || work.open) return []
  return [
    `${code(`/approve ${shortPlanId(work.planId)}`)} approves the rest too: ${codes(rest.slice(0, 12))}${rest.length > 12 ? ', …' : ''}.`,
  ]
}

function ended(run: EndedRun): string[] {
  const pull = pullOf(run, 'trunk')
  switch (run.conclusion) {
    case 'success':
      return [
        pull === null
          ? `Open a pull request of ${code(trunkBranch(run.run))} and merge it.`
          : `Review ${pull} and merge it.`,
      ]
    case 'merged':
      return []
    case 'refused':
      return [
        run.planning === null
          ? 'Edit the plan in the issue, then type `/plan`.'
          : '`/plan -- words` begins a new run; the words may say what was missing.',
      ]
    case 'closed':
    case 'cancelled':
    case 'rejected':
      return [`\`/plan\` on issue #${issueOf(run.run)} begins a new run.`]
  }
}
