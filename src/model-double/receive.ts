import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import { apiErrorBody, invalidRequest, type RefusedRequest } from './fault.ts'

const MOST_BYTES = 32 * 1024 * 1024

/** The body as text, or null if it is over 32 MB. */
export async function requestBody(req: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    length += chunk.length
    // Read the rest anyway: a client that is still writing would not see the answer.
    if (length <= MOST_BYTES) chunks.push(chunk)
  }
  return length > MOST_BYTES ? null : Buffer.concat(chunks).toString('utf8')
}

export function answerJson(
  res: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers })
  res.end(JSON.stringify(value))
}

export function answerRefused(
  res: ServerResponse,
  { status, error, message }: RefusedRequest,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  answerJson(res, status, apiErrorBody(error, message, requestId), { 'request-id': requestId, ...headers })
}

/** Parameters of earlier versions of the API. */
const REMOVED = ['temperature', 'top_p', 'top_k']

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refused: RefusedRequest }

/** Parses a body by its schema, or returns the first problem in the API's words. */
export function readBody<T>(schema: z.ZodType<T>, raw: string): Read<T> {
  const json = parsed(raw)
  if (json === undefined) return no('The request body is not valid JSON')
  const removed = REMOVED.find((name) => isRecord(json) && name in json)
  if (removed !== undefined) return no(`${removed}: this parameter was removed in API version 2026-10-21`)
  const result = schema.safeParse(json)
  return result.success ? { ok: true, value: result.data } : no(firstProblem(result.error.issues))
}

const no = (message: string): Read<never> => ({ ok: false, refused: invalidRequest(message) })

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined
  }
}

function firstProblem(issues: readonly z.core.$ZodIssue[]): string {
  const [issue] = issues
  if (issue === undefined) return 'The request is not valid'
  // A union reports only that no member matches; the deepest issue inside a member says why.
  if (issue.code === 'invalid_union') {
    const deepest = issue.errors.flat().toSorted((one, other) => other.path.length - one.path.length)[0]
    if (deepest !== undefined) return firstProblem([{ ...deepest, path: [...issue.path, ...deepest.path] }])
  }
  if (issue.code === 'unrecognized_keys') {
    return `${[...issue.path, issue.keys[0] ?? ''].join('.')}: Extra inputs are not permitted`
  }
  const path = issue.path.join('.')
  const missing = issue.code === 'invalid_type' && issue.message.includes('received undefined')
  return `${path}: ${missing ? 'Field required' : issue.message}`
}
