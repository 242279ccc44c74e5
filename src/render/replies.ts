import type { Answer } from '../core/answer.ts'
import { shortPlanId } from '../core/plan-id.ts'
import { shortSha } from '../core/ref.ts'
import type { Settings } from '../core/settings.ts'
import type { LiveRun, RunState } from '../core/state.ts'
import { code, codes, sentence } from './code.ts'
import { fitted, LIMITS } from './fit.ts'
import { headline } from './headline.ts'
import { renderHelp } from './help.ts'
import { nextSteps } from './next-steps.ts'
import { pullOf } from './planned.ts'
import { planStanding } from './planning-comment.ts'
import { saidOfPlanning } from './reply-planning.ts'
import { sections } from './table.ts'
import { count } from './words.ts'

export { renderProposed } from './proposed.ts'

/** Room for the adapter's own marker line, and for nothing else. */
const REPLY = LIMITS.comment - 500
const MANY = 40

/** What is said to a command that was taken: its code first, which never changes its name. */
export const renderAnswer = (answer: Answer, state: RunState, settings: Settings): string =>
  answer.code === 'help'
    ? renderHelp(settings)
    : fitted(REPLY, [
        () => [`\`${answer.code}\`: ${said(answer)}`, ...after(answer, state)],
        () => [`\`${answer.code}\`: done. The status comment has the rest.`],
      ])

type Said = Exclude<Answer, { code: 'help' }>

function said(answer: Said): string {
  switch (answer.code) {
    case 'plan-requested':
      return `Run ${code(answer.run)} begins. A plan in the issue is read and checked; where there is none, a model makes one. It will be posted on a draft pull request.`
    case 'approved':
      return approved(answer)
    case 'approved-base-moved':
      return `${approved(answer)} The base branch has moved to ${code(shortSha(answer.to))} meanwhile, in no path that the plan uses, so the plan stays good.`
    case 'rejected':
      return `The plan of run ${code(answer.run)} is rejected. ${answer.begun ? 'What was at work stops, and nothing of it landed.' : 'Nothing was started.'} \`/plan\` on the issue begins a new run.`
    case 'retrying':
      return `${code(answer.task)} is worked on again. What waits for it goes on after that.`
    case 'skipped':
      return `${code(answer.task)} is skipped. What waits for it goes on without it.`
    case 'task-cancelled':
      return `${code(answer.task)} is stopped. What waits for it is blocked; ${code(`/retry ${answer.task}`)} takes it up again, ${code(`/skip ${answer.task}`)} goes on without it.`
    case 'cancelled':
      return `Run ${code(answer.run)} is stopped. ${landed(answer.landed)} Branches with work in them stay. \`/plan\` on the issue begins a new run.`
    case 'paused':
      return `Nothing new is started. ${answer.running.length === 0 ? 'Nothing is at work.' : `${some(answer.running)} ${answer.running.length === 1 ? 'goes' : 'go'} on to the end.`} \`/resume\` goes on.`
    case 'resumed':
      return `Run ${code(answer.run)} goes on.`
    case 'gate-approved':
      return `The gate ${code(answer.task)} is open. What waited for it starts.`
    case 'landing-approved':
      return `${code(answer.task)} lands. What waited for it starts.`
    case 'status':
      return `Run ${code(answer.run)}.`
    case 'already-done':
      return `${sentence(answer.detail)} Nothing was changed.`
    default:
      return saidOfPlanning(answer)
  }
}

const some = (ids: readonly string[]): string =>
  ids.length <= MANY ? codes(ids) : `${codes(ids.slice(0, MANY))} and ${ids.length - MANY} more`

const landed = (ids: readonly string[]): string =>
  ids.length === 0 ? 'Nothing had landed.' : `${count(ids.length, 'task')} had landed: ${some(ids)}.`

function approved({ planId, only, added, running }: Extract<Answer, { planId: string }>): string {
  const id = code(shortPlanId(planId))
  if (only === null)
    return `Plan ${id} is approved as a whole. ${running ? 'What waited for this goes on now.' : 'It starts now.'}`
  const needs = added.length === 0 ? '' : ` Added, since they are needed: ${some(added)}.`
  return `A part of plan ${id} is approved and ${running ? 'goes on' : 'starts'} now: ${some(only)}.${needs} The rest waits for ${code(`/approve ${shortPlanId(planId)}`)}.`
}

/** Where to look next. */
function after(answer: Said, state: RunState): string[] {
  if (state.phase === 'empty') return []
  if (answer.code === 'status') return ['', ...standing(state)]
  if (answer.code === 'plan-status') return ['', ...planStanding(state)]
  const pull = pullOf(state, 'trunk')
  return pull === null || answer.code === 'plan-requested' ? [] : ['', `How far it is: ${pull}.`]
}

function standing(run: LiveRun): string[] {
  const { title, counts, means } = headline(run)
  const pull = pullOf(run, 'trunk')
  return sections(
    [`**${title}${counts === '' ? '' : `: ${counts}`}.** ${means}`],
    nextSteps(run)
      .slice(0, MANY)
      .map((step) => `- ${step}`),
    pull === null ? [] : [`All of it is on ${pull}.`],
  )
}
