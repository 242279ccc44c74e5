import { createHash, randomUUID } from 'node:crypto'
import { access, mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import type { Sha } from '../../core/ids.ts'
import { defaultSettings } from '../../core/settings.ts'
import type { CommitWords } from '../../ports/repo.ts'
import { checkedRef, checkedSha, type LocalRepo } from './local-repo.ts'
import { type ObjectContent, type ObjectInfo, objectReader } from './object-reader.ts'

export const AUTHOR = defaultSettings.commits.author

const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000)

interface CommitParts {
  tree: Sha
  parents: readonly Sha[]
  words: CommitWords
  at: Date
}

/** Does not check that the tree and the parents exist. */
export async function writeCommit(repo: LocalRepo, { tree, parents, words, at }: CommitParts): Promise<Sha> {
  const by = `${words.author ?? AUTHOR} ${secondsOf(at)} +0000`
  const head = [`tree ${checkedSha(tree)}`, ...parents.map((parent) => `parent ${checkedSha(parent)}`)]
  const text = [...head, `author ${by}`, `committer ${by}`, '', commitMessage(words)].join('\n')
  return writeLoose(repo, 'commit', Buffer.from(text))
}

const HEADER =
  /^tree [0-9a-f]{40}\n(?:parent [0-9a-f]{40}\n)*author ([^\n]+) \d+ \+0000\ncommitter ([^\n]+) \d+ \+0000\n\n/

/** Large, since the message of a journal commit holds all its events. */
const COMMIT_BYTES = 64 * 1024 * 1024

async function commitText(repo: LocalRepo, commit: Sha): Promise<string> {
  const [found] = await contentOf(repo, [checkedSha(commit)], COMMIT_BYTES)
  if (found?.type !== 'commit') throw new Error(`commit ${commit} is not here`)
  return found.content.toString('utf8')
}

/** Whether a commit is what `writeCommit` makes of these words: their author, that message, and no other header. */
export async function isWrittenAs(repo: LocalRepo, commit: Sha, words: CommitWords): Promise<boolean> {
  const text = await commitText(repo, commit)
  const [header, author, committer] = HEADER.exec(text) ?? []
  const by = words.author ?? AUTHOR
  return header !== undefined && author === by && committer === by && text.slice(header.length) === commitMessage(words)
}

export const writeBlob = (repo: LocalRepo, text: string): Promise<Sha> => writeLoose(repo, 'blob', Buffer.from(text))

interface TreeFile {
  path: string
  sha: Sha
}

/** A tree of plain files, without folders. */
export async function writeTree(repo: LocalRepo, files: readonly TreeFile[]): Promise<Sha> {
  const entries = files
    .map(({ path, sha }) => ({ name: Buffer.from(path), id: Buffer.from(checkedSha(sha), 'hex') }))
    .toSorted((one, other) => Buffer.compare(one.name, other.name))
  const lines = entries.flatMap(({ name, id }) => [Buffer.from('100644 '), name, Buffer.from([0]), id])
  return writeLoose(repo, 'tree', Buffer.concat(lines))
}

interface CommitHead {
  tree: Sha
  parents: Sha[]
}

export async function readCommit(repo: LocalRepo, commit: Sha): Promise<CommitHead> {
  const text = await commitText(repo, commit)
  const header = text.slice(0, text.indexOf('\n\n')).split('\n')
  const valuesOf = (name: string) =>
    header.filter((line) => line.startsWith(`${name} `)).map((line) => checkedSha(line.slice(name.length + 1)))
  const [tree] = valuesOf('tree')
  if (tree === undefined) throw new Error(`commit ${commit} has no tree`)
  return { tree, parents: valuesOf('parent') }
}

const LONGEST_NAME = 200

export async function authorOf(repo: LocalRepo, commit: Sha): Promise<string> {
  const line = /^author (.*) <[^>]*> \d+ [+-]\d+$/m.exec(await commitText(repo, commit))
  return oneLine(line?.[1] ?? '').slice(0, LONGEST_NAME)
}

const TRAILER_NAME = /^[A-Za-z][A-Za-z0-9-]*$/

/** Subject, body and trailers, separated by blank lines, as `git interpret-trailers` reads them. */
export function commitMessage({ subject, body = '', trailers = {} }: CommitWords): string {
  const parts = [oneLine(subject), textOf(body), Object.entries(trailers).map(trailer).join('\n')]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function trailer([name, value]: [string, string]): string {
  if (!TRAILER_NAME.test(name)) throw new Error(`no name for a trailer: ${JSON.stringify(name)}`)
  return `${name}: ${oneLine(value)}`
}

/** A value with a line break could forge further trailers. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()

const textOf = (text: string): string => text.replace(/\r\n?/g, '\n').replaceAll('\0', '').trim()

const deflated = promisify(deflate)

/**
 * Writes a loose object as git does, byte for byte, without starting a process, which was half of a merge's time. Does not
 * check that the objects it refers to exist.
 */
async function writeLoose({ gitDir }: LocalRepo, type: 'blob' | 'tree' | 'commit', content: Buffer): Promise<Sha> {
  const object = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
  const sha = createHash('sha1').update(object).digest('hex')
  const folder = join(gitDir, 'objects', sha.slice(0, 2))
  const path = join(folder, sha.slice(2))
  if (!(await exists(path))) {
    await mkdir(folder, { recursive: true })
    // Renamed when complete, so that a reader never finds half an object.
    const unfinished = join(folder, `tmp_obj_${randomUUID()}`)
    await writeFile(unfinished, await deflated(object), { mode: 0o444 })
    await rename(unfinished, path)
  }
  return sha
}

/**
 * Writes a ref as a file, as `git update-ref` does. Only for a repository that no other program uses: refs must not be
 * packed, and each must have one writer.
 */
export const writeRef = async ({ gitDir }: LocalRepo, ref: string, sha: Sha): Promise<void> =>
  writeId(join(gitDir, checkedRef(ref)), sha)

/** Detaches HEAD at the commit. */
export const writeHead = ({ gitDir }: LocalRepo, sha: Sha): Promise<void> => writeId(join(gitDir, 'HEAD'), sha)

async function writeId(path: string, sha: Sha): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  // Git ignores `.lock` files.
  const unfinished = `${path}.${randomUUID()}.lock`
  await writeFile(unfinished, `${checkedSha(sha)}\n`)
  await rename(unfinished, path)
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** In the order of `names`; null for a missing object. */
export const infoOf = (repo: LocalRepo, names: readonly string[]): Promise<(ObjectInfo | null)[]> =>
  Promise.all(names.map((name) => objectReader(repo).info(name)))

/** In the order of `names`; null for a missing object. Throws before reading if all together exceed `maxBytes`. */
export async function contentOf(
  repo: LocalRepo,
  names: readonly string[],
  maxBytes: number,
): Promise<(ObjectContent | null)[]> {
  const bytes = (await infoOf(repo, names)).reduce((sum, info) => sum + (info?.bytes ?? 0), 0)
  if (bytes > maxBytes) throw new Error(`git cat-file has ${bytes} bytes to say, more than ${maxBytes}`)
  return Promise.all(names.map((name) => objectReader(repo).content(name)))
}
