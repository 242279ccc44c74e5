import { ruleEffect } from '../../core/branch-rules.ts'
import type { CommandAnswer } from '../../core/command/decision.ts'
import { type Sha, shortSha, trunkBranch } from '../../core/ids.ts'
import type { CodeOwners } from '../../core/plan/code-owners.ts'
import { shortPlanId } from '../../core/plan/plan-id.ts'
import type { LiveRun, RunState } from '../../core/run/state.ts'
import type { Settings } from '../../core/settings.ts'
import { sections } from '../markdown/blocks.ts'
import { code, codeName, codes, sentence, stableCode } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { fitted, LIMITS } from '../markdown/fit.ts'
import { count, usd } from '../markdown/format.ts'
import { makeMarker } from '../markdown/marker.ts'
import { planStage } from '../plan/plan-stage.ts'
import { type PlannedRun, pullOf } from '../plan/planned-run.ts'
import { calling } from '../status/call.ts'
import { headline } from '../status/headline.ts'
import { nextSteps } from '../status/next-steps.ts'
import { planStatus } from '../status/planning-comment.ts'
import { renderHelp } from './help.ts'

/** Leaves room for the marker line that the adapter adds. */
const REPLY = LIMITS.comment - 500
const MANY = 40

/** The reply to an accepted command. The stable code comes last, small. */
export const renderAnswer = (answer: CommandAnswer, state: RunState, settings: Settings): string =>
  answer.code === 'help'
    ? renderHelp(settings)
    : fitted(REPLY, [
        () => [answerText(answer), ...whereToLook(answer, state), '', stableCode(answer.code)],
        () => ['Done. The status comment has the rest.', '', stableCode(answer.code)],
      ])

/** Below an answer: the orchestrator had died, and this command starts another. */
export const WOKEN = 'The job that drives this run had stopped too early; a new one starts now.'

/** Below an answer about a finished run: people put more into its final pull request since. */
export const beyondVerified = (head: Sha, verified: Sha): string =>
  `The final pull request is at ${code(shortSha(head))} now, and the verification passed on ${code(shortSha(verified))}: what came after that is not verified. \`/retry verification\` verifies it.`

type TextAnswer = Exclude<CommandAnswer, { code: 'help' }>

function hindrances({ run, hindered = [] }: Extract<CommandAnswer, { code: 'plan-requested' }>): string {
  const branch = trunkBranch(run)
  const found = hindered.slice(0, 12).map((rule) => `${codeName(rule.type)} (${ruleEffect(rule, branch)?.effect})`)
  return found.length === 0
    ? ''
    : ` Rules apply to its branches, and GitHub will refuse what they forbid: ${found.join('; ')}.`
}

function answerText(answer: TextAnswer): string {
  switch (answer.code) {
    case 'plan-requested':
      return `Run ${code(answer.run)} begins. If the issue has a plan, it is checked; if not, a model writes one. The plan is posted on a draft pull request.${hindrances(answer)}`
    case 'approved':
      return approved(answer)
    case 'approved-base-moved':
      return `${approved(answer)} The base branch has moved to ${code(shortSha(answer.to))} since then, but not in paths that the plan uses, so the plan is still valid.`
    case 'rejected':
      return `The plan of run ${code(answer.run)} is rejected. ${answer.begun ? 'What was at work stops, and nothing of it landed.' : 'Nothing was started.'} \`/plan\` on the issue begins a new run.`
    case 'retrying':
      return answer.review === undefined
        ? `${code(answer.task)} is being retried. The tasks that need it start after it lands.`
        : sentBack(answer.task, answer.review)
    case 'changes-proposed':
      return changesProposed(answer)
    case 'verifying-again':
      return answer.moved
        ? 'The run continues, and verifies the commits that were added to its trunk after it ended.'
        : 'The verification runs again on the same trunk.'
    case 'skipped':
      return `${code(answer.task)} is skipped. The tasks that need it start without it.`
    case 'task-cancelled':
      return `${code(answer.task)} is stopped, and the tasks that need it are blocked. ${code(`/retry ${answer.task}`)} retries it; ${code(`/skip ${answer.task}`)} goes on without it.`
    case 'cancelled':
      return `Run ${code(answer.run)} is stopped. ${landed(answer.landed)} Branches with work in them stay. \`/plan\` on the issue begins a new run.`
    case 'paused':
      return `No new tasks start. ${answer.running.length === 0 ? 'Nothing is at work.' : `${some(answer.running)} ${answer.running.length === 1 ? 'runs to its end' : 'run to their end'}.`} \`/resume\` continues the run.`
    case 'resumed':
      return `Run ${code(answer.run)} continues.`
    case 'gate-approved':
      return `The gate ${code(answer.task)} is approved. The tasks behind it start.`
    case 'landing-approved':
      return `${code(answer.task)} lands. The tasks that need it start.`
    case 'status':
      return `Run ${code(answer.run)}.`
    case 'already-done':
      return `${sentence(answer.detail)} Nothing was changed.`
    default:
      return planningAnswerText(answer)
  }
}

