import { matches } from '../../src/core/plan/glob.ts'
import type { Edited, EditFailure, Files } from '../../src/ports/sources.ts'

/** A file's text, or what stands there instead. */
export type InPlace = string | { is: 'binary'; bytes: number } | { is: 'symlink' | 'hard-link' | 'folder' }

export interface MemoryFiles extends Files {
  /** Everything that was asked to change, refused or not: what a tool refuses itself never comes here. */
  readonly touched: readonly string[]
  textOf(path: string): string | null
}

/** A work tree in memory. Its history is what it was given; its diff names the files that differ. */
export function memoryFiles(start: Readonly<Record<string, InPlace>>, history: readonly string[] = []): MemoryFiles {
  const files = new Map(Object.entries(start))
  const touched: string[] = []
  const textOf = (path: string): string | null => {
    const found = files.get(path)
    return typeof found === 'string' ? found : null
  }
  return {
    touched,
    textOf,
    async read(path) {
      const found = files.get(path)
      if (typeof found === 'string') return { text: found, binary: false, bytes: Buffer.byteLength(found) }
      return found?.is === 'binary' ? { text: '', binary: true, bytes: found.bytes } : null
    },
    async list(glob, most) {
      const paths = [...files.keys()].filter((path) => matches([glob], path)).sort()
      return { paths: paths.slice(0, most), more: paths.length > most }
    },
    async search(pattern, { literal, glob, most }) {
      if (!literal && pattern.includes('(')) return { ok: false, why: 'that regular expression is not understood' }
      const lines = [...files].flatMap(([path, text]) => linesWith(path, text, pattern, literal, glob))
      return { ok: true, lines: lines.slice(0, most), more: lines.length > most }
    },
    log: async (_path, most) => history.slice(0, most),
    async replace(path, old, by) {
      touched.push(path)
      const why = whyNoText(files.get(path))
      if (why !== null) return no(why)
      const times = (textOf(path) ?? '').split(old).length - 1
      if (times !== 1) return no(times === 0 ? 'not-found' : 'not-unique')
      files.set(path, (textOf(path) ?? '').split(old).join(by))
      return { ok: true }
    },
    async create(path, text) {
      touched.push(path)
      if (files.has(path)) return no('exists')
      files.set(path, text)
      return { ok: true }
    },
    diff: async (most) =>
      [...files.keys()]
        .filter((path) => files.get(path) !== start[path])
        .join('\n')
        .slice(0, most),
  }
}

const no = (why: EditFailure): Edited => ({ ok: false, why, detail: '' })

function whyNoText(found: InPlace | undefined): EditFailure | null {
  if (found === undefined) return 'no-such-file'
  if (typeof found === 'string') return null
  if (found.is === 'binary') return 'not-text'
  return found.is === 'folder' ? 'not-a-file' : found.is
}

function linesWith(path: string, text: InPlace, pattern: string, literal: boolean, glob: string | null) {
  if (typeof text !== 'string' || (glob !== null && !matches([glob], path))) return []
  const holds = (line: string) => (literal ? line.includes(pattern) : new RegExp(pattern).test(line))
  return text.split('\n').flatMap((line, index) => (holds(line) ? [{ path, line: index + 1, text: line }] : []))
}
