import { Octokit } from '@octokit/rest'
import { z } from 'zod'
import type { Clock } from '../../ports/clock.ts'
import {
  type HttpAnswer,
  LimitReached,
  UnknownOutcome,
  type Verdict,
  verdictOnAnswer,
  verdictOnError,
} from './http-error.ts'

export interface ClientOptions {
  /** GITHUB_API_URL and GITHUB_GRAPHQL_URL: both differ by server, and neither can be derived from the other. */
  apiUrl: string
  graphqlUrl: string
  token: string
  clock: Clock
  /** Time-out of one try, in seconds. */
  timeout?: number
  repeats?: number
  longestWait?: number
}

const graphErrorSchema = z.object({
  message: z.string(),
  type: z.string().nullish(),
  path: z.array(z.union([z.string(), z.number()])).nullish(),
})
export type GraphError = z.infer<typeof graphErrorSchema>

const graphAnswerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(graphErrorSchema).nullish(),
})

export interface GraphAnswer {
  data: Readonly<Record<string, unknown>>
  errors: readonly GraphError[]
}

export interface Client {
  octokit: Octokit
  clock: Clock
  /** Sends a GraphQL request. A `query` is retried like any read; a `mutation` without a clear answer throws UnknownOutcome. */
  graph(kind: 'query' | 'mutation', text: string, variables: Readonly<Record<string, unknown>>): Promise<GraphAnswer>
}

/** Option for an idempotent write: it is retried like a read. */
export const REPEATABLE = { request: { repeatable: true } }

const REPEATS = 5
/** Seconds. A longer wait is an error, which says until when. */
const LONGEST_WAIT = 900

export function openClient(options: ClientOptions): Client {
  const requestOptions = { log: silentLog, fetch: fetchWithTimeout((options.timeout ?? 30) * 1000) }
  const octokit = new Octokit({ baseUrl: options.apiUrl, auth: options.token, log: silentLog, request: requestOptions })
  const limits = {
    clock: options.clock,
    repeats: options.repeats ?? REPEATS,
    longestWait: options.longestWait ?? LONGEST_WAIT,
  }
  octokit.hook.wrap('request', (request, given) =>
    withRetries(async () => request(given), given.method === 'GET' || given.request?.repeatable === true, limits),
  )
  return {
    octokit,
    clock: options.clock,
    graph: async (kind, text, variables) => {
      const parameters = { query: text, variables, ...(kind === 'query' ? REPEATABLE : {}) }
      const { data } = await octokit.request(`POST ${options.graphqlUrl}`, parameters)
      const answer = graphAnswerSchema.parse(data)
      return { data: answer.data ?? {}, errors: answer.errors ?? [] }
    },
  }
}

/** Each try has its own time-out, which includes the body. */
const fetchWithTimeout =
  (milliseconds: number): typeof fetch =>
  (address, init) =>
    fetch(address, { ...init, signal: AbortSignal.timeout(milliseconds) })

/** Octokit would log whole requests; callers report what matters. */
const silentLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** A client for one repository. */
export interface RepositoryClient {
  client: Client
  owner: string
  repo: string
}

/** The parameters that every REST route of a repository needs. */
export const ownerAndRepo = ({ owner, repo }: RepositoryClient): { owner: string; repo: string } => ({ owner, repo })

interface RetryLimits {
  clock: Clock
  /** Maximum number of retries of a request, for rate limits and failures together. */
  repeats: number
  /** In seconds; if GitHub asks to wait for longer, we give up at once. */
  longestWait: number
}

/**
 * Sends a request, with retries. A request that a rate limit refused was not done, so it is retried after the wait that
 * GitHub asks for, read or write. A failed request is retried if that is harmless; else its outcome is unknown, and the
 * caller must look.
 */
async function withRetries<R extends HttpAnswer>(
  send: () => Promise<R>,
  repeatable: boolean,
  limits: RetryLimits,
): Promise<R> {
  for (let repeats = 0; ; repeats += 1) {
    const { verdict, settle, cause } = await attempt(send, limits.clock)
    if (verdict.kind === 'answered') return settle()
    if (verdict.kind === 'failed' && verdict.sent && !repeatable) {
      throw new UnknownOutcome('a write to GitHub had no usable answer', { cause })
    }
    const seconds = pause(verdict, repeats)
    if (repeats >= limits.repeats || seconds > limits.longestWait) throw givingUp(verdict, seconds, cause)
    await limits.clock.wait(seconds)
  }
}

interface RequestOutcome<R> {
  verdict: Verdict
  settle: () => R
  cause: unknown
}

async function attempt<R extends HttpAnswer>(send: () => Promise<R>, clock: Clock): Promise<RequestOutcome<R>> {
  try {
    const answer = await send()
    return { verdict: verdictOnAnswer(answer, clock.now()), settle: () => answer, cause: undefined }
  } catch (error) {
    const settle = () => {
      throw error
    }
    return { verdict: verdictOnError(error, clock.now()), settle, cause: error }
  }
}

/** Without a time from GitHub, its advice: a minute, then exponentially more. */
const pause = (verdict: Exclude<Verdict, { kind: 'answered' }>, repeats: number): number =>
  verdict.kind === 'limited' ? (verdict.seconds ?? 60 * 2 ** repeats) : 2 ** repeats

function givingUp(verdict: Verdict, seconds: number, cause: unknown): unknown {
  if (verdict.kind === 'limited') return new LimitReached(seconds, cause)
  return cause ?? new Error('the answer of GitHub broke off')
}