function changesProposed({ tasks, planId, unplaced }: Extract<CommandAnswer, { code: 'changes-proposed' }>): string {
  const left =
    unplaced.length === 0
      ? ''
      : ` No task of this run writes ${some(unplaced)}, so what the review says there needs an issue of its own.`
  if (tasks.length === 0) return `This review adds no task.${left}`
  const [are, wait] = tasks.length === 1 ? ['is', 'It waits'] : ['are', 'They wait']
  const added = `${some(tasks)} ${are} added to the plan for this review.${left}`
  return planId === null
    ? added
    : `${added} ${wait} for an approval:\n\n\`\`\`text\n/approve ${shortPlanId(planId)}\n\`\`\``
}

/** The answer to a review that requests changes. */
function sentBack(task: string, { attempt, lines }: { attempt: number; lines: number }): string {
  const words = lines === 0 ? '' : ` and ${count(lines, 'comment')} on lines`
  const threads = lines === 0 ? '' : ' The threads are resolved when its work is verified.'
  return `Attempt ${attempt} of ${code(task)} gets the text of this review${words} as feedback.${threads}`
}

const some = (ids: readonly string[]): string =>
  ids.length <= MANY ? codes(ids) : `${codes(ids.slice(0, MANY))} and ${ids.length - MANY} more`

const landed = (ids: readonly string[]): string =>
  ids.length === 0 ? 'Nothing had landed.' : `${count(ids.length, 'task')} had landed: ${some(ids)}.`

function approved({
  planId,
  only,
  added,
  running,
}: Extract<CommandAnswer, { planId: string; running: boolean }>): string {
  const id = code(shortPlanId(planId))
  if (only === null)
    return `Plan ${id} is approved as a whole. ${running ? 'What waited for this continues now.' : 'It starts now.'}`
  const needs = added.length === 0 ? '' : ` Added, since they are needed: ${some(added)}.`
  return `A part of plan ${id} is approved and ${running ? 'continues' : 'starts'} now: ${some(only)}.${needs} The rest waits for ${code(`/approve ${shortPlanId(planId)}`)}.`
}

/** The status for `/status` and `/plan status`, else a link to the final pull request. */
function whereToLook(answer: TextAnswer, state: RunState): string[] {
  if (state.phase === 'empty') return []
  if (answer.code === 'status') return ['', ...runStatus(state)]
  if (answer.code === 'plan-status') return ['', ...planStatus(state)]
  const pull = pullOf(state, 'trunk')
  const look = pull === null || answer.code === 'plan-requested' ? [] : ['', `Follow it on ${pull}.`]
  return [...(answer.code === 'paused' ? [] : pausedNote(state)), ...look]
}

/** A command may be taken while the run is paused; then nothing follows from it yet. */
const pausedNote = (state: LiveRun): string[] =>
  state.phase === 'active' && state.paused !== null
    ? ['', `The run is paused (${inline(bounded(state.paused.why, 300))}): nothing starts before \`/resume\`.`]
    : []

