import { costOf, type Price, worstCost } from '../core/price.ts'
import { type ModelRole, mergeSpending, noUsage, type Spending, usdOf } from '../core/usage.ts'
import type { ModelAnswer, ModelRequest } from '../ports/model.ts'

/**
 * Money that one stage or attempt may spend. Before a call the most that it can cost is set aside, after it what it did
 * cost is settled; where nobody can say what a call cost, all that was set aside for it counts as spent.
 */
export interface Purse {
  /** Tokens that the answer may have so that the call cannot pass the limit, at most those asked for; null: too few to be of use. */
  afford(request: Pick<ModelRequest, 'model' | 'maxTokens'>, promptTokens: number): number | null
  settle(
    role: ModelRole,
    request: Pick<ModelRequest, 'model' | 'maxTokens'>,
    promptTokens: number,
    answer: ModelAnswer,
  ): void
  left(): number
  spending(): Spending[]
}

/** Fewer tokens make no useful answer: the call is not made. */
const LEAST_ANSWER = 1024

export function purse(limitUsd: number, priceOf: (model: string) => Price | null): Purse {
  let spending: Spending[] = []
  let open = 0
  const left = () => limitUsd - usdOf(spending) - open
  const price = (model: string): Price => {
    const found = priceOf(model)
    if (found === null) throw new Error(`the model ${model} has no price`)
    return found
  }
  return {
    left,
    spending: () => spending,
    afford({ model, maxTokens }, promptTokens) {
      const { output } = price(model)
      const without = worstCost(promptTokens, 0, price(model))
      const perToken = (worstCost(promptTokens, 1_000_000, price(model)) - without) / 1_000_000
      const tokens = output === 0 ? maxTokens : Math.floor((left() - without) / perToken)
      const most = Math.min(maxTokens, tokens)
      if (most < Math.min(LEAST_ANSWER, maxTokens)) return null
      open += without + most * perToken
      return most
    },
    settle(role, { model, maxTokens }, promptTokens, { usage, unsure }) {
      const worst = worstCost(promptTokens, maxTokens, price(model))
      open = Math.max(0, open - worst)
      const known = costOf(usage, price(model))
      const usd = unsure ? Math.max(known, worst) : known
      const one: Spending = { role, model, calls: 1, usage: usage ?? noUsage, usd, unknown: usd - known }
      spending = mergeSpending([...spending, one])
    },
  }
}
