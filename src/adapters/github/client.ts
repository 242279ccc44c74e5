import { Octokit } from '@octokit/rest'
import { z } from 'zod'
import type { Clock } from '../../ports/clock.ts'
import type { Quota } from '../../ports/forge.ts'
import { LimitReached } from '../../ports/rate-limit.ts'
import {
  type HttpAnswer,
  headersOf,
  portError,
  UnknownOutcome,
  type Verdict,
  verdictOnAnswer,
  verdictOnError,
} from './http-error.ts'
import { type Bucket, type RateMemory, rateMemory } from './rate-memory.ts'
import { followingMoves } from './redirects.ts'

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
  /** What was left of the hour's requests at the last answer; null: none has said. */
  quota(bucket: Bucket): Quota | null
  /**
   * Sends a GraphQL request. A `query` is retried like any read; a `mutation` without a clear answer throws UnknownOutcome, and one
   * that only `shows` something waits for no limit.
   */
  graph(
    kind: 'query' | 'mutation' | 'shows',
    text: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<GraphAnswer>
}

/** Option for an idempotent write: it is retried like a read. */
export const REPEATABLE = { request: { repeatable: true } }
/** Option for a write that creates nothing that people read: limits of content do not hold it back. */
export const NO_CONTENT = { request: { content: false } }
const GRAPH = {
  query: { request: { repeatable: true, content: false } },
  mutation: {},
  shows: { request: { waits: false } },
} as const

const REPEATS = 5
/** Seconds, unless the job says otherwise. A longer wait is an error, which says until when. */
const LONGEST_WAIT = 900

export function openClient(options: ClientOptions): Client {
  const requestOptions = { log: silentLog, fetch: followingMoves(fetchWithTimeout((options.timeout ?? 30) * 1000)) }
  const octokit = new Octokit({ baseUrl: options.apiUrl, auth: options.token, log: silentLog, request: requestOptions })
  const limits = {
    clock: options.clock,
    repeats: options.repeats ?? REPEATS,
    longestWait: options.longestWait ?? LONGEST_WAIT,
    rate: rateMemory(),
  }
  octokit.hook.wrap('request', (request, given) => {
    const bucket = given.url === options.graphqlUrl ? 'graphql' : 'rest'
    const repeatable = given.method === 'GET' || given.request?.repeatable === true
    const content = given.method !== 'GET' && given.request?.content !== false
    const atLimit = given.request?.waits === false ? 0 : limits.longestWait
    return withRetries(async () => request(given), { bucket, repeatable, content, atLimit }, limits)
  })
  return {
    octokit,
    clock: options.clock,
    quota: limits.rate.quota,
    graph: async (kind, text, variables) => {
      const parameters = { query: text, variables, ...GRAPH[kind] }
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
  rate: RateMemory
}

interface RequestKind {
  bucket: Bucket
  repeatable: boolean
  content: boolean
  /** Seconds that it waits at a limit. */
  atLimit: number
}

/**
 * Sends a request, with retries. A request that a rate limit refused was not done, so it is retried after the wait that
 * GitHub asks for, read or write. A failed request is retried if that is harmless; else its outcome is unknown, and the
 * caller must look.
 */
async function withRetries<R extends HttpAnswer>(
  send: () => Promise<R>,
  { bucket, repeatable, content, atLimit }: RequestKind,
  limits: RetryLimits,
): Promise<R> {
  for (let repeats = 0; ; repeats += 1) {
    await untilAllowed(bucket, atLimit, limits)
    if (content) await untilAllowed('content', atLimit, limits)
    const { verdict, settle, cause, headers } = await attempt(send, limits.clock)
    if (headers !== null) limits.rate.note(bucket, headers)
    if (verdict.kind === 'answered') return settle()
    if (verdict.kind === 'failed' && verdict.sent && !repeatable) {
      throw new UnknownOutcome('a write to GitHub had no usable answer', { cause })
    }
    const seconds = pause(verdict, repeats)
    const until = new Date(limits.clock.now().getTime() + seconds * 1000)
    if (verdict.kind === 'limited') limits.rate.block(BLOCKED[verdict.of] ?? [bucket], until)
    const longest = verdict.kind === 'limited' ? atLimit : limits.longestWait
    if (repeats >= limits.repeats || seconds > longest) throw givingUp(verdict, until, cause)
    await limits.clock.wait(seconds)
  }
}

const BLOCKED = { all: ['rest', 'graphql'], content: ['content'], bucket: null } as const

/** Waits while an earlier answer forbids requests; throws if that is too long. */
async function untilAllowed(what: Bucket | 'content', atLimit: number, { rate, clock }: RetryLimits): Promise<void> {
  const until = rate.blockedUntil(what, clock.now())
  if (until === null) return
  const seconds = (until.getTime() - clock.now().getTime()) / 1000
  if (seconds > atLimit) throw new LimitReached(until, undefined, what === 'content' ? 'content' : 'requests')
  await clock.wait(seconds)
}

interface RequestOutcome<R> {
  verdict: Verdict
  settle: () => R
  cause: unknown
  headers: HttpAnswer['headers'] | null
}

async function attempt<R extends HttpAnswer>(send: () => Promise<R>, clock: Clock): Promise<RequestOutcome<R>> {
  try {
    const answer = await send()
    const verdict = verdictOnAnswer(answer, clock.now())
    return { verdict, settle: () => answer, cause: undefined, headers: answer.headers }
  } catch (error) {
    const settle = () => {
      throw portError(error)
    }
    return { verdict: verdictOnError(error, clock.now()), settle, cause: error, headers: headersOf(error) }
  }
}

/** Without a time from GitHub, its advice: a minute, then exponentially more. */
const pause = (verdict: Exclude<Verdict, { kind: 'answered' }>, repeats: number): number =>
  verdict.kind === 'limited' ? (verdict.seconds ?? 60 * 2 ** repeats) : 2 ** repeats

function givingUp(verdict: Verdict, until: Date, cause: unknown): unknown {
  if (verdict.kind === 'limited')
    return new LimitReached(until, cause, verdict.of === 'content' ? 'content' : 'requests')
  return cause ?? new Error('the answer of GitHub broke off')
}
