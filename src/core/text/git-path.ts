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
export const isGitName = (path: string): boolean =>
  path.split(/[\\/]/).some((part) => {
    const bare = (caseFolded(part).split(':')[0] ?? '').replace(/[. ]+$/, '')
    return /^(?:\.git|git~\d+)$/.test(bare)
  })

const INVISIBLE_SIGNS = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** A name as a file system reads it that ignores case and Unicode composition. */
export const caseFolded = (text: string): string => text.replace(INVISIBLE_SIGNS, '').normalize('NFKC').toLowerCase()
