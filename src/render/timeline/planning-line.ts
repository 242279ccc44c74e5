import { shortSha } from '../../core/ids.ts'
import { tokensOf, usdOf } from '../../core/money/usage.ts'
import { shortPlanId } from '../../core/plan/plan-id.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { count, usd } from '../markdown/words.ts'

export type PlanningEvent = Extract<
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

/** What the planner did, what it cost, and what people told it, in a few plain words. */
export function planningLine(event: PlanningEvent): string {
  switch (event.type) {
    case 'planning_begun':
      return `planning begun on ${shortSha(event.base)}: mode ${event.mode}, limit ${usd(event.limit)}`
    case 'money_reserved':
      return `${event.stage} begun, ${usd(event.usd)} set aside`
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
    default:
      return planEventText(event)
  }
}

function settledText({ stage, spending }: Extract<RunEvent, { type: 'money_settled' }>): string {
  const tokens = spending.reduce((sum, { usage }) => sum + tokensOf(usage), 0)
  const calls = spending.reduce((sum, one) => sum + one.calls, 0)
  return `${stage} done: ${usd(usdOf(spending))}, ${count(tokens, 'token')} in ${count(calls, 'call')}`
}

type PlanEvent = Extract<
  PlanningEvent,
  {
    type:
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

function judgedText({ accepted, problems, unjudged }: Extract<PlanEvent, { type: 'plan_judged' }>): string {
  const byNobody = unjudged === undefined ? '' : `plan criticised by nobody: ${unjudged}`
  if (accepted) return byNobody === '' ? 'plan found good by the critique' : byNobody
  return [byNobody, `plan sent back: ${problems.join('; ')}`].filter((part) => part !== '').join('; ')
}

function planEventText(event: PlanEvent): string {
  switch (event.type) {
    case 'plan_begun':
      return `plan begun: ${event.plan.title}`
    case 'task_planned':
      return `${event.planned.id} planned: ${event.planned.title}`
    case 'plan_drafted':
      return `plan drafted: ${count(event.plan.tasks.length, 'task')}${event.problems.length === 0 ? '' : `, ${count(event.problems.length, 'problem')}`}`
    case 'plan_judged':
      return judgedText(event)
    case 'plan_amended': {
      const what = event.cause === 'expand' ? `${event.of} turned into tasks` : `${event.of} planned anew`
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
