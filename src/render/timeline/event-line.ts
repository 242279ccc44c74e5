import { shortSha } from '../../core/ids.ts'
import { tokensOf, usdOf } from '../../core/money/usage.ts'
import { shortPlanId } from '../../core/plan/plan-id.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { parseProjectionName, projectionName } from '../../core/run/projection-name.ts'
import type { Report } from '../../core/run/report.ts'
import { slotFailureText } from '../../core/slots/slot-jobs.ts'
import { count, duration, usd } from '../markdown/format.ts'

/** An event as one line of text, with the actor if a person caused it. */
export function eventLine(event: RunEvent): string {
  const by = event.by === 'tributary' ? '' : ` [${event.by}]`
  return `${runEventText(event)}${by}`
}

const attemptSuffix = (attempt: number): string => (attempt === 1 ? '' : ` (attempt ${attempt})`)
const costSuffix = (report: Report | undefined): string =>
  report?.spending === undefined ? '' : `, ${usd(usdOf(report.spending))}`
const reasonSuffix = (why: string): string => (why.trim() === '' ? '' : `: ${why}`)

function runEventText(event: RunEvent): string {
  switch (event.type) {
    case 'plan_requested':
      return `plan requested for issue ${event.issue}`
    case 'plan_refused':
      return `plan refused: ${count(event.problems.length, 'problem')}`
    case 'plan_proposed':
      return `plan ${shortPlanId(event.planId)} proposed: ${count(event.plan.tasks.length, 'task')}`
    case 'plan_approved':
      return `plan ${shortPlanId(event.planId)} approved${event.only === null ? '' : `, only ${event.only.join(', ')}`}`
    case 'plan_rejected':
      return `plan rejected${reasonSuffix(event.why)}`
    case 'baseline_started':
      return `baseline started in ${event.slot}`
    case 'baseline_taken':
      return `baseline taken: ${count(event.checks.length, 'check')} on the base, ${count(event.checks.filter(({ outcome }) => outcome === 'passed').length, 'passes', 'pass')}`
    case 'baseline_given_up':
      return `baseline given up: ${event.why}`
    case 'orchestrator_requested':
      return `orchestrator requested (workflow run ${event.workflowRun})`
    case 'orchestrator_started':
      return `orchestrator started (workflow run ${event.workflowRun})`
    case 'orchestrator_left':
      return `orchestrator left: ${event.why}`
    case 'orchestrator_failed':
      return `orchestrator failed${reasonSuffix(event.why)}`
    case 'orchestrator_lost':
      return `orchestrator lost (workflow run ${event.workflowRun}${event.cause === undefined ? '' : `, ${event.cause}`})`
    case 'slots_requested':
      return `${count(event.count, 'slot')} requested (${event.request})`
    case 'slots_started':
      return `slots of ${event.request} started (workflow run ${event.workflowRun})`
    case 'slots_gone':
      return `slots of ${event.request} gone${event.failure === undefined ? '' : `: ${slotFailureText(event.failure)}${event.failure.url === null ? '' : ` (${event.failure.url})`}`}`
    case 'workflows_followed':
      return `trunk took over the workflow files of the base branch (${shortSha(event.base)})`
    case 'run_paused':
      return `run paused${reasonSuffix(event.why)}`
    case 'run_resumed':
      return 'run resumed'
    case 'run_cancelled':
      return `run cancelled${reasonSuffix(event.why)}`
    case 'run_finished':
      return `run finished at ${shortSha(event.sha)}`
    case 'run_reopened':
      return 'run goes on, with what came to trunk after its end'
    case 'run_closed':
      return event.merged ? 'final pull request merged' : 'final pull request closed'
    case 'platform_refused':
      return `GitHub refused (${event.what}): ${event.why}`
    case 'pull_refused':
      return `pull requests refused: ${event.why}`
    case 'limit_reached':
      return `GitHub refuses requests until ${event.until}`
    case 'model_busy':
      return `the planner waits for the model: ${event.why}`
    case 'model_answered':
      return 'the model answers'
    case 'limit_passed':
      return 'GitHub takes requests again'
    case 'plan_command_started':
      return `the program of plan.command started in ${event.slot}${attemptSuffix(event.attempt)}`
    case 'plan_command_failed':
      return `the program of plan.command failed${reasonSuffix(event.why)}`
    case 'base_renamed':
      return `base branch renamed to ${event.baseBranch}`
    case 'base_moved':
      return `base moved to ${shortSha(event.to)}${event.stale ? `, in paths of the plan: ${event.paths.join(', ')}` : ', in no path of the plan'}`
    case 'projected':
      return `shown: ${event.entries.map(({ name }) => shortName(name)).join(', ')}`
    default:
      return taskEventText(event)
  }
}

