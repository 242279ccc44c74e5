import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen, stop } from '../loopback/listen.ts'
import { answerCount, answerMessages } from './endpoints.ts'
import { refuseRequest } from './fault.ts'
import { createFederation, type FederationServer, IDENTITY_PATH, TOKEN_PATH, type TokenExchange } from './federation.ts'
import type { Log } from './log.ts'
import { answerRefused } from './receive.ts'
import {
  createDoubleState,
  type DoubleState,
  type ModelServerOptions,
  realClock,
  type Unmatched,
} from './server-state.ts'

export interface ModelServer extends Pick<Log, 'requests' | 'concurrency' | 'until'> {
  /** For ANTHROPIC_BASE_URL. */
  readonly url: string
  /** Requests that no rule of the script matched: each got a 400. */
  readonly unmatched: readonly Unmatched[]
  /** Answers of the script that no model could give: each got a 500. */
  readonly mistakes: readonly string[]
  /** What GitHub gives a job that may ask for its identity: ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN. */
  readonly identity: { readonly requestUrl: string; readonly requestToken: string }
  /** Every attempt to exchange an identity for an access token. */
  readonly exchanges: readonly TokenExchange[]
  /** Ends every connection, stalled ones too. */
  close(): Promise<void>
}

/**
 * Anthropic's Messages API on loopback, answered by a script.
 *
 * ```ts
 * const server = await startModelServer({
 *   apiKey: 'sk-test',
 *   script: scripted({
 *     rules: [
 *       { when: ({ schema }) => schema !== null, say: json({ title: 'A plan', tasks: [] }) },
 *       { when: ({ toolNames, turns }) => toolNames.includes('view') && turns === 0,
 *         say: tools([{ name: 'view', input: { path: 'README.md' } }], { text: 'I look first.' }) },
 *       { when: ({ lastText }) => lastText.includes('flaky'), say: failing(2, status(529, { retryAfter: 1 }), text('Done.')) },
 *       { when: () => true, say: (request, { matched }) => text(`${matched}: ${request.results[0]?.text}`) },
 *     ],
 *   }),
 * })
 * ```
 * Answers (answer.ts): `text`, `json`, `tools`, `refusal`, `truncated`; `held(answer, gate.opened, 'words')` stops a stream
 * behind some words, `paced(answer, { chunk, milliseconds })` slows it. Faults (fault.ts): `status`, `reset`, `cleanEof`,
 * `errorEvent`, `stall`, each but the first with `{ after: bytes, of: answer }`. Order (script.ts): `failing`, `inTurn`, and
 * `times` of a rule. What came in is in `requests`; `until((requests) => ...)` waits for it.
 */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const closing = new AbortController()
  const { clock = realClock } = options
  const federation = createFederation(options.federation ?? null, clock.now)
  const state = createDoubleState(options, clock, federation, closing.signal)
  const server = createServer((req, res) => {
    route(state, federation, req, res).catch((error: unknown) =>
      res.destroy(error instanceof Error ? error : undefined),
    )
  })
  // An unclosed server does not keep the process alive.
  server.unref()
  const port = await listen(server, options.port, null)
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    // GitHub's address has a query already: clients append to it.
    identity: {
      requestUrl: `${url}${IDENTITY_PATH}?api-version=2.0`,
      requestToken: federation.identity.requestToken,
    },
    exchanges: federation.exchanges,
    requests: state.log.requests,
    concurrency: state.log.concurrency,
    until: state.log.until,
    unmatched: state.unmatched,
    mistakes: state.mistakes,
    close: async () => {
      closing.abort()
      await stop(server)
    },
  }
}

async function route(
  state: DoubleState,
  federation: FederationServer,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const place = `${req.method} ${(req.url ?? '').split('?')[0]}`
  switch (place) {
    case 'POST /v1/messages':
      return answerMessages(state, req, res)
    case 'POST /v1/messages/count_tokens':
      return answerCount(state, req, res)
    case `POST ${TOKEN_PATH}`:
      return federation.answer(req, res)
    case `GET ${IDENTITY_PATH}`:
      return federation.identity.answer(req, res)
    default:
      answerRefused(res, refuseRequest('not_found_error', `${place} is not served here`), 'req_unknown')
  }
}
