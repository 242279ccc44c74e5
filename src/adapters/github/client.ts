import { Octokit } from '@octokit/rest'
import { z } from 'zod'
import type { Clock } from '../../ports/clock.ts'
import { byTheRules } from './rules.ts'

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
  const octokit = new Octokit({ baseUrl: options.apiUrl, auth: options.token, log: silence, request: { log: silence } })
  const patience = { clock: options.clock, repeats: options.repeats ?? 5, longestWait: options.longestWait ?? 900 }
  const milliseconds = (options.timeout ?? 30) * 1000
  octokit.hook.wrap('request', (request, given) => {
    const { repeatable = false, ...own } = given.request ?? {}
    // Each try has a time-out of its own, which holds until the last byte of the body.
    const send = async () => request({ ...given, request: { ...own, signal: AbortSignal.timeout(milliseconds) } })
    return byTheRules(send, given.method === 'GET' || repeatable === true, patience)
  })
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

/** Octokit logs whole requests; whatever is worth saying, the caller says. */
const silence = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
