import { folded } from './protected.ts'

/**
 * Whether a path goes through a folder that some machine takes for `.git`: by its case, characters that are not seen or look
 * alike, a short name, a stream (`.git::$INDEX_ALLOCATION`), dots and spaces at the end, or a backslash for a slash. The tree
 * goes to machines of every kind.
 */
export const isGitName = (path: string): boolean =>
  path.split(/[\\/]/).some((part) => {
    const bare = (folded(part).split(':')[0] ?? '').replace(/[. ]+$/, '')
    return /^(?:\.git|git~\d+)$/.test(bare)
  })
