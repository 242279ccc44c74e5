import { lstat, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { SandboxHost } from './host.ts'

/** What a command sees of the machine besides the system's own folders, which are read-only. */
export interface Layout {
  /** Folders that are empty and private in the sandbox. */
  hidden: string[]
  /** What can be read inside hidden folders all the same: programs and what belongs to them. */
  shown: string[]
}

/** Sockets of daemons lie in these: whoever reaches docker's is root. */
const ALWAYS_HIDDEN = ['/tmp', '/var/tmp', '/run', '/var/run']

/** Beside a `bin` right under a home (`~/.cargo/bin`) lie credentials too: only these neighbours are shown. */
const NEIGHBOURS = [
  'lib',
  'lib64',
  'libexec',
  'include',
  'versions',
  'version',
  'shims',
  'plugins',
  'tools',
  'src',
  'pkg',
]

export async function layoutOf(host: SandboxHost): Promise<Layout> {
  const hidden = await foldersOf([...ALWAYS_HIDDEN, ...host.homes, ...host.hide])
  const programs = await Promise.all(host.path.split(':').map(async (folder) => [folder, await real(folder)]))
  const wanted = programs.flat().flatMap((folder) => (folder === null ? [] : withNeighbours(folder, hidden)))
  const shown = await showable([...wanted, ...Object.values(host.toolchains)], hidden)
  return { hidden: outermost(hidden), shown: outermost(shown) }
}

/** A program's folder needs its neighbours: node lies in `X/bin`, npm in `X/lib`. */
function withNeighbours(folder: string, hidden: readonly string[]): string[] {
  const parent = dirname(folder)
  const around = hidden.filter((outer) => parent === outer || isInside(parent, outer))
  const [home] = around.sort((a, b) => b.length - a.length)
  if (home === undefined || parent === home) return [folder]
  const isDeep = dirname(parent) !== home
  return isDeep ? [parent] : [folder, ...NEIGHBOURS.map((name) => join(parent, name))]
}

/** Nothing is shown that would bring a hidden folder to light, and nothing needs to be that is not hidden. */
async function showable(wanted: readonly string[], hidden: readonly string[]): Promise<string[]> {
  const covers = (folder: string) => hidden.some((inner) => inner === folder || isInside(inner, folder))
  const found = await Promise.all(
    wanted.map(async (path) => {
      const target = await real(path)
      const isHidden = hidden.some((outer) => isInside(path, outer))
      return target !== null && isHidden && !covers(path) && !covers(target) ? [path] : []
    }),
  )
  return found.flat()
}

const isInside = (inner: string, outer: string): boolean => inner.startsWith(`${outer}/`)

const outermost = (paths: readonly string[]): string[] =>
  [...new Set(paths)].filter((path) => !paths.some((outer) => isInside(path, outer))).sort()

/** Resolved, since a mount goes where a link points to. `/` is left out: without it there is nothing to run. */
async function foldersOf(paths: readonly string[]): Promise<string[]> {
  const folders = await Promise.all(paths.map((path) => real(path, true)))
  return [...new Set(folders.flatMap((folder) => (folder === null || folder === '/' ? [] : [folder])))]
}

async function real(path: string, isFolder = false): Promise<string | null> {
  try {
    const target = await realpath(path)
    return isFolder && !(await stat(target)).isDirectory() ? null : target
  } catch {
    return null
  }
}

/**
 * What git keeps of a work tree, all of which must be read-only: configuration there is code that git runs later,
 * outside the sandbox. `.git` itself must be there and no link, or a command could put its own in its place.
 */
export async function gitFoldersOf(worktree: string): Promise<string[]> {
  const git = join(worktree, '.git')
  const found = await lstat(git).catch(() => null)
  if (found?.isDirectory()) return [git]
  if (!found?.isFile()) throw new Error(`${git} is neither a folder nor a file: nothing to protect`)
  const [, named] = /^gitdir: (.+)$/m.exec(await readFile(git, 'utf8')) ?? []
  if (named === undefined) throw new Error(`${git} names no git folder`)
  const own = await realpath(resolve(worktree, named.trim()))
  const shared = await readFile(join(own, 'commondir'), 'utf8').catch(() => null)
  return [...(shared === null ? [] : [await realpath(resolve(own, shared.trim()))]), own, git]
}

/** What a name server is looked up in. On many machines it is a link into `/run`, which commands do not see. */
const RESOLVER = '/etc/resolv.conf'

/** Files that a command with a network needs besides the system's own. */
export async function resolverFiles(): Promise<string[]> {
  const target = await realpath(RESOLVER).catch(() => RESOLVER)
  return target === RESOLVER ? [] : [target]
}
