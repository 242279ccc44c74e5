import type { Said } from '../../ports/forge.ts'
import { ownerAndRepo, REPEATABLE, type RepositoryClient } from './client.ts'
import { said } from './comments.ts'

/**
 * One request for all. GitHub refuses it as a whole if one of them is the author, has no access, or is a team that our token may not
 * ask: then each is asked alone, and the first refusal is reported.
 */
export async function askReviewers(
  repository: RepositoryClient,
  pull: number,
  reviewers: readonly string[],
): Promise<Said> {
  const together = await ask(repository, pull, reviewers)
  if (together.ok || reviewers.length === 1) return together
  let first: Said | null = null
  for (const reviewer of reviewers) {
    const alone = await ask(repository, pull, [reviewer])
    if (!alone.ok) first ??= { ok: false, message: `${reviewer}: ${alone.message}` }
  }
  return first ?? { ok: true }
}

function ask(repository: RepositoryClient, pull_number: number, names: readonly string[]): Promise<Said> {
  const isTeam = (name: string) => name.includes('/')
  return said(
    repository.client.octokit.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', {
      ...ownerAndRepo(repository),
      pull_number,
      reviewers: names.filter((name) => !isTeam(name)),
      team_reviewers: names.filter(isTeam).map((name) => name.slice(name.indexOf('/') + 1)),
      ...REPEATABLE,
    }),
  )
}