function shortName(text: string): string {
  const name = parseProjectionName(text)
  return name?.kind === 'check' ? projectionName({ ...name, sha: shortSha(name.sha) }) : text
}

type TaskEvent = Exclude<
  Extract<
    RunEvent,
    {
      type:
        | `task_${string}`
        | `verification_${string}`
        | `trunk_${string}`
        | `worker_pull_${string}`
        | 'gate_approved'
        | 'culprit_found'
    }
  >,
  PlanningEvent
>

function taskEventText(event: TaskEvent | PlanningEvent): string {
  switch (event.type) {
    case 'task_queued':
      return `${event.task} queued on ${shortSha(event.base)}${attemptSuffix(event.attempt)}`
    case 'task_started':
      return `${event.task} started in ${event.slot}${attemptSuffix(event.attempt)}`
    case 'task_returned':
      return event.unbegun
        ? `${event.task} given back: ${event.slot} ended before it began`
        : `${event.task} given back: ${event.slot} was lost${event.why === undefined ? '' : ` (${event.why})`}${event.kept === undefined ? '' : ', its last checkpoint is kept'}${attemptSuffix(event.attempt)}`
    case 'task_verified':
      return `${event.task} verified: work ${duration(event.report.workSeconds)}, acceptance ${duration(event.report.acceptanceSeconds)}${costSuffix(event.report)}${attemptSuffix(event.attempt)}${event.review === undefined ? '' : `; a model reviews it (${event.review.join(', ')})`}`
    case 'task_reviewed':
      return reviewedText(event)
    case 'task_adapted':
      return `brief of ${event.task} changed by the review of ${event.of}: ${event.words}`
    case 'task_landed':
      return `${event.task} landed${attemptSuffix(event.attempt)}`
    case 'task_failed':
      return `${event.task} failed: ${event.failure.reason}${costSuffix(event.report)}${event.final ? '' : ', tried again'}${attemptSuffix(event.attempt)}`
    case 'task_conflicted':
      return `${event.task} in conflict with ${event.with.join(', ')} in ${event.paths.join(', ')}${event.final ? ', a person is asked' : ', run again'}`
    case 'task_retried':
      return `${event.task} retried${reasonSuffix(event.note)}`
    case 'task_skipped':
      return `${event.task} skipped`
    case 'task_cancelled':
      return `${event.task} cancelled`
    case 'gate_approved':
      return `gate ${event.task} approved`
    case 'trunk_moved':
      return `${event.task} merged into trunk (${shortSha(event.sha)})`
    case 'trunk_adopted':
      return `trunk moved to ${shortSha(event.sha)} by ${event.author}, and adopted`
    case 'worker_pull_closed':
      return `pull request of ${event.task} closed`
    case 'worker_pull_reopened':
      return `pull request of ${event.task} reopened`
    case 'verification_retried':
      return 'verification retried'
    case 'verification_queued':
      return `verification of ${shortSha(event.on)} queued${attemptSuffix(event.attempt)}`
    case 'verification_started':
      return `verification of ${shortSha(event.on)} started in ${event.slot}${attemptSuffix(event.attempt)}`
    case 'verification_returned':
      return `verification given back: ${event.slot} was lost`
    case 'verification_passed':
      return `verification of ${shortSha(event.on)} passed in ${duration(event.report.acceptanceSeconds)}`
    case 'verification_failed':
      return `verification of ${shortSha(event.on)} failed: ${event.failure.reason}${event.again ? ', run again on the same tree' : ''}`
    case 'culprit_found':
      if (event.adopted !== undefined) return `${shortSha(event.adopted)}, made by people, broke the verification`
      return event.task === null ? 'the base fails already' : `${event.task} broke the verification`
    default:
      return planningEventText(event)
  }
}

