import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Overlay } from './overlay.ts'

/** For all of them one process: a process for each takes five times as long. The table names paths from its own folder on. */
const MOUNT = 'mount -a -T fstab && exec "$@"'

/**
 * For a bubblewrap that has no overlays: around the sandbox another one, which hides nothing and only makes the mounts. For that its
 * user is root in it; the command's user is the same as ever.
 */
export async function mountedBefore(
  file: string,
  tmpfs: readonly string[],
  overlays: readonly Overlay[],
  { root, bound }: { root: string; bound: readonly string[] },
) {
  await mkdir(root, { recursive: true })
  for (const one of overlays) await linkTo(one)
  await writeFile(join(root, 'fstab'), overlays.map(lineOf).join(''))
  const inMemory = overlays.filter((one) => one.inMemory)
  const user = ['--unshare-user', '--uid', '0', '--gid', '0', '--cap-add', 'ALL', '--die-with-parent']
  const memory = inMemory.flatMap(({ place }) => [
    ...[...tmpfs, place],
    ...['upper', 'work', 'seen'].flatMap((name) => ['--dir', join(place, name)]),
  ])
  const mounts = ['--bind', '/', '/', '--dev-bind', '/dev', '/dev', ...memory, '--chdir', root]
  const own = ['--uid', `${process.getuid?.()}`, '--gid', `${process.getgid?.()}`]
  const home = inMemory.flatMap(({ place, at }) => ['--bind', join(place, 'seen'), at])
  return {
    before: [file, ...user, ...mounts, '--', '/bin/sh', '-c', MOUNT, 'sh'],
    home: [...own, ...(home.length === 0 ? bound : home)],
    // The mount of the work tree brings them along.
    layers: [],
  }
}

/** In options of a mount, a comma or a colon in the folder's path would mean something. */
const linkTo = ({ folder, place }: Overlay): Promise<void> =>
  symlink(folder, `${place}-lower`).catch((error) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })

function lineOf({ folder, place, inMemory }: Overlay): string {
  const name = basename(place)
  const options = `lowerdir=${name}-lower,upperdir=${name}/upper,workdir=${name}/work,userxattr`
  return `overlay ${escaped(inMemory ? join(place, 'seen') : folder)} overlay ${options} 0 0\n`
}

const escaped = (path: string): string =>
  path.replace(/[\\ \t\n]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`)
