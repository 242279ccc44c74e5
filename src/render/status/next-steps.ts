import { issueOf, taskBranch, trunkBranch } from '../../core/ids.ts'
import { ownOf } from '../../core/own.ts'
import { shortPlanId } from '../../core/plan/plan-id.ts'
import { recordOf } from '../../core/run/lookup.ts'
import type { ActiveRun, EndedRun, LiveRun } from '../../core/run/state.ts'
import type { TaskStatus } from '../../core/run/task-record.ts'
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
import { displayStatuses, tasksShownAs } from './display-status.ts'
import { type Need, needsOf } from './needs.ts'

/** What a person can do now, most urgent first, each with the exact command: what the run waits for, then what else they may. */
export function nextSteps(run: LiveRun): string[] {
  const needs = needsOf(run)
  const awaited = needs.flatMap((need) => stepsFor(run, need))
  switch (run.phase) {
    case 'requested':
      return [...awaited, ...planning(run), REJECT]
    case 'proposed':
      return planningStage(run) === 'done' ? awaited : [...awaited, ...planning(run), REJECT]
    case 'active':
      return [
        ...awaited,
        ...(planningStage(run) === 'done' ? [] : planning(run)),
        ...closedPulls(run),
        ...(run.paused === null ? ['`/pause` stops new tasks from starting; `/cancel` stops the run.'] : []),
      ]
    case 'ended':
      return [...awaited, ...ended(run)]
  }
}

const planning = (run: LiveRun): string[] =>
  run.planning === null ? [] : ['`/revise -- words` tells the planner more.']
const REJECT = '`/reject` ends it. You do not have to do anything else.'

/** The commands that answer a need. */
function stepsFor(run: LiveRun, need: Need): string[] {
  switch (need.kind) {
    case 'answers':
      return [
        `${code(answerLine(need.planning.questions))} answers with the defaults; another letter takes another option.`,
      ]
    case 'money':
      return [
        run.phase === 'active'
          ? `${budgetCommand(run)} sets a higher limit and continues; \`/cancel\` stops the run, and what landed stays.`
          : `${budgetCommand(run)} sets a higher limit, and the planner continues where it was.`,
      ]
    case 'another-plan':
      return ['`/reject`, then `/plan`, for a plan on the new base.']
    case 'approval':
      return [approval(run, need)]
    case 'resume':
      return run.phase === 'active' ? resume(run) : []
    case 'verification':
      return verification(run, need.failure)
    case 'gate':
      return [`${code(`/approve ${need.task}`)} opens the gate ${code(need.task)}.`]
    case 'landing':
      return [
        `${code(`/approve ${need.task}`)} lands ${code(need.task)}, which is verified. On its pull request \`/approve\` is enough.`,
      ]
    case 'retry':
      return run.phase === 'active' ? [retry(run, need.task)] : []
    case 'result':
      return [result(run)]
  }
}

/** In mode `soft`, an active run may wait for its first approval: finished tasks wait to land. */
function approval(run: LiveRun, { part, run: { work } }: Extract<Need, { kind: 'approval' }>): string {
  const approve = code(`/approve ${shortPlanId(work.planId)}`)
  const statuses = displayStatuses(work)
  if (part === 'rest') {
    const rest = tasksShownAs(statuses, 'not approved')
    const named = rest.length === 0 ? '' : `: ${codes(rest.slice(0, 12))}${rest.length > 12 ? ', …' : ''}`
    return `${approve} approves the rest too${named}.`
  }
  if (run.phase === 'active') {
    const done = tasksShownAs(statuses, 'waits for approval').length
    return `${approve} lets it land${done === 0 ? '' : `, ${count(done, 'finished task')} at once`}; \`/revise -- what to change\` makes another version, \`/reject -- why\` ends it.`
  }
  const revise = run.planning === null ? '' : '`/revise -- what to change` makes another version, '
  return `${approve} starts it, ${revise}\`/reject -- why\` ends it.`
}

function resume(run: ActiveRun): string[] {
  const { paused, work } = run
  if (work.baseSeen.stale) return [baseMoved(run)]
  if (paused?.moved !== undefined) return [...paused.moved.map(movedBack), '`/cancel` stops the run.']
  return paused?.cause === 'refused'
    ? ['When you have fixed the cause, `/resume` tries again; `/cancel` stops the run, and what landed stays.']
    : [...setUpLog(run), '`/resume` continues; `/cancel` stops the run.']
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

function verification({ run }: LiveRun, failure: Extract<Need, { kind: 'verification' }>['failure']): string[] {
  switch (failure.cause) {
    case 'task':
      return [
        `${code(`/retry ${failure.task} -- note`)} works on ${code(failure.task)} again, on top of trunk; the verification follows.${failure.others.length > 0 ? ' Another task that has landed can be named as well.' : ''}`,
        VERIFY_AGAIN,
      ]
    case 'not-run':
      return [`${VERIFY_AGAIN} \`/cancel\` stops the run.`]
    case 'base':
      return [`The base must be fixed first: \`/cancel\`, then \`/plan\` on a base that passes. ${VERIFY_AGAIN}`]
    case 'adopted':
      return [`Push a fix on top of ${code(trunkBranch(run))}: it is verified by itself. ${VERIFY_AGAIN}`]
  }
}

const VERIFY_AGAIN = '`/retry verification` runs it again on the same trunk.'

function retry(run: ActiveRun, id: string): string {
  return recordOf(run.work, id).state.status === 'cancelled'
    ? `${code(`/retry ${id}`)} retries ${code(id)}; ${code(`/skip ${id}`)} goes on without it.`
    : `${code(`/retry ${id} -- note`)} retries ${code(id)}; ${code(`/skip ${id}`)} goes on without it.${leftOver(run, id)}`
}

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

function result(run: LiveRun): string {
  const pull = pullOf(run, 'trunk')
  return pull === null
    ? `Open a pull request of ${code(trunkBranch(run.run))} and merge it.`
    : `Review ${pull} and merge it.`
}

function ended(run: EndedRun): string[] {
  switch (run.conclusion) {
    case 'success':
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
