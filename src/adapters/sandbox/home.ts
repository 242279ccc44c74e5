import { mkdir } from 'node:fs/promises'
import type { HomeFolder } from '../../ports/sandbox.ts'

/** Inside the sandbox. */
export const HOME = '/tmp/home'

/** Bubblewrap's own path and version. */
interface Program {
  file: string
  version: string
}

/** How a command comes by its home folder. */
export interface CommandHome {
  /** The words in front of the sandbox's own: a program that makes mounts, and then becomes the sandbox. */
  before: readonly string[]
  mounts: readonly string[]
}

/** `tmpfs`: words that mount one, of the size that a command may use. */
export async function homeOf(bwrap: Program, tmpfs: readonly string[], home?: HomeFolder): Promise<CommandHome> {
  if (home === undefined) return { before: [], mounts: ['--dir', HOME] }
  if (home.changes === 'stay') return { before: [], mounts: ['--bind', home.folder, HOME] }
  if (hasOverlays(bwrap)) return { before: [], mounts: ['--overlay-src', home.folder, '--tmp-overlay', HOME] }
  return overlaid(bwrap, tmpfs, home.folder)
}

/** Since 0.11. */
const hasOverlays = ({ version }: Program): boolean => !/^0\.(?:\d|10)(?:\.|$)/.test(version)

const OVERLAY = `
mkdir upper work home &&
mount -t overlay overlay -o "lowerdir=$1,upperdir=upper,workdir=work,userxattr" home &&
shift && exec "$@"
`

/**
 * Around the sandbox another one, which hides nothing and only makes the mount. For that its user is root in it; the command's
 * user is the same as ever.
 */
async function overlaid({ file }: Program, tmpfs: readonly string[], folder: string): Promise<CommandHome> {
  const place = `${folder}-overlay`
  await mkdir(place, { recursive: true })
  const root = ['--unshare-user', '--uid', '0', '--gid', '0', '--cap-add', 'ALL', '--die-with-parent']
  const mounts = ['--bind', '/', '/', '--dev-bind', '/dev', '/dev', ...tmpfs, place, '--chdir', place]
  const own = ['--uid', `${process.getuid?.()}`, '--gid', `${process.getgid?.()}`]
  return {
    before: [file, ...root, ...mounts, '--', '/bin/sh', '-c', OVERLAY, 'sh', folder],
    mounts: [...own, '--bind', `${place}/home`, HOME],
  }
}
