import type { Sha } from '../../core/ref.ts'
import type { CommitWords } from '../../ports/repo.ts'
import { contentOf } from './batch.ts'
import { writeLoose } from './loose.ts'
import { commitMessage } from './message.ts'
import { checkedSha, type GitPlace } from './place.ts'

export const NAME = 'Tributary'
export const EMAIL = 'tributary@users.noreply.github.com'

const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000)

interface CommitParts {
  tree: Sha
  parents: readonly Sha[]
  words: CommitWords
  at: Date
}

/** Tree and parents must be there; nobody looks. */
export async function writeCommit(place: GitPlace, { tree, parents, words, at }: CommitParts): Promise<Sha> {
  const by = `${NAME} <${EMAIL}> ${secondsOf(at)} +0000`
  const head = [`tree ${checkedSha(tree)}`, ...parents.map((parent) => `parent ${checkedSha(parent)}`)]
  const text = [...head, `author ${by}`, `committer ${by}`, '', commitMessage(words)].join('\n')
  return writeLoose(place, 'commit', Buffer.from(text))
}

const BY_US = new RegExp(
  `^tree [0-9a-f]{40}\\n(?:parent [0-9a-f]{40}\\n)*author ${NAME} <${EMAIL}> \\d+ \\+0000\\ncommitter ${NAME} <${EMAIL}> \\d+ \\+0000\\n\\n`,
)

/** A whole journal entry is in its message. */
const COMMIT_BYTES = 64 * 1024 * 1024

async function commitText(place: GitPlace, commit: Sha): Promise<string> {
  const [found] = await contentOf(place, [checkedSha(commit)], COMMIT_BYTES)
  if (found?.type !== 'commit') throw new Error(`commit ${commit} is not here`)
  return found.content.toString('utf8')
}

/** Whether a commit is one that we write with these words: that author, that message, and no header besides. */
export async function isWrittenAs(place: GitPlace, commit: Sha, words: CommitWords): Promise<boolean> {
  const text = await commitText(place, commit)
  const header = BY_US.exec(text)?.[0]
  return header !== undefined && text.slice(header.length) === commitMessage(words)
}

export const writeBlob = (place: GitPlace, text: string): Promise<Sha> => writeLoose(place, 'blob', Buffer.from(text))

export interface TreeFile {
  path: string
  sha: Sha
}

/** A tree of plain files, without folders. */
export async function writeTree(place: GitPlace, files: readonly TreeFile[]): Promise<Sha> {
  const entries = files
    .map(({ path, sha }) => ({ name: Buffer.from(path), id: Buffer.from(checkedSha(sha), 'hex') }))
    .toSorted((one, other) => Buffer.compare(one.name, other.name))
  const lines = entries.flatMap(({ name, id }) => [Buffer.from('100644 '), name, Buffer.from([0]), id])
  return writeLoose(place, 'tree', Buffer.concat(lines))
}

export interface CommitHead {
  tree: Sha
  parents: Sha[]
}

export async function readCommit(place: GitPlace, commit: Sha): Promise<CommitHead> {
  const text = await commitText(place, commit)
  const header = text.slice(0, text.indexOf('\n\n')).split('\n')
  const valuesOf = (name: string) =>
    header.filter((line) => line.startsWith(`${name} `)).map((line) => checkedSha(line.slice(name.length + 1)))
  const [tree] = valuesOf('tree')
  if (tree === undefined) throw new Error(`commit ${commit} has no tree`)
  return { tree, parents: valuesOf('parent') }
}
