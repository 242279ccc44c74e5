import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type ActionAddress, isCommit, usesText } from './address.ts'
import { Mistake } from './subcommand.ts'

const execute = promisify(execFile)

export interface Pinned {
  /** The value of `uses:`, with its comment. */
  uses: string
  /** The ref that the workflow names: a commit, if GitHub could be asked. */
  ref: string
  /** Why it is no commit. */
  notice: string | null
}

/** Resolves a tag or a branch to its current commit, with the name as a comment: a tag can be moved, a commit cannot. */
export async function pin(address: ActionAddress, server: string): Promise<Pinned> {
  const { owner, repo, ref } = address
  if (isCommit(ref)) return { uses: usesText(address), ref, notice: null }
  const url = `${server}/${owner}/${repo}.git`
  const listed = await list(url, ref)
  if (listed.state === 'unknown') {
    const notice = `${owner}/${repo}@${ref} is not pinned to a commit: ${listed.why}.`
    return { uses: usesText(address), ref, notice }
  }
  if (listed.commit === null)
    throw new Mistake(`${owner}/${repo} has no tag or branch '${ref}'; \`git ls-remote ${url}\` lists what there is`)
  return { uses: `${usesText({ ...address, ref: listed.commit })} # ${ref}`, ref: listed.commit, notice: null }
}

type Listed = { state: 'known'; commit: string | null } | { state: 'unknown'; why: string }

async function list(url: string, ref: string): Promise<Listed> {
  const names = [`refs/tags/${ref}^{}`, `refs/tags/${ref}`, `refs/heads/${ref}`]
  try {
    // With an empty askpass, git fails instead of asking for a password.
    const words = [
      '-c',
      'core.askPass=true',
      '-c',
      'credential.interactive=false',
      'ls-remote',
      '--end-of-options',
      url,
    ]
    const { stdout } = await execute('git', [...words, ...names], { encoding: 'utf8', timeout: 10_000 })
    const found = new Map(
      stdout
        .split('\n')
        .map((line) => line.split('\t').toReversed())
        .map(([name = '', sha = '']) => [name, sha]),
    )
    return { state: 'known', commit: names.map((name) => found.get(name)).find(Boolean) ?? null }
  } catch (error) {
    return { state: 'unknown', why: whyNot(error, new URL(url).host) }
  }
}

function whyNot(error: unknown, host: string): string {
  const message = error instanceof Error ? error.message : String(error)
  if (/not found|Authentication failed|could not read|403/i.test(message))
    return `${host} has no such repository, or it is private`
  return `${host} could not be reached`
}
