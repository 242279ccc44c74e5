interface TreePath {
  folders: string[]
  name: string
}

/** A path as git writes them, in its parts; null for one that leads out of the folder, or into `.git` on any machine. */
export function treePath(path: string): TreePath | null {
  const parts = path.split('/')
  if (path.includes('\0') || parts.some((part) => ['', '.', '..'].includes(part) || isGitName(part))) return null
  return { folders: parts.slice(0, -1), name: parts.at(-1) ?? '' }
}

/**
 * Whether a path goes through a folder that some machine takes for `.git`: by its case, characters that are not seen or look
 * alike, a short name, a stream (`.git::$INDEX_ALLOCATION`), dots and spaces at the end, or a backslash for a slash. The tree
 * goes to machines of every kind.
 */
export const isGitName = (path: string): boolean =>
  path.split(/[\\/]/).some((part) => {
    const bare = (caseFolded(part).split(':')[0] ?? '').replace(/[. ]+$/, '')
    return /^(?:\.git|git~\d+)$/.test(bare)
  })

const INVISIBLE_SIGNS = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** As a file system that does not mind capitals, or how a letter is composed, reads a name. */
export const caseFolded = (text: string): string => text.replace(INVISIBLE_SIGNS, '').normalize('NFKC').toLowerCase()
