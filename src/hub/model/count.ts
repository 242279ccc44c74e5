import type { IncomingMessage, ServerResponse } from 'node:http'
import { countBody } from './body.ts'
import { headersRefusal } from './credentials.ts'
import { promptTokens, segmentsOf } from './prompt.ts'
import { readBody } from './read-body.ts'
import { answerJson, answerRefused, bodyOf } from './receive.ts'
import { refuse } from './refusal.ts'
import { countRefusalOf } from './validate.ts'
import type { World } from './world.ts'

const REQUEST_ID = 'req_count'

/** POST /v1/messages/count_tokens: what the prompt of the same request would cost, nothing said. */
export async function answerCount(world: World, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const raw = await bodyOf(req)
  if (raw === null)
    return answerRefused(res, refuse('request_too_large', 'Request exceeds the maximum size'), REQUEST_ID)
  const unwelcome = headersRefusal(req.headers, world.apiKey, world.isToken)
  if (unwelcome !== null) return answerRefused(res, unwelcome, REQUEST_ID)
  const read = readBody(countBody, raw)
  if (!read.ok) return answerRefused(res, read.refused, REQUEST_ID)
  const refused = countRefusalOf(read.value, world.models, world.signatures)
  if (refused !== null) return answerRefused(res, refused, REQUEST_ID)
  answerJson(res, 200, { input_tokens: promptTokens(segmentsOf(read.value)) }, { 'request-id': REQUEST_ID })
}
