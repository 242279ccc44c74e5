import { matches } from '../../../src/core/plan/glob.ts'
import type { CommitSources, Edited, EditFailure, Files, Sources } from '../../../src/ports/sources.ts'

/** Files by their paths, and the commits that each `log` tells of. */
export interface MemoryTree {
  files: Map<string, string>
  log?: (path: string | null) => readonly string[]
  links?: Readonly<Record<string, string>>
  lately?: Readonly<Record<string, number>>
}

/** The files of a commit without git, for tests of who reads them. */
export const memorySources = (tree: MemoryTree): CommitSources => ({
  read: async (path) => {
    const text = tree.files.get(path)
    if (text === undefined) return null
    const binary = text.slice(0, 8000).includes('\0')
    return { text: binary ? '' : text, binary, bytes: Buffer.byteLength(text) }
  },
  list: async (glob, most) => {
    const found = [...tree.files.keys()].filter((path) => matches([glob], path)).toSorted()
    return { paths: found.slice(0, most), more: found.length > most }
  },
  tree: async (most) => {
    const paths = [...tree.files.keys(), ...Object.keys(tree.links ?? {})]
    return { paths: paths.slice(0, most), more: paths.length > most }
  },
  search: async (pattern, options) => search(tree, pattern, options),
  log: async (path, most) => (tree.log?.(path) ?? []).slice(0, most),
  links: async (glob, most) =>
    Object.entries(tree.links ?? {})
      .filter(([path]) => matches([glob], path))
      .map(([path, target]) => ({ path, target }))
      .slice(0, most),
  changedLately: async () => new Map(Object.entries(tree.lately ?? {})),
})

async function search(
  { files }: MemoryTree,
  pattern: string,
  { literal, ignoreCase = false, glob, most }: Parameters<Sources['search']>[1],
): ReturnType<Sources['search']> {
  const holds = holder(pattern, literal, ignoreCase)
  if (holds === null) return { ok: false, why: `The pattern cannot be used: ${pattern}` }
  const paths = [...files.keys()].filter((path) => glob === null || matches([glob], path)).toSorted()
  const lines = paths.flatMap((path) =>
    linesOf(files.get(path) ?? '').flatMap((text, index) => (holds(text) ? [{ path, line: index + 1, text }] : [])),
  )
  return { ok: true, lines: lines.slice(0, most), more: lines.length > most }
}

function holder(pattern: string, literal: boolean, ignoreCase: boolean): ((line: string) => boolean) | null {
  if (pattern === '' || pattern.includes('\n')) return null
  const folded = (text: string) => (ignoreCase ? text.toLowerCase() : text)
  if (literal) return (line) => folded(line).includes(folded(pattern))
  try {
    const expression = new RegExp(pattern, ignoreCase ? 'i' : '')
    return (line) => expression.test(line)
  } catch {
    return null
  }
}

function linesOf(text: string): string[] {
  if (text.slice(0, 8000).includes('\0')) return []
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** The same to read and to change. There are no links here, and its diff names the files that changed. */
export function memoryFiles(tree: MemoryTree): Files {
  const before = new Map(tree.files)
  return {
    ...memorySources(tree),
    async content(path, most) {
      const text = tree.files.get(path)
      if (text === undefined) return { kind: 'nothing' }
      const bytes = Buffer.from(text)
      return bytes.length > most ? { kind: 'other' } : { kind: 'file', bytes, executable: false }
    },
    async replace(path, edits) {
      let text = tree.files.get(path)
      if (text === undefined) return no('no-such-file')
      for (const [edit, { old, by }] of edits.entries()) {
        const count = old === '' ? 0 : text.split(old).length - 1
        if (count !== 1) return { ...no(count === 0 ? 'not-found' : 'not-unique'), edit }
        text = text.split(old).join(by)
      }
      tree.files.set(path, text)
      return { ok: true }
    },
    async write(path, text) {
      tree.files.set(path, text)
      return { ok: true }
    },
    remove: async (path) => (tree.files.delete(path) ? { ok: true } : no('no-such-file')),
    async move(from, to) {
      const text = tree.files.get(from)
      if (text === undefined || tree.files.has(to)) return no(text === undefined ? 'no-such-file' : 'exists')
      tree.files.delete(from)
      tree.files.set(to, text)
      return { ok: true }
    },
    at: async (path) => [...tree.files.keys()].filter((one) => one === path || one.startsWith(`${path}/`)).toSorted(),
    diff: async (most) => diffOf(before, tree.files).slice(0, most),
  }
}

const no = (why: EditFailure): Extract<Edited, { ok: false }> => ({ ok: false, why, detail: '' })

const diffOf = (before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string =>
  [...new Set([...before.keys(), ...now.keys()])]
    .filter((path) => before.get(path) !== now.get(path))
    .toSorted()
    .flatMap((path) => [
      `diff --git a/${path} b/${path}`,
      ...linesOf(before.get(path) ?? '').map((line) => `-${line}`),
      ...linesOf(now.get(path) ?? '').map((line) => `+${line}`),
      '',
    ])
    .join('\n')
