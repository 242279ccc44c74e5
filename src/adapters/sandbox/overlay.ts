import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A folder with the changes of commands laid over it. */
export interface Overlay {
  folder: string
  /** Where commands find it. */
  at: string
  /** A folder for the mount, with a name that is the same for each command, without a sign that means something to mount. */
  place: string
  /** Whether the changes go with the command. */
  inMemory: boolean
}

export function overlay(root: string, folder: string, at: string): Overlay {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  return { folder, at, place: join(root, name), inMemory: false }
}

const upperOf = ({ place }: Overlay): string => join(place, 'upper')
/** The kernel wants it beside the other. */
const workOf = ({ place }: Overlay): string => join(place, 'work')

/** Once: a command finds what those before it have changed. */
export async function makePlace(one: Overlay): Promise<void> {
  if ((await mkdir(upperOf(one), { recursive: true })) !== undefined) await mkdir(workOf(one))
}

/** Words of bubblewrap, since 0.11. */
export const mountOf = (one: Overlay): string[] => [
  ...['--overlay-src', one.folder],
  ...(one.inMemory ? ['--tmp-overlay', one.at] : ['--overlay', upperOf(one), workOf(one), one.at]),
]
