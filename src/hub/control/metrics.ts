import { type Actor, loginOf } from '../access/actor.ts'
import type { JobRecord } from '../host.ts'

interface Counts {
  requests: number
  not_modified: number
  graphql: number
  content_writes: number
  /** Requests that a limit refused. */
  limited: number
  /** To the artifact service and its storage; they do not count towards the API's limits. */
  artifact_requests: number
  /** Listings of refs: every clone and ls-remote, and a fetch that names no commit. */
  git_reads: number
  /** Requests that sent objects. */
  git_fetches: number
  /** What both were answered. */
  git_bytes: number
  git_pushes: number
  pushed_refs: number
}

export type Count = Partial<Counts>

export interface Metrics {
  /**
   * `route`: counts the request under this route. `write`: what is written, a route or a mutation. `task`: as `42/t3`, or null
   * if the request belongs to none.
   */
  add(count: Count, from: { actor: Actor; task: string | null; route?: string; write?: string }): void
  reset(): void
  report(jobs: readonly JobRecord[]): object
}

const none = (): Counts => ({
  requests: 0,
  not_modified: 0,
  graphql: 0,
  content_writes: 0,
  limited: 0,
  artifact_requests: 0,
  git_reads: 0,
  git_fetches: 0,
  git_bytes: 0,
  git_pushes: 0,
  pushed_refs: 0,
})

export function createMetrics(now: () => string): Metrics {
  let since = now()
  let total = none()
  let routes = new Map<string, { requests: number; not_modified: number }>()
  let tasks = new Map<string, Counts>()
  let tokens = new Map<string, Counts>()
  let writes = new Map<string, Record<string, number>>()
  return {
    add: (count, { actor, task, route, write }) => {
      increase(total, count)
      increase(entry(tasks, task ?? 'shared', none), count)
      increase(entry(tokens, keyOf(actor), none), count)
      if (write !== undefined) {
        const kinds = entry(writes, keyOf(actor), () => ({}) as Record<string, number>)
        kinds[write] = (kinds[write] ?? 0) + (count.content_writes ?? 0)
      }
      if (route !== undefined)
        increase(
          entry(routes, route, () => ({ requests: 0, not_modified: 0 })),
          count,
        )
    },
    reset: () => {
      since = now()
      total = none()
      routes = new Map()
      tasks = new Map()
      tokens = new Map()
      writes = new Map()
    },
    report: (jobs) => ({
      since,
      ...total,
      by_route: Object.fromEntries(routes),
      by_task: Object.fromEntries(tasks),
      by_token: [...tokens].map(([key, counts]) => ({
        ...describe(jobs, key),
        ...counts,
        writes: writes.get(key) ?? {},
      })),
    }),
  }
}

function increase(counts: Partial<Counts>, more: Count): void {
  const into: Record<string, number | undefined> = counts
  for (const [name, value] of Object.entries(more)) if (into[name] !== undefined) into[name] += value
}

function entry<T>(map: Map<string, T>, key: string, blank: () => T): T {
  const known = map.get(key) ?? blank()
  map.set(key, known)
  return known
}

const keyOf = (actor: Actor): string => (actor.kind === 'job' ? `job ${actor.token.job}` : loginOf(actor))

/** Names a token by its owner, never by its value. */
function describe(jobs: readonly JobRecord[], key: string) {
  const id = Number(/^job (\d+)$/.exec(key)?.[1])
  const job = jobs.find((known) => known.id === id)
  return Number.isNaN(id) ? { who: key } : { who: key, job: id, name: job?.name ?? null, run: job?.run_id ?? null }
}
