import { costOf, PRICES } from '../../../src/core/money/price.ts'
import { type ScriptedAnswer, tools } from '../../../src/model-double/answer.ts'
import type { LoggedRequest } from '../../../src/model-double/log.ts'
import { type ParsedRequest, parsedRequest } from '../../../src/model-double/request.ts'
import type { ModelServer } from '../../../src/model-double/server.ts'
import { taskOf } from './agents.ts'

/** Several calls in one turn. */
export const calls = (...all: { name: string; input: unknown }[]): ScriptedAnswer => tools(all)

/** All that was asked of the model, in order, as a script sees it. */
export const asked = ({ requests }: ModelServer): ParsedRequest[] =>
  requests.flatMap(({ body }) => (body === null ? [] : [parsedRequest(body)]))

/** What was asked for the sake of one task, by its attempts: each begins a conversation of its own. */
export function talksOf(model: ModelServer, task: string): ParsedRequest[][] {
  const talks: ParsedRequest[][] = []
  for (const request of asked(model).filter((one) => taskOf(one) === task)) {
    if (request.turns === 0) talks.push([request])
    else talks.at(-1)?.push(request)
  }
  return talks
}

/** What the tools said that were called in one turn of the first conversation about a task, turns counted from 0. */
export const toolsSaid = (talk: readonly ParsedRequest[], turn: number): { text: string; isError: boolean }[] =>
  (talk.find(({ turns }) => turns === turn + 1)?.results ?? []).map(({ text, isError }) => ({ text, isError }))

/** US dollars of one request by the server's own count, at the prices that we ship. */
export function usdOfRequest({ body, usage }: LoggedRequest): number {
  if (body === null || usage === null) return 0
  const price = PRICES[body.model]
  if (price === undefined) throw new Error(`no price of ${body.model}`)
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = usage
  const tokens = { fresh: input_tokens, cached: cache_read_input_tokens, written: cache_creation_input_tokens }
  return costOf({ ...tokens, output: output_tokens }, price)
}
