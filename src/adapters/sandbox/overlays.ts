import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { CommandOptions } from '../../ports/sandbox.ts'

/** Inside the sandbox. */
export const HOME = '/tmp/home'

/** Bubblewrap's own path and version. */
interface Program {
  file: string
  version: string
}

/** A folder of the machine as a command finds it, with the changes of commands laid over it. */
interface Overlay {
  folder: string
  /** The folder on the same disk that keeps them; null: they lie in memory, and go with the command. */
  changes: string | null
  /** Inside the sandbox. */
  at: string
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
  { home, layers = [] }: Pick<CommandOptions, 'home' | 'layers'>,
): Promise<CommandFolders> {
  const overHome = home?.changes === 'go' ? { folder: home.folder, changes: null, at: HOME } : null
  const inTree = layers.map((layer) => ({ ...layer, at: layer.folder }))
  for (const { changes } of layers) for (const name of PARTS) await mkdir(join(changes, name), { recursive: true })
  const asIs = home === undefined ? ['--dir', HOME] : ['--bind', home.folder, HOME]
  if (overHome === null && inTree.length === 0) return { before: [], home: asIs, layers: [] }
  if (hasOverlays(bwrap))
    return { before: [], home: overHome === null ? asIs : laidOver(overHome), layers: inTree.flatMap(laidOver) }
  return laidBefore(bwrap, tmpfs, { overHome, asIs, inTree })
}

/** The kernel wants a second folder beside the one with the changes. */
const PARTS = ['upper', 'work'] as const

/** Since 0.11. */
const hasOverlays = ({ version }: Program): boolean => !/^0\.(?:\d|10)(?:\.|$)/.test(version)

const laidOver = ({ folder, changes, at }: Overlay): string[] => [
  ...['--overlay-src', folder],
  ...(changes === null ? ['--tmp-overlay'] : ['--overlay', ...PARTS.map((name) => join(changes, name))]),
  at,
]

/** Three words for each mount. In mount options, commas and colons of a path would mean something: descriptors stand for paths. */
const OVERLAY = `
mkdir -p changes/upper changes/work home || exit
while [ "$1" != -- ]; do
  exec 8<"$1" 9<"$2" || exit
  mount -t overlay overlay -o lowerdir=/proc/self/fd/8,upperdir=/proc/self/fd/9/upper,workdir=/proc/self/fd/9/work,userxattr "$3" || exit
  shift 3
done
shift
exec 8<&- 9<&- "$@"
`

/**
 * Around the sandbox another one, which hides nothing and only makes the mounts. For that its user is root in it; the command's
 * user is the same as ever.
 */
async function laidBefore(
  { file }: Program,
  tmpfs: readonly string[],
  { overHome, asIs, inTree }: { overHome: Overlay | null; asIs: readonly string[]; inTree: readonly Overlay[] },
): Promise<CommandFolders> {
  const [first] = [overHome, ...inTree].flatMap((one) => one ?? [])
  const place = `${first?.changes ?? first?.folder}-overlay`
  await mkdir(place, { recursive: true })
  const root = ['--unshare-user', '--uid', '0', '--gid', '0', '--cap-add', 'ALL', '--die-with-parent']
  const mounts = ['--bind', '/', '/', '--dev-bind', '/dev', '/dev', ...tmpfs, place, '--chdir', place]
  const wanted = [
    ...(overHome === null ? [] : [overHome.folder, 'changes', 'home']),
    // The mount of the work tree brings them along.
    ...inTree.flatMap(({ folder, changes, at }) => [folder, changes ?? '', at]),
  ]
  const own = ['--uid', `${process.getuid?.()}`, '--gid', `${process.getgid?.()}`]
  return {
    before: [file, ...root, ...mounts, '--', '/bin/sh', '-c', OVERLAY, 'sh', ...wanted, '--'],
    home: [...own, ...(overHome === null ? asIs : ['--bind', `${place}/home`, HOME])],
    layers: [],
  }
}

const BUSY = /\bEBUSY\b|resource busy/i

/** What a failed command has to know that tried to remove or rename such a folder itself. */
export function busyNote({ layers = [], worktree }: CommandOptions, log: string): string[] {
  if (!BUSY.test(log)) return []
  const busy = layers.map(({ folder }) => relative(worktree, folder)).filter((name) => log.includes(name))
  if (busy.length === 0) return []
  return [`Mounts of the sandbox, which can be emptied and not removed or renamed: ${busy.slice(0, 5).join(', ')}.`]
}
