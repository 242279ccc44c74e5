import { relative } from 'node:path'
import type { CommandOptions, CommandRun } from '../../ports/sandbox.ts'
import { mountedBefore } from './outer-sandbox.ts'
import { makePlace, mountOf, overlay } from './overlay.ts'

/** Inside the sandbox. */
export const HOME = '/tmp/home'

/** Bubblewrap's own path and version. */
interface Program {
  file: string
  version: string
}

/** How a command comes by its home folder, and by layers over folders of its work tree. */
export interface CommandFolders {
  /** The words in front of the sandbox's own: a program that makes mounts, and then becomes the sandbox. */
  before: readonly string[]
  home: readonly string[]
  /** To be mounted after the work tree. */
  layers: readonly string[]
}

/** `tmpfs`: words that mount one, of the size that a command may use. */
export async function commandFolders(
  bwrap: Program,
  tmpfs: readonly string[],
  { home, layers }: Pick<CommandOptions, 'home' | 'layers'>,
): Promise<CommandFolders> {
  const root = layers?.changes ?? `${home?.folder}-overlay`
  const inTree = (layers?.folders ?? []).map((folder) => overlay(root, folder, folder))
  const overHome = home?.changes === 'go' ? [{ ...overlay(root, home.folder, HOME), inMemory: true }] : []
  const bound = home === undefined ? ['--dir', HOME] : ['--bind', home.folder, HOME]
  if (inTree.length + overHome.length === 0) return { before: [], home: bound, layers: [] }
  for (const one of inTree) await makePlace(one)
  if (!hasOverlays(bwrap)) return mountedBefore(bwrap.file, tmpfs, [...overHome, ...inTree], { root, bound })
  return {
    before: [],
    home: overHome.length === 0 ? bound : overHome.flatMap(mountOf),
    layers: inTree.flatMap(mountOf),
  }
}

/** Since 0.11. */
const hasOverlays = ({ version }: Program): boolean => !/^0\.(?:\d|10)(?:\.|$)/.test(version)

const BUSY = /\bEBUSY\b|resource busy/i
const NAMED = 5

/** What a failed command has to know that tried to remove or rename such a folder itself. */
export function busyNote({ layers, worktree }: CommandOptions, { log }: CommandRun): string[] {
  if (layers === undefined || !BUSY.test(log)) return []
  const busy = layers.folders.map((folder) => relative(worktree, folder)).filter((name) => log.includes(name))
  if (busy.length === 0) return []
  const names = busy.slice(0, NAMED).join(', ')
  return [`Mounts of the sandbox, which can be emptied and not removed or renamed: ${names}.`]
}
