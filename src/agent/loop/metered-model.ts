import { costOf, type Price, worstCost } from '../../core/money/price.ts'
import { type ModelRole, mergeSpending, type Spending, usdOf } from '../../core/money/usage.ts'
import type { CallUsage, Model, ModelAnswer, ModelRequest } from '../../ports/model.ts'

/** All that an agent needs to ask a model: the model, its money, and what the money is for. */
export interface MeteredModel {
  model: Model
  budget: Budget
  role: ModelRole
}

/** The call was not made, or not once more: the worst that it could have cost is more than what is left. */
export interface Unaffordable {
  ok: false
  failure: { reason: 'unaffordable'; left: number }
}

/**
 * One call with its money set aside before and settled after, each try for itself. `promptTokens`: an upper bound of what the prompt has; where
 * earlier calls of the conversation are known, what they had plus one token for every byte that came since. `kept`: US dollars
 * that the call must leave.
 */
export async function callModel(
  { model, budget, role }: MeteredModel,
  request: ModelRequest,
  promptTokens: number,
  kept = 0,
): Promise<ModelAnswer | Unaffordable> {
  const maxTokens = budget.afford(request, promptTokens, kept)
  if (maxTokens === null) return { ok: false, failure: { reason: 'unaffordable', left: budget.left() } }
  const afforded = { ...request, maxTokens }
  let short = false
  const mayRetry = (tried: CallUsage): boolean => {
    short = !budget.again(role, afforded, promptTokens, tried)
    return !short
  }
  const answer = await model.ask({ ...afforded, mayRetry })
  budget.settle(role, afforded, promptTokens, answer)
  if (answer.ok || !short) return answer
  // It broke off, and another of the same size has no room: there may be some for a smaller one.
  request.onRestart?.()
  return callModel({ model, budget, role }, request, promptTokens, kept)
}

/** No text has more tokens than bytes. */
export const tokenBound = (...texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)

type Asked = Pick<ModelRequest, 'model' | 'maxTokens'>

/**
 * Money that one stage or attempt may spend. Before a call the most that it can cost is set aside, after it what it did
 * cost is settled; where nobody can say what a call cost, all that was set aside for it counts as spent.
 */
export interface Budget {
  /**
   * Tokens that the answer may have so that the call cannot pass the limit, at most those asked for; null: too few to be of
   * use. `kept`: US dollars that are to be left after it.
   */
  afford(request: Asked, promptTokens: number, kept?: number): number | null
  /** US dollars that a call costs at most. */
  worst(request: Asked, promptTokens: number): number
  /** `request`: with the tokens that were afforded. */
  settle(role: ModelRole, request: Asked, promptTokens: number, spent: CallUsage): void
  /** Settles a try that broke off and sets the same aside for another; false: the limit has no room, and nothing is done. */
  again(role: ModelRole, request: Asked, promptTokens: number, tried: CallUsage): boolean
  /** US dollars that are neither spent nor set aside. */
  left(): number
  spending(): Spending[]
}

/** Fewer tokens make no useful answer: the call is not made. */
const LEAST_ANSWER = 1024

export function openBudget(limitUsd: number, priceOf: (model: string) => Price | null): Budget {
  let spending: Spending[] = []
  let open = 0
  const left = () => limitUsd - usdOf(spending) - open
  const price = (model: string): Price => {
    const found = priceOf(model)
    if (found === null) throw new Error(`the model ${model} has no price`)
    return found
  }
  const settle: Budget['settle'] = (role, { model, maxTokens }, promptTokens, spent) => {
    const worst = worstCost(promptTokens, maxTokens, price(model))
    open = Math.max(0, open - worst)
    const one = spendingOf(role, model, spent, price(model), worst)
    spending = mergeSpending([...spending, one])
  }
  return {
    left,
    settle,
    spending: () => spending,
    worst: ({ model, maxTokens }, promptTokens) => worstCost(promptTokens, maxTokens, price(model)),
    afford({ model, maxTokens }, promptTokens, kept = 0) {
      const most = mostTokensFor(left() - kept, maxTokens, promptTokens, price(model))
      if (most === null) return null
      open += worstCost(promptTokens, most, price(model))
      return most
    },
    again(role, request, promptTokens, tried) {
      const worst = worstCost(promptTokens, request.maxTokens, price(request.model))
      if (spendingOf(role, request.model, tried, price(request.model), worst).usd > left()) return false
      settle(role, request, promptTokens, tried)
      open += worst
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
