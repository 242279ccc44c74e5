import type { Sha } from '../../core/ref.ts'
import type { Repo } from '../../ports/repo.ts'

/** The lines that were added between two commits, by path; at most so many characters. */
export async function changeInWords(
  repo: Pick<Repo, 'addedLines'>,
  { from, to }: { from: Sha; to: Sha },
  most: number,
): Promise<string> {
  const added = await repo.addedLines(from, to)
  return [...added]
    .map(([path, lines]) => `+++ ${path}\n${lines}`)
    .join('\n')
    .slice(0, most)
}
