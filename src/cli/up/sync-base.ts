import { count } from '../../render/markdown/format.ts'
import { git } from '../repository.ts'
import { shellQuoted } from '../started-as.ts'
import { gitInCheckout } from './checkout-git.ts'
import type { HubAddress } from './holder.ts'
import { hubRepository, isResult, type Place } from './place.ts'

/** What became of a branch of the person in the hub's repository. */
export type Synced =
  | { branch: string; outcome: 'same' | 'new' }
  | { branch: string; outcome: 'forward'; commits: number }
  /** The hub's has commits that the person's has not: merged there, or the person's was rewritten. */
  | { branch: string; outcome: 'ahead' | 'diverged' }
  | { branch: string; outcome: 'refused'; words: string }

/** Brings new commits of the hub's default branch, and of the branch that is checked out, to the hub. Only forward. */
export async function syncBase(place: Place, address: HubAddress): Promise<Synced[]> {
  const synced: Synced[] = []
  for (const branch of new Set([address.defaultBranch, place.branch ?? address.defaultBranch])) {
    const local = await git(place.top, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`)
    // A result that was taken comes from the hub.
    if (local !== null && !isResult(branch)) synced.push(await bring(place, address, { branch, local }))
  }
  return synced
}

async function bring(
  place: Place,
  { git: url, token }: HubAddress,
  { branch, local }: { branch: string; local: string },
): Promise<Synced> {
  const gitDir = hubRepository(place)
  const ref = `refs/heads/${branch}`
  const there = await git(gitDir, 'rev-parse', '--verify', '--quiet', ref)
  if (there === local) return { branch, outcome: 'same' }
  if (there !== null && (await git(gitDir, 'merge-base', '--is-ancestor', local, there)) !== null)
    return { branch, outcome: 'ahead' }
  const header = `Authorization: basic ${Buffer.from(`admin:${token}`).toString('base64')}`
  const pushed = await gitInCheckout(place, ['push', '--quiet', '--no-verify', url, `${ref}:${ref}`], {
    'http.extraHeader': header,
    // A proxy of the person is for other machines.
    'http.proxy': '',
  })
  if (!pushed.ok)
    return isBehind(pushed.words)
      ? { branch, outcome: 'diverged' }
      : { branch, outcome: 'refused', words: pushed.words }
  if (there === null) return { branch, outcome: 'new' }
  const commits = Number(await git(place.top, 'rev-list', '--count', `${there}..${local}`))
  return { branch, outcome: 'forward', commits }
}

const isBehind = (words: string): boolean => /non-fast-forward|fetch first|\[rejected\]/.test(words)

/** What a person should know about it; nothing if all is as it was. */
export function syncLine(synced: Synced, place: Place): string | null {
  const { branch } = synced
  switch (synced.outcome) {
    case 'same':
    case 'new':
      return null
    case 'forward':
      return `${count(synced.commits, 'new commit')} of ${branch} came to the hub.`
    case 'ahead':
      return `${branch} has commits in the hub that yours has not, and plans start from those; \`git pull --ff-only ${shellQuoted(hubRepository(place))} ${branch}\` takes them.`
    case 'diverged':
      return `Your ${branch} does not follow what the hub had of it, so plans start from that; \`rm -r ${shellQuoted(place.dataDir)}\`, with no hub running, begins again from yours, without earlier runs.`
    case 'refused':
      return `The hub did not take ${branch}, so plans start from what it had: ${synced.words.split('\n', 1)[0]}`
  }
}