type PlanningEvent = Extract<
  RunEvent,
  {
    type:
      | `money_${string}`
      | `questions_${string}`
      | 'planning_begun'
      | 'stage_failed'
      | 'budget_set'
      | 'explored'
      | 'revision_requested'
      | 'gate_switched_off'
      | 'plan_begun'
      | 'task_planned'
      | 'plan_drafted'
      | 'plan_judged'
      | 'plan_amended'
      | 'task_scoped'
      | 'task_steered'
      | 'change_described'
  }
>

/** Events of planning: stages, costs, and instructions of people. */
function planningEventText(event: PlanningEvent): string {
  switch (event.type) {
    case 'planning_begun':
      return `planning begun on ${shortSha(event.base)}: mode ${event.mode}, limit ${usd(event.limit)}`
    case 'money_reserved':
      return `${event.stage} begun, ${usd(event.usd)} reserved`
    case 'money_settled':
      return settledText(event)
    case 'stage_failed':
      return `${event.stage} failed: ${event.why}`
    case 'budget_set':
      return `limit of money set to ${usd(event.usd)}`
    case 'explored':
      return `explored: ${event.explorations.map(({ area }) => area).join(', ')}`
    case 'questions_asked':
      return `${count(event.questions.length, 'question')} asked`
    case 'questions_answered':
      return `${count(event.answers.length, 'question')} answered`
    case 'revision_requested':
      return `another version asked for: ${event.words}`
    case 'gate_switched_off':
      return 'gate of the plan switched off'
    case 'plan_begun':
      return `plan begun: ${event.plan.title}`
    case 'task_planned':
      return `${event.planned.id} planned: ${event.planned.title}`
    case 'plan_drafted':
      return `plan drafted: ${count(event.plan.tasks.length, 'task')}${event.problems.length === 0 ? '' : `, ${count(event.problems.length, 'problem')}`}`
    case 'plan_judged':
      return judgedText(event)
    case 'plan_amended': {
      const what = {
        expand: `${event.of} turned into tasks`,
        replan: `${event.of} planned again`,
        review: `tasks behind ${event.of}, which a review asks for`,
      }[event.cause]
      return `${what}: plan ${shortPlanId(event.planId)}${event.within ? '' : ', which needs another approval'}`
    }
    case 'task_scoped':
      return `${event.task} scoped: ${event.exploration.summary}`
    case 'task_steered':
      return `${event.task} steered: ${event.words}`
    case 'change_described':
      return `change described: ${event.title}`
  }
}

function reviewedText({ task, verdict, findings, why, attempt }: Extract<RunEvent, { type: 'task_reviewed' }>): string {
  if (verdict === 'left-out') return `${task} not reviewed by a model${reasonSuffix(why ?? '')}`
  const what = verdict === 'accepted' ? 'accepted' : 'sent back'
  return `${task} ${what} by a model that reviewed it${reasonSuffix(findings.join('; '))}${attemptSuffix(attempt)}`
}

function settledText({ stage, spending }: Extract<RunEvent, { type: 'money_settled' }>): string {
  const tokens = spending.reduce((sum, { usage }) => sum + tokensOf(usage), 0)
  const calls = spending.reduce((sum, one) => sum + one.calls, 0)
  return `${stage} done: ${usd(usdOf(spending))}, ${count(tokens, 'token')} in ${count(calls, 'call')}`
}

function judgedText({ accepted, problems, unjudged }: Extract<PlanningEvent, { type: 'plan_judged' }>): string {
  const notCriticized = unjudged === undefined ? '' : `the plan was not criticized: ${unjudged}`
  if (accepted) return notCriticized === '' ? 'plan found good by the critique' : notCriticized
  return [notCriticized, `plan sent back: ${problems.join('; ')}`].filter((part) => part !== '').join('; ')
}