function runStatus(run: LiveRun): string[] {
  const { title, counts, detail } = headline(run)
  const pull = pullOf(run, 'trunk')
  return sections(
    [`**${title}${counts === '' ? '' : `: ${counts}`}.** ${detail}`],
    nextSteps(run)
      .slice(0, MANY)
      .map((step) => `- ${step}`),
    pull === null ? [] : [`All of it is on ${pull}.`],
  )
}

type PlanningAnswer = Extract<
  CommandAnswer,
  { code: 'revising' | 'answered' | 'gate-off' | 'steered' | 'budget-set' | 'plan-status' }
>

/** Replies to commands that change a plan, its gate or its budget. */
function planningAnswerText(answer: PlanningAnswer): string {
  switch (answer.code) {
    case 'plan-status':
      return `Run ${code(answer.run)}.`
    case 'revising':
      return `The plan of run ${code(answer.run)} is being rewritten with these words. The current version can no longer be approved; the next one shows what changed.${waiting(answer.open)}`
    case 'answered':
      return `${count(answer.answers.length, 'answer')} recorded, and planning continues:\n\n${answers(answer).join('\n')}`
    case 'gate-off':
      return gateOff(answer)
    case 'steered':
      return `The worker of ${code(answer.task)} reads this at its next turn. It approves nothing: paths, commands and the limit of money stay as they are.`
    case 'budget-set':
      return `Run ${code(answer.run)} may spend ${usd(answer.usd)}; it has spent ${usd(answer.spent)}.${answer.resumed ? ' It continues now.' : ''}`
  }
}

const waiting = (open: readonly string[]): string =>
  open.length === 0
    ? ''
    : ` ${count(open.length, 'question')} of the planner still ${open.length === 1 ? 'waits' : 'wait'} for \`/answer\`.`

function answers({ questions, answers: given }: Extract<CommandAnswer, { code: 'answered' }>): string[] {
  return given.map(({ question, chosen, words }) => {
    const number = questions.findIndex(({ id }) => id === question) + 1
    return `- ${code(`${number}${chosen ?? ''}`)} ${inline(bounded(words, 300))}`
  })
}

function gateOff({ run, started, to }: Extract<CommandAnswer, { code: 'gate-off' }>): string {
  const begins = started ? ' The plan starts now.' : ''
  const moved =
    to === null
      ? ''
      : ` The base branch has moved to ${code(shortSha(to))} since then, but not in paths that the plan uses, so the plan is still valid.`
  return `Run ${code(run)} no longer waits for an approval of its plan: verified work is merged into its trunk. The final pull request is the gate.${begins}${moved} ${codes(['/cancel'])} stops the run.`
}

/** The comment on the issue that links the plan, with the line to approve it if it needs an approval. */
export const renderProposed = (run: PlannedRun, pull: number, owners: CodeOwners = []): string =>
  [
    makeMarker('proposed', run.run),
    `${planStage(run) === 'waits' ? calling(run, owners) : ''}${proposedText(run, `#${pull}`)}`,
    ...(planStage(run) === 'waits' ? ['', '```text', `/approve ${shortPlanId(run.work.planId)}`, '```'] : []),
    '',
    stableCode(run.work.open ? 'plan-begun' : 'plan-proposed'),
  ].join('\n')

function proposedText(run: PlannedRun, pull: string): string {
  const { work } = run
  if (work.open) return `The plan is being written on ${pull}; its tasks start as they come.`
  const there = `The plan has ${count(work.plan.tasks.length, 'task')} and is on ${pull}.`
  if (work.mode === 'off') return `${there} It runs without an approval; the final pull request is the gate.`
  if (planStage(run) !== 'waits') return `${there} It does not wait for an approval now.`
  return work.mode === 'soft'
    ? `${there} Slots work on it already; nothing lands before you approve it, there or here:`
    : `${there} Nothing starts before you approve it, there or here:`
}
