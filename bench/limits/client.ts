import { type Bucket, rateMemory } from '../../src/adapters/github/rate-memory.ts'
import { batchesOf, HEAVIEST } from '../../src/adapters/github/send.ts'
import { digest } from '../../src/core/text/digest.ts'
import type { Actor } from '../../src/hub/access/actor.ts'
import type { RequestCost } from '../../src/hub/rest/published-limits.ts'
import { type RateLimit, rateShape } from '../../src/hub/rest/rate.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Forge, Projection, Published } from '../../src/ports/forge.ts'
import { LimitReached } from '../../src/ports/rate-limit.ts'
import type { Slots } from '../../src/ports/slots.ts'
import { WORKFLOW_RUN } from '../machine/approved-run.ts'

/** What all runs of a repository have asked for together. */
export interface Counts {
  rest: number
  graphql: number
  content: number
  refused: number
}

/** All jobs of a repository share its limits, so that which of them asks makes no difference. */
const JOB = { kind: 'job', token: {} } as Actor

/** Seconds that an orchestrator's client waits for a limit, and the pages of GitHub's lists. */
const LONGEST_WAIT = 30
const PAGE = 100

/**
 * GitHub as one orchestrator has it: each request is counted as the shipped adapter makes it, and refused as the hub refuses it.
 * `limit` null: nothing is.
 */
export function limitedGitHub(limit: RateLimit | null, clock: Clock, counts: Counts) {
  const memory = rateMemory()

  /** Sends a request; what a limit refuses is sent again after the wait, or given up if that takes longer than `waits`. */
  async function send(bucket: Bucket, cost: RequestCost, waits: number): Promise<LimitReached | null> {
    for (;;) {
      const refusal = refusedFor(bucket, cost)
      if (refusal === null) return null
      const seconds = (refusal.until.getTime() - clock.now().getTime()) / 1000
      if (seconds > waits) return refusal
      await clock.wait(seconds)
    }
  }

  function refusedFor(bucket: Bucket, cost: RequestCost): LimitReached | null {
    const now = clock.now()
    const kinds = cost.content > 0 ? ([bucket, 'content'] as const) : [bucket]
    for (const kind of kinds) {
      const until = memory.blockedUntil(kind, now)
      if (until !== null) return new LimitReached(until, undefined, kind === 'content' ? 'content' : 'requests')
    }
    const resource = bucket === 'rest' ? 'core' : 'graphql'
    if (limit === null) return counted(bucket, cost)
    const used = limit.refuses(JOB, resource)
    const secondary = used ? null : limit.take(JOB, cost)
    const rate = limit.of(JOB, resource)
    if (!used && secondary === null) {
      limit.use(JOB, resource)
      const { remaining, reset } = rateShape(limit.of(JOB, resource))
      const headers = { limit: rate.limit, remaining, reset }
      memory.note(
        bucket,
        Object.fromEntries(Object.entries(headers).map(([name, value]) => [`x-ratelimit-${name}`, value])),
      )
      return counted(bucket, cost)
    }
    counts.refused += 1
    const ends = secondary === null ? rate.reset * 1000 + 1000 : now.getTime() + secondary.seconds * 1000
    const of = secondary?.of === 'content' ? 'content' : 'requests'
    memory.block(of === 'content' ? ['content'] : secondary === null ? [bucket] : ['rest', 'graphql'], new Date(ends))
    return new LimitReached(new Date(ends), undefined, of)
  }

  function counted(bucket: Bucket, { content }: RequestCost): null {
    counts[bucket] += 1
    counts.content += content
    return null
  }

  async function rest(points: 1 | 5, content: 0 | 1 = 0, waits = LONGEST_WAIT): Promise<void> {
    const refusal = await send('rest', { of: 'rest', points, content }, waits)
    if (refusal !== null) throw refusal
  }

  async function graph(points: 1 | 5, content = 0, waits = LONGEST_WAIT): Promise<void> {
    const refusal = await send('graphql', { of: 'graphql', points, content }, waits)
    if (refusal !== null) throw refusal
  }

  const pages = new Map<string, string>()
  /** A list that has not changed since costs nothing; a new entry moves all others, and so changes every page. */
  async function listed<Item>(name: string, items: readonly Item[], length: number): Promise<void> {
    const etag = digest(items)
    if (pages.get(name) === etag) return
    for (let page = 0; page * PAGE <= length; page += 1) await rest(1)
    pages.set(name, etag)
  }

  let numbers = 100
  let statusAt = 0
  async function publish(projections: readonly Projection[]): Promise<Published[]> {
    const published: Published[] = []
    for (const batch of batchesOf(
      projections.map((projection) => ({ projection })),
      HEAVIEST,
    )) {
      const refusal = await send('graphql', { of: 'graphql', points: 5, content: batch.length }, 0)
      for (const { projection } of batch) {
        const { name } = projection
        numbers += 1
        if (refusal === null && name === 'comment:status') statusAt = clock.now().getTime()
        published.push(
          refusal === null
            ? { ok: true, name, located: projection.located ?? { number: numbers, node: `N_${numbers}` } }
            : { ok: false, name, reason: 'limited', limit: refusal },
        )
      }
    }
    return published
  }

  const forge: Partial<Forge> = {
    // It came with what the orchestrator asked first.
    defaultBranch: async () => 'main',
    quota: memory.quota,
    publish,
    lookAt: async () => {
      await graph(1)
      return []
    },
    pull: async (number) => {
      await rest(1)
      return {
        number,
        node: `N_${number}`,
        headBranch: null,
        head: 'a'.repeat(40),
        state: 'open',
        merged: false,
        draft: true,
      }
    },
    askReviewers: async () => {
      await rest(5, 1)
      return { ok: true }
    },
  }

  const slots = (port: Slots): Slots => {
    const seen = new Map<number, Set<number>>()
    return {
      ...port,
      jobs: async (workflowRun) => {
        const jobs = await port.jobs(workflowRun)
        await listed(`jobs ${workflowRun}`, jobs, jobs.length)
        return jobs
      },
      results: async (workflowRun, run) => {
        const results = await port.results(workflowRun, run)
        const known = seen.get(workflowRun) ?? new Set()
        for (const { id } of results) known.add(id)
        seen.set(workflowRun, known)
        // An artifact stays in the list, whether or not its result was taken in.
        await listed(`results ${workflowRun}`, [...known], known.size)
        return results
      },
      download: async (artifact) => {
        // Those of the own workflow run come from the artifact service.
        if (artifact.workflowRun !== WORKFLOW_RUN) await rest(1)
        return port.download(artifact)
      },
    }
  }
  /** Milliseconds of the clock at the last edit of the status. */
  const lastWordAt = () => statusAt
  return { forge, slots, rest, graph, lastWordAt }
}
