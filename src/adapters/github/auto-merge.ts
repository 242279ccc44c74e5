import type { Sha } from '../../core/ids.ts'
import type { AutoMerged, Located, MergeMethod } from '../../ports/forge.ts'
import { ownerAndRepo, type RepositoryClient } from './client.ts'
import { httpStatusOf, refusalOf } from './http-error.ts'
import { pullAt } from './pulls.ts'

const ENABLE = `mutation($input: EnablePullRequestAutoMergeInput!) {
  enablePullRequestAutoMerge(input: $input) { pullRequest { id } } }`

/** GitHub's words for a pull request that could be merged at once. "unstable" is another state: a check failed or runs. */
const CLEAN = /\bclean status\b/i

/** Switches auto-merge on; where GitHub takes none because nothing is missing for a merge, merges exactly that head. */
export async function autoMerge(
  repository: RepositoryClient,
  pull: Located,
  method: MergeMethod,
  head: Sha,
): Promise<AutoMerged> {
  const input = { pullRequestId: pull.node, mergeMethod: method.toUpperCase(), expectedHeadOid: head }
  const { errors } = await repository.client.graph('mutation', ENABLE, { input })
  const [first] = errors
  if (first === undefined) return { ok: true, how: 'enabled' }
  return CLEAN.test(first.message)
    ? merge(repository, pull.number, method, head)
    : { ok: false, message: first.message }
}

/** What was sent before an error may have been done: the pull request tells. */
async function merge(
  repository: RepositoryClient,
  pull_number: number,
  merge_method: MergeMethod,
  sha: Sha,
): Promise<AutoMerged> {
  try {
    const parameters = { ...ownerAndRepo(repository), pull_number, merge_method, sha }
    await repository.client.octokit.request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', parameters)
    return { ok: true, how: 'merged' }
  } catch (error) {
    const now = await pullAt(repository, pull_number)
    if (now?.merged === true && now.head === sha) return { ok: true, how: 'merged' }
    const isRefused = refusalOf(error) !== null || [405, 409].includes(httpStatusOf(error) ?? 0)
    if (!isRefused || !(error instanceof Error)) throw error
    return { ok: false, message: error.message }
  }
}
