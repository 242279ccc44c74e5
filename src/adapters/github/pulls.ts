import { z } from 'zod'
import { shaSchema } from '../../core/ids.ts'
import type { PullRequest } from '../../ports/forge.ts'
import { ownerAndRepo, type RepositoryClient } from './client.ts'
import { httpStatusOf } from './http-error.ts'

const pullSchema = z.object({
  number: z.int(),
  node_id: z.string(),
  state: z.enum(['open', 'closed']),
  draft: z.boolean().default(false),
  merged_at: z.string().nullable(),
  head: z.object({ ref: z.string(), sha: shaSchema, repo: z.object({ full_name: z.string() }).nullable() }),
  base: z.object({ ref: z.string(), repo: z.object({ full_name: z.string() }) }),
})

export async function pullAt(repository: RepositoryClient, number: number): Promise<PullRequest | null> {
  try {
    const parameters = { ...ownerAndRepo(repository), pull_number: number }
    const { data } = await repository.client.octokit.request(
      'GET /repos/{owner}/{repo}/pulls/{pull_number}',
      parameters,
    )
    return pullRequest(pullSchema.parse(data))
  } catch (error) {
    if (httpStatusOf(error) === 404) return null
    throw error
  }
}

/** The pull request from `head` into `base`, by any author: an open one, else the newest. */
export async function pullBetween(
  repository: RepositoryClient,
  head: string,
  base: string,
): Promise<PullRequest | null> {
  const found = await repository.client.octokit.paginate('GET /repos/{owner}/{repo}/pulls', {
    ...ownerAndRepo(repository),
    head: `${repository.owner}:${head}`,
    base,
    state: 'all',
    sort: 'created',
    direction: 'desc',
    per_page: 100,
  })
  const same = z
    .array(pullSchema)
    .parse(found)
    .filter((pull) => pull.head.ref === head && pull.base.ref === base)
  const chosen = same.find((pull) => pull.state === 'open') ?? same[0]
  return chosen === undefined ? null : pullRequest(chosen)
}

const pullRequest = ({
  number,
  node_id,
  state,
  draft,
  merged_at,
  head,
  base,
}: z.infer<typeof pullSchema>): PullRequest => ({
  number,
  node: node_id,
  headBranch: head.repo?.full_name === base.repo.full_name ? head.ref : null,
  head: head.sha,
  state,
  merged: merged_at !== null,
  draft,
})
