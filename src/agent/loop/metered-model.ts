import { costOf, likelyPromptCost, type Price, withHourWrites, worstCost } from '../../core/money/price.ts'
import { type ModelRole, mergeSpending, type Spending, usdOf } from '../../core/money/usage.ts'
import type { Effort } from '../../core/settings.ts'
import type { CallUsage, Model, ModelAnswer, ModelRequest } from '../../ports/model.ts'

/** A model with the budget that pays for its calls, and the role that the spending is booked under. */
export interface MeteredModel {
  model: Model
  budget: Budget
  role: ModelRole
  effort?: Effort | undefined
}

/** The call, or another try of it, was not made: its worst cost is above what is left, in US dollars. */
export interface Unaffordable {
  ok: false
  failure: { reason: 'unaffordable'; left: number }
}

/** `maxTokens`: tokens that the answer could have: those requested, or fewer if the budget had no more. */
export interface MeteredAnswer {
  answer: ModelAnswer | Unaffordable
  maxTokens: number
}

/** What a call should leave, in US dollars, if the first `cached` tokens of its prompt are read from the cache. */
export interface Leaving {
  reserve: number
  cached: number
}

/**
 * Calls the model once, with the worst cost of each try reserved before it and its real cost settled after it.
 * `mostPromptTokens`: an upper bound for the prompt; if earlier calls of the conversation are known, what they had plus one
 * token for every byte added since. It is counted only if the bound is too large for the money.
 */
export async function callModel(
  metered: MeteredModel,
  request: ModelRequest,
  mostPromptTokens: number,
  leaving: Leaving = { reserve: 0, cached: 0 },
): Promise<MeteredAnswer> {
  const { model, budget, role, effort } = metered
  const isTight = budget.worstCost(request, mostPromptTokens) > budget.left() - leaving.reserve
  const promptTokens = isTight ? await countedPrompt(model, request, mostPromptTokens) : mostPromptTokens
  const maxTokens = budget.afford(request, promptTokens, leaving)
  if (maxTokens === null)
    return {
      answer: { ok: false, failure: { reason: 'unaffordable', left: budget.left() } },
      maxTokens: request.maxTokens,
    }
  const afforded = { ...request, maxTokens, ...(effort && { effort }) }
  let isRetryRefused = false
  const mayRetry = (tried: CallUsage): boolean => {
    isRetryRefused = !budget.affordRetry(role, afforded, promptTokens, tried)
    return !isRetryRefused
  }
  const answer = await model.ask({ ...afforded, mayRetry })
  budget.settle(role, afforded, promptTokens, answer)
  if (answer.ok || !isRetryRefused) return { answer, maxTokens }
  // The budget has no room for a retry of the same size, but may have some for a smaller call.
  request.onRestart?.()
  return callModel(metered, request, promptTokens, leaving)
}

/** Above the API's own estimate: the real number may differ a little. */
const COUNT_MARGIN = 1.05
const COUNT_SPARE = 200

/** A closer bound of the prompt's tokens than its bytes, if the API gives one. */
export async function countedPrompt(model: Model, request: ModelRequest, bound: number): Promise<number> {
  const counted = (await model.count?.(request)) ?? null
  return counted === null ? bound : Math.min(bound, Math.ceil(counted * COUNT_MARGIN) + COUNT_SPARE)
}

/** Upper bound of the tokens of some texts: no text has more tokens than bytes. */
export const tokenBound = (...texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)

type CallSize = Pick<ModelRequest, 'model' | 'maxTokens' | 'cacheLife'>

/**
 * Money that one stage or attempt may spend. The worst cost of a call is reserved before it, and its real cost settled
 * after it; if the real cost is unknown, all that was reserved counts as spent.
 */
