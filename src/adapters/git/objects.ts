import type { Sha } from '../../core/ref.ts'
import type { CommitWords } from '../../ports/repo.ts'
import { commitMessage } from './message.ts'
import { checkedSha, type GitPlace } from './place.ts'
import { gitLine, gitText } from './plumbing.ts'

export const NAME = 'Tributary'
export const EMAIL = 'tributary@users.noreply.github.com'

export const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000)

function identity(at: Date): Record<string, string> {
  const date = `@${secondsOf(at)} +0000`
  return {
    GIT_AUTHOR_NAME: NAME,
    GIT_AUTHOR_EMAIL: EMAIL,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: NAME,
    GIT_COMMITTER_EMAIL: EMAIL,
    GIT_COMMITTER_DATE: date,
  }
}

export interface CommitParts {
  tree: Sha
  parents: readonly Sha[]
  words: CommitWords
  at: Date
}

export async function writeCommit(place: GitPlace, { tree, parents, words, at }: CommitParts): Promise<Sha> {
  const onto = parents.flatMap((parent) => ['-p', checkedSha(parent)])
  const args = ['commit-tree', ...onto, '-F', '-', checkedSha(tree)]
  return checkedSha(await gitLine(place, args, { input: commitMessage(words), env: identity(at) }))
}

const BY_US = new RegExp(
  `^tree [0-9a-f]{40}\\n(?:parent [0-9a-f]{40}\\n)*author ${NAME} <${EMAIL}> \\d+ \\+0000\\ncommitter ${NAME} <${EMAIL}> \\d+ \\+0000\\n\\n`,
)

/** Whether a commit is one that we write with these words: that author, that message, and no header besides. */
export async function isWrittenAs(place: GitPlace, commit: Sha, words: CommitWords): Promise<boolean> {
  const text = await gitText(place, ['cat-file', 'commit', checkedSha(commit)])
  const header = BY_US.exec(text)?.[0]
  return header !== undefined && text.slice(header.length) === commitMessage(words)
}

export const writeBlob = async (place: GitPlace, text: string): Promise<Sha> =>
  checkedSha(await gitLine(place, ['hash-object', '-w', '--stdin'], { input: text }))

export interface TreeFile {
  path: string
  sha: Sha
}

/** A tree of plain files, without folders. */
export async function writeTree(place: GitPlace, files: readonly TreeFile[]): Promise<Sha> {
  const input = files.map(({ path, sha }) => `100644 blob ${checkedSha(sha)}\t${path}\0`).join('')
  return checkedSha(await gitLine(place, ['mktree', '-z'], { input }))
}

export interface CommitHead {
  tree: Sha
  parents: Sha[]
}

export async function readCommit(place: GitPlace, commit: Sha): Promise<CommitHead> {
  const text = await gitText(place, ['cat-file', 'commit', checkedSha(commit)])
  const header = text.slice(0, text.indexOf('\n\n')).split('\n')
  const valuesOf = (name: string) =>
    header.filter((line) => line.startsWith(`${name} `)).map((line) => checkedSha(line.slice(name.length + 1)))
  const [tree] = valuesOf('tree')
  if (tree === undefined) throw new Error(`commit ${commit} has no tree`)
  return { tree, parents: valuesOf('parent') }
}
