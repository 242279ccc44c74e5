import { z } from 'zod'
import { type ApiComment, commentSchema } from '../hub-client/comments.ts'
import type { ApiPerson } from '../hub-client/person.ts'

const pullSchema = z
  .object({
    number: z.number(),
    title: z.string(),
    draft: z.boolean(),
    state: z.string(),
    merged_at: z.string().nullable(),
    head: z.object({ ref: z.string(), sha: z.string() }),
    base: z.object({ ref: z.string() }),
  })
  .transform(({ merged_at, head, base, ...rest }) => ({
    ...rest,
    merged: merged_at !== null,
    head: head.ref,
    sha: head.sha,
    base: base.ref,
  }))
export type DemoPull = z.infer<typeof pullSchema>

const checkSchema = z.object({
  id: z.number(),
  name: z.string(),
  head_sha: z.string(),
  external_id: z.string().nullable(),
  status: z.string(),
  conclusion: z.string().nullable(),
  output: z.object({ title: z.string().nullable(), summary: z.string().nullable(), text: z.string().nullable() }),
})
export type DemoCheck = z.infer<typeof checkSchema>

const refSchema = z.object({ ref: z.string(), object: z.object({ sha: z.string() }) })

/** What a visitor of GitHub's pages sees. */
export interface GitHubState {
  comments: ApiComment[]
  pulls: DemoPull[]
  checks: DemoCheck[]
  /** A text that changes with all other signs of progress: refs, the journal's too, and the sizes of jobs' logs. */
  traces: string
}

export type ReadState = () => Promise<GitHubState>

/** Checks belong to commits, and branches move: a former head is read until its checks are completed. */
export function createReader(visitor: ApiPerson, logs: () => Promise<unknown>): ReadState {
  const known = new Map<string, DemoCheck[]>()
  const checksAt = (sha: string) => visitor.list(checkSchema, `/commits/${sha}/check-runs`, 'check_runs')
  return async () => {
    const comments = await visitor.list(commentSchema, '/issues/comments')
    const pulls = await visitor.list(pullSchema, '/pulls?state=all&direction=asc')
    const refs = await visitor.list(refSchema, '/git/matching-refs/heads/tributary/')
    const journals = await visitor.list(refSchema, '/git/matching-refs/tributary/')
    const heads = new Set([...pulls.map((pull) => pull.sha), ...refs.map((ref) => ref.object.sha)])
    for (const [sha, checks] of known) if (checks.some((check) => check.status !== 'completed')) heads.add(sha)
    await Promise.all([...heads].map(async (sha) => known.set(sha, await checksAt(sha))))
    const traces = JSON.stringify([refs, journals, await logs()])
    return { comments, pulls, checks: [...known.values()].flat(), traces }
  }
}
