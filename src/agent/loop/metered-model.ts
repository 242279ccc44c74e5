import { costOf, type Price, worstCost } from '../../core/money/price.ts'
import { type ModelRole, mergeSpending, type Spending, usdOf } from '../../core/money/usage.ts'
import type { CallUsage, Model, ModelAnswer, ModelRequest } from '../../ports/model.ts'

/** A model with the budget that pays for its calls, and the role that the spending is booked under. */
export interface MeteredModel {
  model: Model
  budget: Budget
  role: ModelRole
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

/**
 * Calls the model once, with the worst cost of each try reserved before it and its real cost settled after it.
 * `promptTokens`: an upper bound for the prompt; if earlier calls of the conversation are known, what they had plus one
 * token for every byte added since. `reserve`: US dollars that the call must leave.
 */
export async function callModel(
  metered: MeteredModel,
  request: ModelRequest,
  promptTokens: number,
  reserve = 0,
): Promise<MeteredAnswer> {
  const { model, budget, role } = metered
  const maxTokens = budget.afford(request, promptTokens, reserve)
  if (maxTokens === null)
    return {
      answer: { ok: false, failure: { reason: 'unaffordable', left: budget.left() } },
      maxTokens: request.maxTokens,
    }
  const afforded = { ...request, maxTokens }
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
  return callModel(metered, request, promptTokens, reserve)
}

/** Upper bound of the tokens of some texts: no text has more tokens than bytes. */
export const tokenBound = (...texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)

type CallSize = Pick<ModelRequest, 'model' | 'maxTokens'>

/**
 * Money that one stage or attempt may spend. The worst cost of a call is reserved before it, and its real cost settled
 * after it; if the real cost is unknown, all that was reserved counts as spent.
 */
export interface Budget {
  /**
   * Reserves the worst cost of a call. Returns the tokens that its answer may have so that the call stays within the limit,
   * at most those requested; null: too few to be of use, and nothing is reserved. `reserve`: US dollars that the call must leave.
   */
  afford(request: CallSize, promptTokens: number, reserve?: number): number | null
  /** US dollars that a call costs at most. */
  worstCost(request: CallSize, promptTokens: number): number
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
  const price = (model: string): Price => {
    const found = priceOf(model)
    if (found === null) throw new Error(`the model ${model} has no price`)
    return found
  }
  const settle: Budget['settle'] = (role, { model, maxTokens }, promptTokens, spent) => {
    const worst = worstCost(promptTokens, maxTokens, price(model))
    reserved = Math.max(0, reserved - worst)
    const one = spendingOf(role, model, spent, price(model), worst)
    spending = mergeSpending([...spending, one])
  }
  return {
    left,
    settle,
    spending: () => spending,
    worstCost: ({ model, maxTokens }, promptTokens) => worstCost(promptTokens, maxTokens, price(model)),
    afford({ model, maxTokens }, promptTokens, reserve = 0) {
      const most = mostTokensFor(left() - reserve, maxTokens, promptTokens, price(model))
      if (most === null) return null
      reserved += worstCost(promptTokens, most, price(model))
      return most
    },
    affordRetry(role, request, promptTokens, tried) {
      const worst = worstCost(promptTokens, request.maxTokens, price(request.model))
      if (spendingOf(role, request.model, tried, price(request.model), worst).usd > left()) return false
      settle(role, request, promptTokens, tried)
      reserved += worst
      return true
    },
  }
}

function mostTokensFor(usd: number, maxTokens: number, promptTokens: number, price: Price): number | null {
  const prompt = worstCost(promptTokens, 0, price)
  if (prompt > usd) return null
  const perToken = (worstCost(promptTokens, 1_000_000, price) - prompt) / 1_000_000
  const most = perToken === 0 ? maxTokens : Math.min(maxTokens, Math.floor((usd - prompt) / perToken))
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