export interface Budget {
  /**
   * Reserves the worst cost of a call. Returns the tokens that its answer may have so that the call stays within the limit, and
   * leaves the reserve if its prompt costs what is likely; at most those requested. Null: too few to be of use, and nothing is
   * reserved.
   */
  afford(request: CallSize, promptTokens: number, leaving?: Leaving): number | null
  /** US dollars that a call costs at most. */
  worstCost(request: CallSize, promptTokens: number): number
  /** US dollars that a call is likely to cost if its answer has `maxTokens`, and `cached` tokens of its prompt are read from the cache. */
  likelyCost(request: CallSize, promptTokens: number, cached: number): number
  /** Books the real cost of a call instead of its reservation. `request`: with the tokens that `afford` returned. */
  settle(role: ModelRole, request: CallSize, promptTokens: number, spent: CallUsage): void
  /** Settles a failed try and reserves the same for another; false: the limit has no room, and nothing changes. */
  affordRetry(role: ModelRole, request: CallSize, promptTokens: number, tried: CallUsage): boolean
  /** US dollars that are neither spent nor reserved. */
  left(): number
  spending(): Spending[]
}

/** Tokens; a shorter answer is of no use, and the call is not made. */
const LEAST_ANSWER = 1024

export function openBudget(limitUsd: number, priceOf: (model: string) => Price | null): Budget {
  let spending: Spending[] = []
  let reserved = 0
  const left = () => limitUsd - usdOf(spending) - reserved
  const price = ({ model, cacheLife }: CallSize): Price => {
    const found = priceOf(model)
    if (found === null) throw new Error(`the model ${model} has no price`)
    return cacheLife === 'hour' ? withHourWrites(found) : found
  }
  const worstOf = (call: CallSize, promptTokens: number) => worstCost(promptTokens, call.maxTokens, price(call))
  const settle: Budget['settle'] = (role, call, promptTokens, spent) => {
    const worst = worstOf(call, promptTokens)
    reserved = Math.max(0, reserved - worst)
    const one = spendingOf(role, call.model, spent, price(call), worst)
    spending = mergeSpending([...spending, one])
  }
  return {
    left,
    settle,
    spending: () => spending,
    worstCost: worstOf,
    likelyCost: (call, promptTokens, cached) =>
      likelyPromptCost(promptTokens, cached, price(call)) + answerCost(promptTokens, call.maxTokens, price(call)),
    afford(call, promptTokens, { reserve, cached } = { reserve: 0, cached: 0 }) {
      const within = left() - worstOf({ ...call, maxTokens: 0 }, promptTokens)
      const leaving = left() - reserve - likelyPromptCost(promptTokens, cached, price(call))
      const most = mostTokensFor(Math.min(within, leaving), call.maxTokens, promptTokens, price(call))
      if (most === null) return null
      reserved += worstOf({ ...call, maxTokens: most }, promptTokens)
      return most
    },
    affordRetry(role, call, promptTokens, tried) {
      const worst = worstOf(call, promptTokens)
      if (spendingOf(role, call.model, tried, price(call), worst).usd > left()) return false
      settle(role, call, promptTokens, tried)
      reserved += worst
      return true
    },
  }
}

/** US dollars of an answer of so many tokens, behind a prompt of that length. */
const answerCost = (promptTokens: number, tokens: number, price: Price): number =>
  worstCost(promptTokens, tokens, price) - worstCost(promptTokens, 0, price)

/** `usd`: what is left for the answer. */
function mostTokensFor(usd: number, maxTokens: number, promptTokens: number, price: Price): number | null {
  if (usd < 0) return null
  const perToken = answerCost(promptTokens, 1_000_000, price) / 1_000_000
  const most = perToken === 0 ? maxTokens : Math.min(maxTokens, Math.floor(usd / perToken))
  return most < Math.min(LEAST_ANSWER, maxTokens) ? null : most
}

function spendingOf(
  role: ModelRole,
  model: string,
  { usage, unsure }: CallUsage,
  price: Price,
  worst: number,
): Spending {
  const known = costOf(usage, price)
  const usd = unsure ? Math.max(known, worst) : known
  return { role, model, calls: 1, usage, usd, unknown: usd - known }
}
