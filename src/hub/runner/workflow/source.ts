import type { HubEvent, HubHost, RunSource } from '../../host.ts'
import { commitOf, mergesCleanly, pathsBetween } from './git.ts'
import { type Json, jsonAt, jsonOf, textAt } from './json.ts'

/** GITHUB_SHA, GITHUB_REF and what else depends on them. */
export interface Source extends RunSource {
  /** Files that a push or a pull request changes; computed only for `paths` filters. */
  changed(): Promise<string[]>
}

const noBase = '0'.repeat(40)

export const shortRef = (ref: string): string => ref.replace(/^refs\/(heads|tags|pull)\//, '')

export async function sourceOf(host: HubHost, event: HubEvent): Promise<Source | undefined> {
  const payload = jsonOf(event.payload)
  if (event.name === 'push') return pushSource(host, payload)
  if (event.name.startsWith('pull_request'))
    return event.name !== 'pull_request_target' && (await isInConflict(host, payload))
      ? undefined
      : pullSource(host, payload)
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
  headRef: '',
  baseRef: '',
  workflowSha: sha,
  changed: async () => [],
})

async function isInConflict(host: HubHost, payload: Json): Promise<boolean> {
  const pull = jsonAt(payload, 'pull_request')
  const base = await commitOf(host.gitDir, `refs/heads/${textAt(pull, 'base', 'ref')}`)
  const head = await commitOf(host.gitDir, textAt(pull, 'head', 'sha'))
  if (jsonAt(pull, 'merged') === true || base === undefined || head === undefined) return false
  return !(await mergesCleanly(host.gitDir, base, head))
}

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
 * A merged pull request points to its base branch, any other to its merge ref; while it is in conflict there is none, and
 * `pull_request` starts nothing.
 */
async function pullSource(host: HubHost, payload: Json): Promise<Source | undefined> {
  const pull = jsonAt(payload, 'pull_request')
  const [head, base] = [textAt(pull, 'head', 'sha'), textAt(pull, 'base', 'sha')]
  const fallback = await branchSource(host, host.defaultBranch)
  const sha =
    (await commitOf(host.gitDir, textAt(pull, 'merge_commit_sha'))) ?? (await commitOf(host.gitDir, head)) ?? ''
  const merged = jsonAt(pull, 'merged') === true
  const baseRef = textAt(pull, 'base', 'ref')
  return {
    sha: sha || (fallback?.sha ?? ''),
    ref: merged ? `refs/heads/${baseRef}` : `refs/pull/${String(jsonAt(pull, 'number'))}/merge`,
    headBranch: textAt(pull, 'head', 'ref'),
    headRef: textAt(pull, 'head', 'ref'),
    baseRef,
    workflowSha: fallback?.sha ?? sha,
    changed: () => pathsBetween(host.gitDir, base, head),
  }
}
