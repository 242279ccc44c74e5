import type { Repository } from './repository.ts'

export interface FileChange {
  path: string
  status: 'added' | 'removed' | 'modified' | 'changed'
  sha: string | null
  additions: number
  deletions: number
  patch: string
}

const LETTERS: Readonly<Record<string, FileChange['status']>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  T: 'changed',
}

/** The words for git with which it prints the whole change as a patch. */
export const patchWords = (from: string, to: string): string[] => [
  ...['diff', '--no-renames', '--no-ext-diff', '--no-textconv'],
  ...[from, to, '--'],
]

/** What changed from one commit to another, file by file, without renames. `mostBytes`: of all patches; the last ones are cut. */
export async function fileChangesBetween(
  git: Repository,
  from: string,
  to: string,
  mostBytes = Number.POSITIVE_INFINITY,
): Promise<FileChange[]> {
  const words = patchWords(from, to)
  const [raw, counts, patch] = await Promise.all([
    git.text(['diff', '--raw', '--no-abbrev', '-z', '--no-renames', from, to, '--']),
    git.text(['diff', '--numstat', '-z', '--no-renames', from, to, '--']),
    mostBytes === Number.POSITIVE_INFINITY
      ? git.text(words)
      : git.head(words, mostBytes).then(({ stdout }) => stdout.toString('utf8')),
  ])
  const patches = splitPatch(patch)
  const lines = parseCounts(counts)
  return parseRaw(raw).map((change, index) => ({
    ...change,
    ...(lines.get(change.path) ?? { additions: 0, deletions: 0 }),
    patch: patches[index] ?? '',
  }))
}

export async function countChanges(git: Repository, from: string, to: string) {
  const lines = [...parseCounts(await git.text(['diff', '--numstat', '-z', '--no-renames', from, to, '--'])).values()]
  return {
    changed_files: lines.length,
    additions: lines.reduce((sum, line) => sum + line.additions, 0),
    deletions: lines.reduce((sum, line) => sum + line.deletions, 0),
  }
}

function parseRaw(raw: string) {
  const fields = raw.split('\0')
  const changes: { path: string; status: FileChange['status']; sha: string | null }[] = []
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, , , newSha, letter] = (fields[at] ?? '').split(' ')
    const path = fields[at + 1] ?? ''
    changes.push({
      path,
      status: LETTERS[letter ?? ''] ?? 'changed',
      sha: newSha === '0'.repeat(40) ? null : (newSha ?? null),
    })
  }
  return changes
}

function parseCounts(text: string): Map<string, { additions: number; deletions: number }> {
  const entries = text.split('\0').filter((entry) => entry !== '')
  return new Map(
    entries.map((entry) => {
      const [added, deleted, ...path] = entry.split('\t')
      return [path.join('\t'), { additions: Number(added) || 0, deletions: Number(deleted) || 0 }]
    }),
  )
}

/** GitHub gives the hunks only, without git's header. */
function splitPatch(patch: string): string[] {
  return patch
    .split(/^diff --git .*$/m)
    .slice(1)
    .map((file) => {
      const hunks = file.search(/^@@ /m)
      return hunks === -1 ? '' : file.slice(hunks).trimEnd()
    })
}
