import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../../core/ids.ts'
import { type RawChange, rawChanges } from '../diff.ts'
import { type Name, namesIn } from '../name.ts'
import { runGit } from '../plumbing.ts'
import type { Checkout } from './worktree-state.ts'

/** What is in the index: files and links, submodules with their commits, and how many of both are somewhere in a folder. */
export interface IndexNames {
  files: Set<Name>
  submodules: Map<Name, Sha>
  folders: Map<Name, number>
  /** How often something of a folder itself, `/` at its end, came or went since the index was read. */
  changes: Map<Name, number>
}

const SUBMODULE = '160000'

async function readIndex(repo: Checkout): Promise<IndexNames> {
  const { stdout } = await runGit(repo, ['ls-files', '--stage', '-z'], { maxBytes: 512 * 1024 * 1024 })
  const names: IndexNames = { files: new Set(), submodules: new Map(), folders: new Map(), changes: new Map() }
  // `<mode> <id> <stage>\t<name>`
  for (const line of namesIn(stdout))
    put(names, line.slice(line.indexOf('\t') + 1), line.slice(0, 6), line.slice(7, 47))
  return names
}

function followChanges(names: IndexNames, changes: readonly RawChange[]): void {
  for (const { name } of changes) {
    const folder = name.slice(0, name.lastIndexOf('/') + 1)
    names.changes.set(folder, (names.changes.get(folder) ?? 0) + 1)
    drop(names, name)
  }
  for (const { name, status, newMode, newSha } of changes) if (status !== 'D') put(names, name, newMode, newSha)
}

function put(names: IndexNames, name: Name, mode: string, sha: Sha): void {
  if (mode === SUBMODULE) names.submodules.set(name, sha)
  else names.files.add(name)
  count(names, name, 1)
}

function drop(names: IndexNames, name: Name): void {
  const isThere = names.files.delete(name) || names.submodules.delete(name)
  if (isThere) count(names, name, -1)
}

function count({ folders }: IndexNames, name: Name, by: number): void {
  for (let end = name.lastIndexOf('/'); end !== -1; end = name.lastIndexOf('/', end - 1)) {
    const folder = name.slice(0, end)
    const now = (folders.get(folder) ?? 0) + by
    if (now === 0) folders.delete(folder)
    else folders.set(folder, now)
  }
}

/** Tells whether the index was written since; git replaces the file each time. */
async function indexStamp({ gitDir }: Checkout): Promise<string> {
  const found = await stat(join(gitDir, 'index'), { bigint: true }).catch(() => null)
  return found === null ? '' : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`
}

/** What is known of the index of a work tree; git is asked only for what changed. */
export interface KnownIndex {
  names(): Promise<IndexNames>
  /** The tree that it holds, as far as that is known and nothing has written it since. */
  tree(): Promise<Sha | null>
  /** To be called when git has just written it: it holds exactly this tree. */
  holds(tree: Sha): Promise<void>
}

export function knownIndex(repo: Checkout): KnownIndex {
  let known: { names: IndexNames; tree: Sha | null; stamp: string } | null = null
  const isCurrent = async () => known?.stamp === (await indexStamp(repo))
  return {
    async names() {
      const stamp = await indexStamp(repo)
      if (known?.stamp !== stamp) known = { names: await readIndex(repo), tree: null, stamp }
      return known.names
    },
    tree: async () => ((await isCurrent()) ? (known?.tree ?? null) : null),
    async holds(tree) {
      const before = known
      known = null
      if (before?.tree != null) followChanges(before.names, await rawChanges(repo, before.tree, tree))
      const names = before?.tree == null ? await readIndex(repo) : before.names
      known = { names, tree, stamp: await indexStamp(repo) }
    },
  }
}
