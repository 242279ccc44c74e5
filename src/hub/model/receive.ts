import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorBody, type Refused } from './refusal.ts'

const MOST_BYTES = 32 * 1024 * 1024

/** The body as text, or null if it is over 32 MB. */
export async function bodyOf(req: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    length += chunk.length
    // The rest is read all the same: a client that is still writing would not see the answer.
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
  { status, error, message }: Refused,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  answerJson(res, status, errorBody(error, message, requestId), { 'request-id': requestId, ...headers })
}
