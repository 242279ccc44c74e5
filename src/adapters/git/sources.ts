import type { Sha } from '../../core/ids.ts'
import { matches } from '../../core/plan/glob.ts'
import { treePath } from '../../core/text/git-path.ts'
import type { CommitSources, SearchOptions, Sources } from '../../ports/sources.ts'
import { changedLately, historyOf, logOf } from './commit-log.ts'
import { grep } from './grep.ts'
import { checkedSha, type LocalRepo } from './local-repo.ts'
import { contentOf, infoOf } from './objects.ts'
import { gitText, runGit } from './plumbing.ts'
import { bringAllFiles, bringFiles } from './remote/absent-files.ts'
import type { GitStore } from './store.ts'

const TEXT_BYTES = 1024 * 1024
/** Git looks at as many bytes to tell whether a file is binary. */
const FIRST_BYTES = 8000
const LONGEST_LINE = 4000

/** Reads the files of a commit that the store has from git's objects, without a checkout. */
export function openSources(store: GitStore, commit: Sha): CommitSources {
  const { repo } = store
  const at = checkedSha(commit)
  let entries: Promise<Entry[]> | null = null
  let history: Promise<LocalRepo | null> | null = null
  const allEntries = () => {
    entries ??= entriesOf(repo, ['-r', at])
    return entries
  }
  // Tried once: if the history cannot be fetched now, it is not worth another try.
  const deepHistory = () => {
    history ??= historyOf(store, at).catch(() => null)
    return history
  }
  return {
    read: (path) => read(repo, at, path),
    async list(glob, most) {
      const found = pathsOf(await allEntries(), isFile, glob)
      return { paths: found.slice(0, most), more: found.length > most }
    },
    async tree(most) {
      const paths = (await allEntries()).map(({ path }) => path)
      return { paths: paths.slice(0, most), more: paths.length > most }
    },
    search: (pattern, { most, ...wanted }) => search(repo, at, { pattern, most, ...wanted }),
    async log(path, most) {
      const deep = await deepHistory()
      return deep === null ? [] : logOf(deep, at, path, most)
    },
    links: async (glob, most) => linksOf(repo, entriesAt(await allEntries(), isLink, glob).slice(0, most)),
    async changedLately() {
      const deep = await deepHistory()
      return deep === null ? new Map() : changedLately(deep, at)
    },
  }
}

interface Entry {
  mode: string
  sha: Sha
  path: string
}

const isFile = ({ mode }: Entry): boolean => mode.startsWith('100')
const isLink = ({ mode }: Entry): boolean => mode === '120000'

async function entriesOf(repo: LocalRepo, words: readonly string[]): Promise<Entry[]> {
  const text = await gitText(repo, ['ls-tree', '-z', '--full-tree', ...words], { env: { GIT_LITERAL_PATHSPECS: '1' } })
  return text.split('\0').flatMap((line) => {
    const [, mode, sha, path] = /^([0-7]{6}) [a-z]+ ([0-9a-f]{40})\t([\s\S]+)$/.exec(line) ?? []
    return mode && sha && path ? [{ mode, sha, path }] : []
  })
}

const entriesAt = (entries: readonly Entry[], isWanted: (entry: Entry) => boolean, glob: string): Entry[] =>
  entries
    .filter((entry) => isWanted(entry) && matches([glob], entry.path))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1))

const pathsOf = (...of: Parameters<typeof entriesAt>): string[] => entriesAt(...of).map(({ path }) => path)

/** No path is longer on any file system. */
const LINK_BYTES = 4096

async function linksOf(repo: LocalRepo, entries: readonly Entry[]) {
  await bringFiles(
    repo,
    entries.map(({ sha }) => sha),
  )
  const found = entries.map(async ({ path, sha }) => {
    const [info] = await infoOf(repo, [sha])
    if (info === null || info === undefined || info.bytes > LINK_BYTES) return []
    const [link] = await contentOf(repo, [info.sha], LINK_BYTES)
    return link?.type === 'blob' ? [{ path, target: link.content.toString('utf8') }] : []
  })
  return (await Promise.all(found)).flat()
}

async function read(repo: LocalRepo, commit: Sha, path: string): ReturnType<Sources['read']> {
  if (treePath(path) === null) return null
  const file = (await entriesOf(repo, [commit, '--', path])).find((entry) => entry.path === path)
  if (file === undefined || !isFile(file)) return null
  await bringFiles(repo, [file.sha])
  const [info] = await infoOf(repo, [file.sha])
  if (info === null || info === undefined) throw new Error(`the blob ${file.sha} is not here`)
  const content = await startOf(repo, info.sha, info.bytes)
  const binary = content.subarray(0, FIRST_BYTES).includes(0)
  return { text: binary ? '' : textOf(content), binary, bytes: info.bytes }
}

async function startOf(repo: LocalRepo, sha: Sha, bytes: number): Promise<Buffer> {
  if (bytes <= TEXT_BYTES) return (await contentOf(repo, [sha], TEXT_BYTES + 100))[0]?.content ?? Buffer.alloc(0)
  return (await runGit(repo, ['cat-file', 'blob', sha], { maxBytes: TEXT_BYTES, whenFull: 'cut' })).stdout
}

/** Leaves out a character that was cut in half at the end. */
const textOf = (content: Buffer): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(content, { stream: true })

async function search(
  repo: LocalRepo,
  commit: Sha,
  { pattern, most, ...wanted }: SearchOptions & { pattern: string; most: number },
): ReturnType<Sources['search']> {
  await bringAllFiles(repo)
  const found = await grep(repo, pattern, wanted, { show: ['-I', '-n', `--max-count=${most + 1}`], of: [commit] })
  if (!found.ok) return { ok: false, why: found.error }
  const lines = linesOf(found.value.stdout.toString('utf8'), commit).filter(
    ({ path }) => wanted.glob === null || matches([wanted.glob], path),
  )
  return { ok: true, lines: lines.slice(0, most), more: lines.length > most || found.value.cut }
}

/** Parses `<commit>:<path>\0<line>\0<text>\n`; an entry without its end was cut off, and is ignored. */
const linesOf = (output: string, commit: Sha) =>
  [...output.matchAll(/([^\0]*)\0(\d+)\0([^\n]*)\n/gy)].map(([, name = '', line, text = '']) => ({
    path: name.slice(commit.length + 1),
    line: Number(line),
    text: text.slice(0, LONGEST_LINE),
  }))
