import type { ModelRole } from '../core/usage.ts'
import type { Model, ModelAnswer, ModelRequest, Spent } from '../ports/model.ts'
import type { Purse } from './purse.ts'

/** All that an agent needs to ask a model: the model, its money, and what the money is for. */
export interface Speaker {
  model: Model
  purse: Purse
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
export async function ask(
  { model, purse, role }: Speaker,
  request: ModelRequest,
  promptTokens: number,
  kept = 0,
): Promise<ModelAnswer | Unaffordable> {
  const maxTokens = purse.afford(request, promptTokens, kept)
  if (maxTokens === null) return { ok: false, failure: { reason: 'unaffordable', left: purse.left() } }
  const afforded = { ...request, maxTokens }
  let short = false
  const mayRetry = (tried: Spent): boolean => {
    short = !purse.again(role, afforded, promptTokens, tried)
    return !short
  }
  const answer = await model.ask({ ...afforded, mayRetry })
  purse.settle(role, afforded, promptTokens, answer)
  if (answer.ok || !short) return answer
  // It broke off, and another of the same size has no room: there may be some for a smaller one.
  request.onRestart?.()
  return ask({ model, purse, role }, request, promptTokens, kept)
}

/** No text has more tokens than bytes. */
export const mostTokens = (...texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
