import type { HubEvent, HubHost, RunSource } from '../../host.ts'
import { commitOf, mergeCommitOf, pathsBetween, setRef } from './git.ts'
import { type Json, jsonAt, jsonOf, textAt } from './json.ts'

/** GITHUB_SHA, GITHUB_REF and what else depends on them. */
export interface Source extends RunSource {
  /** The commit that the run is listed under: that of a pull request's head, though it runs on the merge. */
  headSha: string
  /** Files that a push or a pull request changes; computed only for `paths` filters. */
  changed(): Promise<string[]>
}

const noBase = '0'.repeat(40)

export const shortRef = (ref: string): string => ref.replace(/^refs\/(heads|tags|pull)\//, '')

export async function sourceOf(host: HubHost, event: HubEvent): Promise<Source | undefined> {
  const payload = jsonOf(event.payload)
  if (event.name === 'push') return pushSource(host, payload)
  if (event.name === 'pull_request_target') return targetSource(host, payload)
  if (event.name.startsWith('pull_request')) return pullSource(host, payload)
  if (event.name === 'workflow_dispatch') return branchSource(host, textAt(payload, 'ref') || host.defaultBranch)
  return branchSource(host, host.defaultBranch)
}

async function branchSource(host: HubHost, name: string): Promise<Source | undefined> {
  const candidates = name.startsWith('refs/') ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`]
  for (const ref of candidates) {
    const sha = await commitOf(host.gitDir, ref)
    if (sha !== undefined) return sourceAt(sha, ref)
  }
  return undefined
}

const sourceAt = (sha: string, ref: string): Source => ({
  sha,
  ref,
  headBranch: shortRef(ref),
  headSha: sha,
  headRef: '',
  baseRef: '',
  workflowSha: sha,
  changed: async () => [],
})

async function pushSource(host: HubHost, payload: Json): Promise<Source | undefined> {
  const sha = await commitOf(host.gitDir, textAt(payload, 'after'))
  if (sha === undefined) return undefined
  const before = textAt(payload, 'before')
  const from = before === noBase || before === '' ? `${sha}^` : before
  const changed = async (): Promise<string[]> => {
    const base = await commitOf(host.gitDir, from)
    return base === undefined ? [] : pathsBetween(host.gitDir, base, sha)
  }
  return { ...sourceAt(sha, textAt(payload, 'ref')), changed }
}

/**
 * A pull request runs on what a merge of it gives, its workflow files too, as they are there; one that was merged, on what the
 * merge gave. While it is in conflict there is no such commit, and nothing starts.
 */
async function pullSource(host: HubHost, payload: Json): Promise<Source | undefined> {
  const pull = jsonAt(payload, 'pull_request')
  const isMerged = jsonAt(pull, 'merged') === true || textAt(pull, 'merged_at') !== ''
  const baseRef = textAt(pull, 'base', 'ref')
  const ref = isMerged ? `refs/heads/${baseRef}` : `refs/pull/${String(jsonAt(pull, 'number'))}/merge`
  const sha = isMerged ? await commitOf(host.gitDir, textAt(pull, 'merge_commit_sha')) : await merged(host, pull, ref)
  return sha === undefined ? undefined : { ...sidesOf(host, pull), sha, ref, workflowSha: sha }
}

async function merged(host: HubHost, pull: Json, ref: string): Promise<string | undefined> {
  const base = await commitOf(host.gitDir, `refs/heads/${textAt(pull, 'base', 'ref')}`)
  const head = await commitOf(host.gitDir, textAt(pull, 'head', 'sha'))
  if (head === undefined) return undefined
  // Without a base there is nothing to merge it with: a closed pull request may have outlived it.
  if (base === undefined) return head
  const commit = await mergeCommitOf(host.gitDir, base, head)
  if (commit === null) return undefined
  await setRef(host.gitDir, ref, commit ?? head)
  return commit ?? head
}

async function targetSource(host: HubHost, payload: Json): Promise<Source | undefined> {
  const source = await branchSource(host, host.defaultBranch)
  return source === undefined ? undefined : { ...source, ...sidesOf(host, jsonAt(payload, 'pull_request')) }
}

const sidesOf = (host: HubHost, pull: Json) => ({
  headBranch: textAt(pull, 'head', 'ref'),
  headSha: textAt(pull, 'head', 'sha'),
  headRef: textAt(pull, 'head', 'ref'),
  baseRef: textAt(pull, 'base', 'ref'),
  changed: () => pathsBetween(host.gitDir, textAt(pull, 'base', 'sha'), textAt(pull, 'head', 'sha')),
})
