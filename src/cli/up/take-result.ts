import { pathToFileURL } from 'node:url'
import { trunkBranch } from '../../core/ids.ts'
import { replay } from '../../core/run/evolve.ts'
import { workOf } from '../../core/run/state.ts'
import { readJournal } from '../journal.ts'
import { git } from '../repository.ts'
import { EnvironmentError } from '../subcommand.ts'
import { gitInCheckout } from './checkout-git.ts'
import { hubRepository, type Place } from './place.ts'

export interface Taken {
  branch: string
  commit: string
}

export const resultBranch = (run: string): string => `tributary/${run}`

const MOST_NAMES = 50

/** Whether a branch of the person's repository, or of a remote of it, holds the commit: it was taken, pushed or merged. */
export async function isTaken({ top }: Place, commit: string): Promise<boolean> {
  const branches = ['refs/heads', 'refs/remotes']
  const names = await git(top, 'for-each-ref', '--count=1', '--format=%(refname)', `--contains=${commit}`, ...branches)
  return names !== null && names !== ''
}

/** Takes the result as a branch of a name that is free, or that it only moves forward. */
export async function takeUnderFreeName(place: Place, run: string): Promise<Taken> {
  for (let number = 1; ; number += 1) {
    const branch = number === 1 ? resultBranch(run) : `${resultBranch(run)}.${number}`
    const isTaken = (await git(place.top, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}`)) !== null
    try {
      return await takeResult(place, run, branch)
    } catch (error) {
      if (!isTaken || number === MOST_NAMES || !(error instanceof EnvironmentError)) throw error
    }
  }
}

/** Whatever the person's configuration asks for: pruning would take a branch without a counterpart for one that is gone. */
export const NOTHING_ELSE = [
  ...['--no-tags', '--no-prune', '--no-write-fetch-head'],
  ...['--no-auto-maintenance', '--no-recurse-submodules'],
]

/**
 * Fetches the trunk of a run from the hub into the person's repository, as a branch: new, or moved forward. Neither the checkout
 * nor the branch that is checked out changes.
 */
export async function takeResult(place: Place, run: string, branch: string): Promise<Taken> {
  const gitDir = hubRepository(place)
  if ((await git(place.top, 'check-ref-format', '--branch', branch)) === null)
    throw new EnvironmentError(`'${branch}' cannot be the name of a branch`)
  const commit =
    (await git(gitDir, 'rev-parse', '--verify', '--quiet', `refs/heads/${trunkBranch(run)}`)) ??
    (await trunkOf(gitDir, run))
  if (commit === null) throw new EnvironmentError(`run ${run} has no result yet`)
  const words = ['fetch', ...NOTHING_ELSE, gitDir, `${commit}:refs/heads/${branch}`]
  const fetched = await gitInCheckout(place, words, { 'safe.directory': '*' })
  if (!fetched.ok)
    throw new EnvironmentError(`git did not make the branch ${branch}: ${reasonOf(fetched.words, branch)}`)
  return { branch, commit }
}

/** After the merge of its final pull request, a run has no branches. */
async function trunkOf(gitDir: string, run: string): Promise<string | null> {
  const events = await readJournal(pathToFileURL(gitDir).href, '', run)
  return workOf(replay(events))?.trunk.tip ?? null
}

/** git's words, with what to do about the usual ones. */
function reasonOf(words: string, branch: string): string {
  if (/non-fast-forward|rejected/.test(words))
    return `one of that name is there with other commits; \`git branch -m ${branch} ${branch}-before\` keeps it under another name`
  if (/refusing to fetch into/.test(words))
    return 'it is checked out, and a checkout is not touched; switch to another branch'
  return /^(?:fatal|error): (.*)$/m.exec(words)?.[1] ?? words
}
