import { readFile, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { parseRemote, type Remote } from './remote.ts'
import { git, topOf } from './repository.ts'
import { Mistake } from './subcommand.ts'

/** The value of `uses:` in a workflow: a repository, a folder of it, and a tag, branch or commit. */
export interface ActionAddress {
  owner: string
  repo: string
  /** '' or '/folder'. */
  path: string
  ref: string
}

const SHAPE =
  /^(?<owner>[A-Za-z0-9][\w-]*)\/(?<repo>[\w.-]*\w[\w.-]*)(?<path>(?:\/[\w-][\w.-]*)*)@(?<ref>[A-Za-z0-9][\w./-]*)$/

/** Null if GitHub would reject it, or git would read it as something else. */
export function parseAddress(text: string): ActionAddress | null {
  const { owner, repo, path, ref } = SHAPE.exec(text)?.groups ?? {}
  if (owner === undefined || repo === undefined || path === undefined || ref === undefined) return null
  if (/\.\.|\/\/|\/$|\.$|\.lock$/.test(ref)) return null
  return { owner, repo, path, ref }
}

export function readAddress(text: string): ActionAddress {
  const address = parseAddress(text)
  if (address !== null) return address
  throw new Mistake(`--uses '${text}' is not the address of an action; write --uses OWNER/REPO@REF`)
}

/** An action of the repository that the workflow is in. */
export const isLocal = (uses: string): boolean => /^(\.|\$)\//.test(uses)

export const isCommit = (ref: string): boolean => /^[0-9a-f]{40}$/.test(ref)

export const usesText = ({ owner, repo, path, ref }: ActionAddress): string => `${owner}/${repo}${path}@${ref}`

const GITHUB = 'github.com'

/**
 * Where the action is published that this command is a part of: the origin of its checkout, the git address that npm
 * took it from, or the `repository` of its package. A fork's package still names the first owner, so that one comes last.
 */
export async function ownAddress(home: string): Promise<ActionAddress | null> {
  return (await ofCheckout(home)) ?? (await ofGitInstall(home)) ?? (await ofPackage(home))
}

async function ofCheckout(home: string): Promise<ActionAddress | null> {
  const top = await topOf(home)
  if (top === null || (await realpath(top)) !== (await realpath(home))) return null
  const origin = await git(home, 'remote', 'get-url', 'origin')
  const tag = addressAt(origin, await git(home, 'describe', '--tags', '--exact-match'))
  if (tag !== null) return tag
  const commit = addressAt(origin, await git(home, 'rev-parse', 'HEAD'))
  if (commit !== null && (await git(home, 'branch', '--remotes', '--contains', 'HEAD')) === '')
    throw new Mistake(
      `the action's commit ${commit.ref} in ${home} is not pushed to a branch yet; push it, or name another commit: --uses OWNER/REPO@REF`,
      { typing: false },
    )
  return commit
}

const installedSchema = z.object({ packages: z.record(z.string(), z.looseObject({ resolved: z.string().optional() })) })

async function ofGitInstall(home: string): Promise<ActionAddress | null> {
  const { url, commit } = await gitInstall(home)
  return addressAt(url, commit)
}

/** npm notes where a package came from beside the package, `git+ssh://git@github.com/o/r.git#<commit>`. */
async function gitInstall(home: string): Promise<{ url: string | undefined; commit: string | undefined }> {
  const lock = installedSchema.safeParse(await json(join(dirname(home), '.package-lock.json')))
  const resolved = lock.data?.packages[`node_modules/${basename(home)}`]?.resolved
  const [, url, commit] = /^git\+(.+)#([0-9a-f]{40})$/.exec(resolved ?? '') ?? []
  return { url, commit }
}

const packageSchema = z.looseObject({
  version: z.string(),
  repository: z.union([z.string(), z.looseObject({ url: z.string() }).transform(({ url }) => url)]).optional(),
})

async function ofPackage(home: string): Promise<ActionAddress | null> {
  const { repository, version } = (await packageOf(home)) ?? {}
  const url = repository?.replace(/^git\+/, '').replace(/^(?:github:)?([\w-]+\/[\w.-]+)$/, `https://${GITHUB}/$1`)
  return addressAt(url, version === undefined ? null : `v${version}`)
}

async function packageOf(home: string): Promise<z.infer<typeof packageSchema> | null> {
  return packageSchema.safeParse(await json(join(home, 'package.json'))).data ?? null
}

function addressAt(url: string | null | undefined, ref: string | null | undefined): ActionAddress | null {
  const remote: Remote | null = url ? parseRemote(url) : null
  if (remote === null || remote.host !== GITHUB) return null
  return parseAddress(`${remote.owner}/${remote.repo}@${ref ?? ''}`)
}

async function json(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return null
  }
}

/** The version of the package, and the commit that it was taken from, if that can be known. */
export async function versionOf(home: string): Promise<string> {
  const version = (await packageOf(home))?.version ?? 'of an unknown version'
  const top = await topOf(home)
  const isCheckout = top !== null && `${top}/` === home.replace(/\/*$/, '/')
  const commit = isCheckout
    ? await git(home, 'describe', '--always', '--dirty', '--abbrev=12', '--exclude=*')
    : (await gitInstall(home)).commit?.slice(0, 12)
  return `tributary ${version}${commit ? ` (${commit})` : ''}`
}
