import type { Sha } from '../../core/ref.ts'
import { checkedSha, type GitPlace } from './place.ts'
import { gitLine, gitText, runGit } from './plumbing.ts'

/**
 * Takes every file as it is now into the index, and writes the tree. Not by `git add`: that looks into a submodule by
 * running git inside it, and what a task left there decides what this git runs.
 */
export async function stageAll(place: GitPlace, placeholder: Sha): Promise<Sha> {
  const { changed, gone } = await trackedChanges(place)
  const { files, repositories } = await untracked(place)
  await update(
    place,
    ['--force-remove', '-z', '--stdin'],
    gone.map((path) => `${path}\0`),
  )
  await update(
    place,
    ['--add', '--replace', '--remove', '-z', '--stdin'],
    [...changed, ...files].map((path) => `${path}\0`),
  )
  // Git cannot carry a repository inside a repository. As an entry that no audit lets through, it is named to a person.
  await update(
    place,
    ['-z', '--index-info'],
    repositories.map((path) => `160000 ${checkedSha(placeholder)}\t${path}\0`),
  )
  return checkedSha(await gitLine(place, ['write-tree']))
}

async function update(place: GitPlace, args: readonly string[], lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await runGit(place, ['update-index', ...args], { input: lines.join('') })
}

/** A file behind a folder that became a link is gone, although it can still be opened. */
async function trackedChanges(place: GitPlace): Promise<{ changed: string[]; gone: string[] }> {
  const args = ['diff-files', '-z', '--name-status', '--no-renames', '--ignore-submodules=all', '--no-ext-diff']
  const fields = (await gitText(place, args)).split('\0')
  const changed: string[] = []
  const gone: string[] = []
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const path = fields[index + 1] ?? ''
    if (fields[index] === 'D') gone.push(path)
    else changed.push(path)
  }
  return { changed, gone }
}

async function untracked(place: GitPlace): Promise<{ files: string[]; repositories: string[] }> {
  const all = (await gitText(place, ['ls-files', '--others', '--exclude-standard', '-z'])).split('\0').filter(isSome)
  const repositories = all.filter((path) => path.endsWith('/'))
  return {
    files: all.filter((path) => !path.endsWith('/')),
    repositories: repositories.map((path) => path.slice(0, -1)),
  }
}

const isSome = (path: string): boolean => path !== ''
