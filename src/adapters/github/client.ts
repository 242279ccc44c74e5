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
  /** GITHUB_API_URL and GITHUB_GRAPHQL_URL: they differ by server, and neither follows from the other. */
  apiUrl: string
  graphqlUrl: string
  token: string
  clock: Clock
  /** Seconds until an unanswered try is given up. */
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
  /** A GraphQL request. `query` is repeated when it fails, as any read; a `mutation` throws UnknownOutcome. */
  graph(kind: 'query' | 'mutation', text: string, variables: Readonly<Record<string, unknown>>): Promise<GraphAnswer>
}

/** Given with a write that may be done twice without harm: it is repeated like a read. */
export const REPEATABLE = { request: { repeatable: true } }

export function openClient(options: ClientOptions): Client {
  const own = { log: silence, fetch: patientFetch((options.timeout ?? 30) * 1000) }
  const octokit = new Octokit({ baseUrl: options.apiUrl, auth: options.token, log: silence, request: own })
  const patience = { clock: options.clock, repeats: options.repeats ?? 5, longestWait: options.longestWait ?? 900 }
  octokit.hook.wrap('request', (request, given) =>
    byTheRules(async () => request(given), given.method === 'GET' || given.request?.repeatable === true, patience),
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

/** Each try has a time-out of its own, which holds until the last byte of the body. */
const patientFetch =
  (milliseconds: number): typeof fetch =>
  (address, init) =>
    fetch(address, { ...init, signal: AbortSignal.timeout(milliseconds) })

/** Octokit logs whole requests; whatever is worth saying, the caller says. */
const silence = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** One repository, and the way to it. */
export interface RepositoryClient {
  client: Client
  owner: string
  repo: string
}

/** What every REST route of a repository wants to know. */
export const ownerAndRepo = ({ owner, repo }: RepositoryClient): { owner: string; repo: string } => ({ owner, repo })

interface Patience {
  clock: Clock
  /** How often a request is repeated at most, counted for limits and for failures alike. */
  repeats: number
  /** GitHub may ask for more seconds than this; then we give up at once. */
  longestWait: number
}

/**
 * One request by this project's rules. What a limit refused was not done: wait as asked and repeat, be it read or write.
 * What failed is repeated where that is harmless; else nobody knows what was done, and the caller must look.
 */
async function byTheRules<R extends HttpAnswer>(
  send: () => Promise<R>,
  repeatable: boolean,
  patience: Patience,
): Promise<R> {
  for (let repeats = 0; ; repeats += 1) {
    const { verdict, settle, cause } = await tried(send, patience.clock)
    if (verdict.kind === 'answered') return settle()
    if (verdict.kind === 'failed' && verdict.sent && !repeatable) {
      throw new UnknownOutcome('a write to GitHub had no usable answer', { cause })
    }
    const seconds = pause(verdict, repeats)
    if (repeats >= patience.repeats || seconds > patience.longestWait) throw givingUp(verdict, seconds, cause)
    await patience.clock.wait(seconds)
  }
}

interface Tried<R> {
  verdict: Verdict
  settle: () => R
  cause: unknown
}

async function tried<R extends HttpAnswer>(send: () => Promise<R>, clock: Clock): Promise<Tried<R>> {
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

/** GitHub's advice where it names no time: a minute, then longer and longer. */
const pause = (verdict: Exclude<Verdict, { kind: 'answered' }>, repeats: number): number =>
  verdict.kind === 'limited' ? (verdict.seconds ?? 60 * 2 ** repeats) : 2 ** repeats

function givingUp(verdict: Verdict, seconds: number, cause: unknown): unknown {
  if (verdict.kind === 'limited') return new LimitReached(seconds, cause)
  return cause ?? new Error('the answer of GitHub broke off')
}
