import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../core/ids.ts'
import { nameFaults, staysInside, type TreeFaults } from '../../core/landing/tree-faults.ts'
import { isFileMode, type RawChange, rawChanges, sizesOf } from './diff.ts'
import { checkedSha, type LocalRepo } from './local-repo.ts'
import { bytesOf, type Name, pathOf } from './name.ts'
import { contentOf } from './objects.ts'
import { runGit } from './plumbing.ts'
import { bringFiles } from './remote/absent-files.ts'

interface Entry {
  mode: string
  sha: Sha
  name: Name
}

/** What is wrong with the files that `head` adds to `base`. Asks git's objects only, and the attributes that `head` has. */
export async function treeFaultsBetween(repo: LocalRepo, base: Sha, head: Sha): Promise<TreeFaults> {
  const changes = await rawChanges(repo, base, head)
  const written = changes.filter(({ status }) => status !== 'D')
  if (written.length === 0) return { links: [], names: [], lfs: [] }
  const before = await entriesOf(repo, base)
  const after = afterChanges(before, changes)
  return {
    links: await outwardLinks(repo, written, after),
    names: nameFaults(
      changes,
      before.map(({ name }) => pathOf(name)),
    ),
    lfs: await lfsFiles(repo, written, before, after),
  }
}

const TREE_BYTES = 512 * 1024 * 1024

async function entriesOf(repo: LocalRepo, commit: Sha): Promise<Entry[]> {
  const args = ['ls-tree', '-r', '-z', '--full-tree', checkedSha(commit)]
  const lines = (await runGit(repo, args, { maxBytes: TREE_BYTES })).stdout.toString('latin1').split('\0')
  return lines.slice(0, -1).map((line) => {
    const [mode = '', , sha = ''] = line.slice(0, line.indexOf('\t')).split(' ')
    return { mode, sha, name: line.slice(line.indexOf('\t') + 1) }
  })
}

/** The entries of the head, without reading its tree too. */
function afterChanges(before: readonly Entry[], changes: readonly RawChange[]): Entry[] {
  const touched = new Set(changes.map(({ name }) => name))
  const written = changes.filter(({ status }) => status !== 'D')
  return [
    ...before.filter(({ name }) => !touched.has(name)),
    ...written.map(({ name, newMode, newSha }) => ({ mode: newMode, sha: newSha, name })),
  ]
}

const TEXT_BYTES = 64 * 1024 * 1024

/** Contents by name, as latin1. */
async function textsOf(repo: LocalRepo, entries: readonly { sha: Sha; name: Name }[]): Promise<Map<Name, string>> {
  const shas = entries.map(({ sha }) => sha)
  await bringFiles(repo, shas)
  const contents = await contentOf(repo, shas, TEXT_BYTES)
  return new Map(entries.map(({ name }, index) => [name, contents[index]?.content.toString('latin1') ?? '']))
}

async function outwardLinks(repo: LocalRepo, written: readonly RawChange[], after: readonly Entry[]) {
  const links = written.filter(({ newMode }) => newMode === LINK)
  if (links.length === 0) return []
  const targets = await textsOf(
    repo,
    after.filter(({ mode }) => mode === LINK),
  )
  const byPath = new Map([...targets].map(([name, target]) => [pathOf(name), pathOf(target)]))
  return links.map(({ path }) => path).filter((path) => !staysInside(path, byPath))
}

const LINK = '120000'

const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\r?\n/
const POINTER_BYTES = 1024

/** Files that LFS has to hold, and does not: what a task wrote in place of a pointer, and pointers that the base has not. */
async function lfsFiles(
  repo: LocalRepo,
  written: readonly RawChange[],
  before: readonly Entry[],
  after: readonly Entry[],
): Promise<string[]> {
  const old = new Set(before.map(({ sha }) => sha))
  const files = written.filter(({ newMode, newSha }) => isFileMode(newMode) && !old.has(newSha))
  const sizes = await sizesOf(
    repo,
    files.map(({ newSha }) => newSha),
  )
  const small = files.filter(({ newSha }) => (sizes.get(newSha) ?? 0) <= POINTER_BYTES)
  const texts = await textsOf(
    repo,
    small.map(({ name, newSha }) => ({ name, sha: newSha })),
  )
  const filtered = await lfsNames(
    repo,
    after,
    files.map(({ name }) => name),
  )
  return files.filter(({ name }) => filtered.has(name) || POINTER.test(texts.get(name) ?? '')).map(({ path }) => path)
}

/** Those of the names for which the tree's attributes say `filter=lfs`. */
async function lfsNames(repo: LocalRepo, tree: readonly Entry[], names: readonly Name[]): Promise<Set<Name>> {
  const attributes = tree.filter(({ mode, name }) => isFileMode(mode) && /(?:^|\/)\.gitattributes$/.test(name))
  const texts = await textsOf(repo, attributes)
  if (names.length === 0 || ![...texts.values()].some((text) => text.includes('filter=lfs'))) return new Set()
  // An index of nothing but attributes: a bare repository reads them from nowhere else before git 2.41.
  const index = join(repo.gitDir, `attributes-${randomUUID()}`)
  const env = { GIT_INDEX_FILE: index }
  try {
    const lines = attributes.map(({ mode, sha, name }) => `${mode} ${sha}\t${name}\0`)
    await runGit(repo, ['update-index', '-z', '--index-info'], { env, input: bytesOf(lines.join('')) })
    const args = ['check-attr', '--cached', '--stdin', '-z', 'filter']
    const input = bytesOf(names.map((name) => `${name}\0`).join(''))
    const fields = (await runGit(repo, args, { env, input })).stdout.toString('latin1').split('\0')
    return new Set(fields.flatMap((field, at) => (at % 3 === 2 && field === 'lfs' ? (fields[at - 2] ?? []) : [])))
  } finally {
    await rm(index, { force: true })
  }
}
