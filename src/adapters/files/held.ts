import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'

/** Something that is held, so that no other thing can be put in its place. A link is held itself, not what it leads to. */
export interface Held {
  handle: FileHandle
  stats: Stats
  /** Where it is reached, and entries of it if it is a folder. */
  path: string
}

/** How a machine lets files be reached without following a link. */
export interface Ground {
  /** Null where nothing is. Only the last part of the path is sure not to be followed. */
  hold(path: string): Promise<Held | null>
  /** Opens what is held to read it; a regular file only. */
  reader(held: Held): Promise<FileHandle>
}

/** What an entry of a held folder is called for the system. The name is one part of a path. */
export const entryPath = (folder: Held, name: string): string => `${folder.path}/${name}`
