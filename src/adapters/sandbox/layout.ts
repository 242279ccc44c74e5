import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { SandboxHost } from './host.ts'

/** What a command sees of the machine, apart from the system's folders, which are read-only. */
export interface Layout {
  /** Folders that are empty and private in the sandbox. */
  hidden: string[]
  /** Folders that are empty in the sandbox, but for what is mounted in them: neither the system's nor the work tree. */
  closed: string[]
  /** Paths inside hidden folders that are readable nevertheless: programs and what they need. */
  shown: string[]
}

/** These hold sockets of daemons: access to docker's is access as root. */
const ALWAYS_HIDDEN = ['/tmp', '/var/tmp', '/run', '/var/run']

/** Next to a `bin` two levels below a home (`~/.cargo/bin`) there are credentials too, so only these siblings are shown. */
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
  const closed = (await otherFolders(host.path)).filter((folder) => !hidden.includes(folder))
  const unseen = [...hidden, ...closed]
  const programs = await Promise.all(host.path.split(':').map(async (folder) => [folder, await real(folder)]))
  const wanted = programs.flat().flatMap((folder) => (folder === null ? [] : withNeighbours(folder, unseen)))
  const shown = await showable([...wanted, ...Object.values(host.toolchains)], unseen)
  return { hidden: outermost(hidden), closed, shown: outermost(shown) }
}

/** Where a system keeps itself and its programs; all else at the root is data of the machine's owner. */
const SYSTEM =
  /^\/(?:(?:bin|dev|etc|gnu|lib|lib32|lib64|libx32|nix|opt|proc|run|sbin|snap|sys|tmp|usr|var)|var\/(?:cache|lib|lock|run|tmp))$/

/** A folder whose `bin` is on PATH is an installation, such as `/venv`. */
async function otherFolders(path: string): Promise<string[]> {
  const installed = path.split(':').map(dirname)
  const found = await Promise.all(
    ['/', '/var'].map((folder) => readdir(folder, { withFileTypes: true }).catch(() => [])),
  )
  return found
    .flat()
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((folder) => !SYSTEM.test(folder) && !installed.includes(folder))
}

/** A program's folder needs its siblings: node is in `X/bin`, npm in `X/lib`. */
function withNeighbours(folder: string, hidden: readonly string[]): string[] {
  const parent = dirname(folder)
  const around = hidden.filter((outer) => parent === outer || isInside(parent, outer))
  const [home] = around.sort((a, b) => b.length - a.length)
  if (home === undefined || parent === home) return [folder]
  const isDeep = dirname(parent) !== home
  return isDeep ? [parent] : [folder, ...NEIGHBOURS.map((name) => join(parent, name))]
}

/** The paths inside a hidden folder that do not contain another hidden folder. Other paths are visible anyway. */
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

/** Resolved, since a mount follows links. Leaves out `/`: with that hidden, there is no program to run. */
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
 * The git folders of a work tree, all of which must be read-only: git runs programs that their configuration names, later
 * and outside the sandbox. `.git` itself must exist and be no link, or a command could replace it.
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

/** Names the DNS servers. On many machines it is a link into `/run`, which is hidden from commands. */
const RESOLVER = '/etc/resolv.conf'

/** Files that a command with network access needs in addition to the system's. */
export async function resolverFiles(): Promise<string[]> {
  const target = await realpath(RESOLVER).catch(() => RESOLVER)
  return target === RESOLVER ? [] : [target]
}
