import { z } from 'zod'
import type { World } from './world.ts'

const counts = {
  requests: z.int(),
  not_modified: z.int(),
  graphql: z.int(),
  content_writes: z.int(),
  git_pushes: z.int(),
  git_bytes: z.int(),
}
const writesSchema = z.record(z.string(), z.int())
const metricsSchema = z.looseObject({
  by_token: z.array(
    z.looseObject({ job: z.int().optional(), name: z.string().nullish(), writes: writesSchema, ...counts }),
  ),
})

/** What the jobs asked of GitHub since the last reset; what the test itself asked is left out. */
export async function askedByJobs(world: World) {
  const { by_token } = metricsSchema.parse(await world.metrics())
  const sum = { requests: 0, not_modified: 0, graphql: 0, content_writes: 0, git_pushes: 0 }
  const writes: Record<string, number> = {}
  for (const token of by_token.filter(({ job }) => job !== undefined)) {
    sum.requests += token.requests
    sum.not_modified += token.not_modified
    sum.graphql += token.graphql
    sum.content_writes += token.content_writes
    sum.git_pushes += token.git_pushes
    for (const [kind, times] of Object.entries(token.writes)) writes[kind] = (writes[kind] ?? 0) + times
  }
  return { ...sum, writes }
}

/** Bytes that git has fetched since the last reset, by the jobs whose names begin so. */
export async function fetchedByJobs(world: World): Promise<(name: string) => number> {
  const { by_token } = metricsSchema.parse(await world.metrics())
  return (name) =>
    by_token.filter((token) => token.name?.startsWith(name)).reduce((sum, { git_bytes }) => sum + git_bytes, 0)
}

export const resetMetrics = async (world: World): Promise<void> => {
  const answer = await fetch(`${world.hub.url}/_hub/metrics/reset`, {
    method: 'POST',
    headers: { authorization: `token ${world.hub.tokens.admin}` },
  })
  if (answer.status !== 204) throw new Error(`metrics: ${answer.status}`)
}
