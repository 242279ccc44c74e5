import type { Signatures } from '../assistant-content.ts'
import type { CountBody, MessageBody } from '../body.ts'
import { invalidRequest, type RefusedRequest, refuseRequest } from '../fault.ts'
import type { ModelTable, ModelTraits } from '../models.ts'
import { promptTokens, segmentsOf } from '../prompt.ts'
import { messagesProblem } from './messages.ts'
import { thinkingProblem, toolsProblem } from './options.ts'
import { schemasProblem } from './schema.ts'

/** Beyond this an answer could take longer than a connection without a byte lives. */
const MOST_WITHOUT_STREAM = 21_333

/** Why the API would reject this request, or null. */
export function requestRefusal(body: MessageBody, models: ModelTable, signatures: Signatures): RefusedRequest | null {
  const traits = models[body.model]
  if (traits === undefined) return unknownModel(body.model)
  const problem = lengthProblem(body, traits) ?? promptProblem(body, traits, signatures)
  return problem === null ? null : invalidRequest(problem)
}

/** The same for a request that is only to be counted. */
export function countRefusalOf(body: CountBody, models: ModelTable, signatures: Signatures): RefusedRequest | null {
  const traits = models[body.model]
  if (traits === undefined) return unknownModel(body.model)
  const problem = promptProblem(body, traits, signatures)
  return problem === null ? null : invalidRequest(problem)
}

const unknownModel = (model: string): RefusedRequest => refuseRequest('not_found_error', `model: ${model}`)

/** `max_tokens: 0` is a way to fill the cache. */
function lengthProblem({ max_tokens: most, stream, model }: MessageBody, { output }: ModelTraits): string | null {
  if (most < 0) return 'max_tokens: Input should be greater than or equal to 0'
  if (most > output)
    return `max_tokens: ${most} > ${output}, which is the maximum allowed number of output tokens for ${model}`
  return stream !== true && most > MOST_WITHOUT_STREAM
    ? `max_tokens: streaming is required beyond ${MOST_WITHOUT_STREAM} tokens`
    : null
}

function promptProblem(body: CountBody, traits: ModelTraits, signatures: Signatures): string | null {
  return (
    messagesProblem(body, traits.prefill) ??
    toolsProblem(body, traits) ??
    schemasProblem(body) ??
    cacheProblem(body) ??
    thinkingProblem(body, traits, signatures) ??
    sizeProblem(body, traits)
  )
}

function sizeProblem(body: CountBody, { context }: ModelTraits): string | null {
  const tokens = promptTokens(segmentsOf(body))
  return tokens > context ? `prompt is too long: ${tokens} tokens > ${context} maximum` : null
}

const MOST_MARKERS = 4

/** What is wrong with the places where the prompt is to be cached, or null. */
function cacheProblem(body: CountBody): string | null {
  const markers = segmentsOf(body).flatMap(({ ttl }) => (ttl === null ? [] : [ttl]))
  if (markers.length > MOST_MARKERS) {
    return `A maximum of ${MOST_MARKERS} blocks with cache_control may be provided. Found ${markers.length}.`
  }
  const short = markers.indexOf('5m')
  return short !== -1 && markers.lastIndexOf('1h') > short
    ? "cache_control: a ttl='1h' block must not come after a ttl='5m' block"
    : null
}
