import type { TreeLiteral } from './git.ts'

/** Texts by path, as folders in folders. */
export function nested(texts: Readonly<Record<string, string>>): TreeLiteral {
  const root: TreeLiteral = {}
  for (const [path, text] of Object.entries(texts)) {
    const parts = path.split('/')
    let folder = root
    for (const part of parts.slice(0, -1)) {
      const entry = folder[part]
      const inner = typeof entry === 'object' && 'folder' in entry ? entry.folder : {}
      folder[part] = { folder: inner }
      folder = inner
    }
    folder[parts.at(-1) ?? ''] = text
  }
  return root
}
