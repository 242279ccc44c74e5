import { createServer, type IncomingHttpHeaders } from 'node:http'
import { onTestFinished } from 'vitest'
import { listen, stop } from '../../../src/loopback/listen.ts'

/** An answer byte for byte: for what the scripted server never says. */
export interface Raw {
  status: number
  headers?: Readonly<Record<string, string>>
  body: string
}

export interface RawApi {
  url: string
  /** Headers of every request. */
  seen: readonly IncomingHttpHeaders[]
}

/** Gives one answer after another; the last one stays. */
export async function rawApi(...answers: readonly [Raw, ...Raw[]]): Promise<RawApi> {
  const seen: IncomingHttpHeaders[] = []
  const server = createServer((req, res) => {
    const { status, headers, body } = answers[Math.min(seen.length, answers.length - 1)] ?? answers[0]
    seen.push(req.headers)
    req.resume().on('end', () => res.writeHead(status, headers).end(body))
  })
  const port = await listen(server, 0, null)
  onTestFinished(() => stop(server))
  return { url: `http://127.0.0.1:${port}`, seen }
}

/** An error as the API words it. */
export const says = (
  status: number,
  type: string,
  message: string,
  { headers = {}, code }: { headers?: Readonly<Record<string, string>>; code?: string } = {},
): Raw => ({
  status,
  headers: { 'content-type': 'application/json', 'request-id': 'req_1', ...headers },
  body: JSON.stringify({
    type: 'error',
    error: { type, message, ...(code === undefined ? {} : { details: { error_code: code } }) },
  }),
})

/** A stream of these events, and the end of the body behind them. */
export const streams = (...events: readonly { type: string; [field: string]: unknown }[]): Raw => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  body: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
})

const usage = { input_tokens: 10, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 1 }

export const start = { type: 'message_start', message: { id: 'msg_1', content: [], usage } }
export const block = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block })
export const delta = (index: number, part: object) => ({ type: 'content_block_delta', index, delta: part })
export const end = (stop_reason: string, output_tokens = 7) => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null },
  usage: { output_tokens, input_tokens: null, cache_read_input_tokens: null, cache_creation_input_tokens: null },
})
export const stopped = { type: 'message_stop' }
