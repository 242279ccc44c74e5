import { openFiles } from '../../../src/adapters/files/files.ts'
import { openWorktree } from '../../../src/adapters/git/worktree/worktree.ts'
import type { Tracked } from '../../../src/ports/sources.ts'
import { type BareRemote, git, tempDir } from '../../support/git.ts'
import { hastyClock } from '../../support/hasty-clock.ts'
import { fileStage } from '../git/stage.ts'

/** A work tree that is prepared for a commit of these files, as a slot has it. */
export async function treeStage(literal: Parameters<BareRemote['commit']>[0]) {
  const { remote, url } = fileStage()
  const dir = tempDir()
  git(dir, ['init', '--quiet', '--initial-branch=main', '.'])
  const base = remote.commit(literal, [remote.tip('refs/heads/main') ?? ''])
  const worktree = await openWorktree({ dir, remoteUrl: url, token: '', clock: hastyClock(), openFiles })
  await worktree.prepare(base)
  return { remote, dir, base, worktree, files: worktree.files() }
}

/** For a folder that git knows nothing of: whoever asks for it has lost the way. */
export const nothingTracked: Tracked = {
  paths: async () => neverAsked(),
  candidates: async () => neverAsked(),
  ignores: async () => false,
  diff: async () => neverAsked(),
}

function neverAsked(): never {
  throw new Error('git was asked')
}
