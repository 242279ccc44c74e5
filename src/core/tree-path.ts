import { isGitName } from './git-name.ts'

export interface TreePath {
  folders: string[]
  name: string
}

/** A path as git writes them, in its parts; null for one that leads out of the folder, or into `.git` on any machine. */
export function treePath(path: string): TreePath | null {
  const parts = path.split('/')
  if (path.includes('\0') || parts.some((part) => ['', '.', '..'].includes(part) || isGitName(part))) return null
  return { folders: parts.slice(0, -1), name: parts.at(-1) ?? '' }
}
