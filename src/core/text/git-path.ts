interface TreePath {
  folders: string[]
  name: string
}

/** The parts of a path as git writes it; null if it leads out of the folder, or into `.git` on any file system. */
export function treePath(path: string): TreePath | null {
  const parts = path.split('/')
  if (path.includes('\0') || parts.some((part) => ['', '.', '..'].includes(part) || isGitName(part))) return null
  return { folders: parts.slice(0, -1), name: parts.at(-1) ?? '' }
}

/**
 * Whether a part of a path is `.git` on any file system: by case, invisible or compatibility characters, a short name, a
 * stream (`.git::$INDEX_ALLOCATION`), trailing dots and spaces, or a backslash as separator. The tree may be checked out
 * on any of them.
 */
export const isGitName = (path: string): boolean => path.split(/[\\/]/).some((part) => isNameFor(folded(part), '.git'))

const INVISIBLE_SIGNS = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** A name as a file system reads it that ignores case and Unicode composition. */
export const caseFolded = (text: string): string => text.replace(INVISIBLE_SIGNS, '').normalize('NFKC').toLowerCase()

/** The same name for all that some file system takes for one: without a Windows stream, and dots and spaces at its end. */
function folded(part: string): string {
  const name = caseFolded(part)
  return (name.split(':')[0] ?? '').replace(/[. ]+$/, '') || name
}

/** Whether a folded name is the other one, or may be its Windows short name. */
const isNameFor = (name: string, other: string): boolean => name === other || isShortNameFor(name, other)

const SHORT_NAME = /^([^.~]{2,6})~[1-9][0-9]*(?:\.([^.]{1,3}))?$/

/** `github~1` and `tribut~1.yml`: the first letters; `gi7eba~1`: two letters and a hash, if there are many of these. */
function isShortNameFor(name: string, other: string): boolean {
  const [, start, ending = ''] = SHORT_NAME.exec(name) ?? []
  if (start === undefined) return false
  const long = other.replace(/^\.+/, '').replaceAll(' ', '')
  const dot = long.includes('.') ? long.lastIndexOf('.') : long.length
  const stem = long.slice(0, dot).replaceAll('.', '')
  const isHash = start.slice(0, 2) === stem.slice(0, 2) && /^[0-9a-f]{4}$/.test(start.slice(2))
  return long.slice(dot + 1, dot + 4) === ending && (stem.startsWith(start) || isHash)
}

/**
 * A path in every way that a file system may read it: folded, and with each part that may be the short name of one of `names`
 * (folded too) replaced by that.
 */
export function foldedPaths(path: string, names: readonly string[] = []): string[] {
  let paths = ['']
  for (const [index, part] of path.split(/[\\/]/).map(folded).entries()) {
    const readings = [part, ...names.filter((name) => isShortNameFor(part, name))]
    paths = paths.flatMap((start) => readings.map((each) => (index === 0 ? each : `${start}/${each}`)))
    paths = paths.slice(0, MOST_READINGS)
  }
  return paths
}

/** A path of more parts than a person writes could have any number. */
const MOST_READINGS = 256
