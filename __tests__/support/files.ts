import { matches } from '../../src/core/plan/glob.ts'
import type { Edited, EditFailure, Files, Sources } from '../../src/ports/sources.ts'

/** A file's text, or what stands there instead. */
export type InPlace = string | { is: 'binary'; bytes: number } | { is: 'symlink' | 'hard-link' | 'folder' }

export interface MemoryFiles extends Files, Sources {
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
    async content(path, most) {
      const found = files.get(path)
      if (found === undefined) return { kind: 'nothing' }
      if (typeof found !== 'string' || Buffer.byteLength(found) > most) return { kind: 'other' }
      return { kind: 'file', bytes: Buffer.from(found), executable: false }
    },
    async list(glob, most) {
      const paths = [...files.keys()].filter((path) => matches([glob], path)).sort()
      return { paths: paths.slice(0, most), more: paths.length > most }
    },
    async search(pattern, { literal, ignoreCase = false, glob, most }) {
      if (!literal && pattern.includes('(')) return { ok: false, why: 'that regular expression is not understood' }
      const lines = [...files].flatMap(([path, text]) =>
        linesWith(path, text, holder(pattern, literal, ignoreCase), glob),
      )
      return { ok: true, lines: lines.slice(0, most), more: lines.length > most }
    },
    log: async (_path, most) => history.slice(0, most),
    async replace(path, edits) {
      touched.push(path)
      const why = whyNoText(files.get(path))
      if (why !== null) return no(why)
      let text = textOf(path) ?? ''
      for (const [edit, { old, by }] of edits.entries()) {
        const times = text.split(old).length - 1
        if (times !== 1) return { ...no(times === 0 ? 'not-found' : 'not-unique'), edit }
        text = text.split(old).join(by)
      }
      files.set(path, text)
      return { ok: true }
    },
    async write(path, text) {
      touched.push(path)
      const found = files.get(path)
      if (found !== undefined && typeof found !== 'string' && found.is !== 'binary')
        return no(whyNoText(found) ?? 'exists')
      files.set(path, text)
      return { ok: true }
    },
    async remove(path) {
      touched.push(path)
      return files.delete(path) ? { ok: true } : no('no-such-file')
    },
    async move(from, to) {
      touched.push(from, to)
      const found = files.get(from)
      if (found === undefined || files.has(to)) return no(found === undefined ? 'no-such-file' : 'exists')
      if (typeof found !== 'string' && found.is === 'folder') return no('not-a-file')
      files.delete(from)
      files.set(to, found)
      return { ok: true }
    },
    at: async (path) => [...files.keys()].filter((one) => one === path || one.startsWith(`${path}/`)).sort(),
    diff: async (most) =>
      [...files.keys()]
        .filter((path) => files.get(path) !== start[path])
        .join('\n')
        .slice(0, most),
  }
}

const no = (why: EditFailure): Extract<Edited, { ok: false }> => ({ ok: false, why, detail: '' })

function whyNoText(found: InPlace | undefined): EditFailure | null {
  if (found === undefined) return 'no-such-file'
  if (typeof found === 'string') return null
  if (found.is === 'binary') return 'not-text'
  return found.is === 'folder' ? 'not-a-file' : found.is
}

function holder(pattern: string, literal: boolean, ignoreCase: boolean): (line: string) => boolean {
  const folded = (text: string) => (ignoreCase ? text.toLowerCase() : text)
  const expression = literal ? null : new RegExp(pattern, ignoreCase ? 'i' : '')
  return (line) => expression?.test(line) ?? folded(line).includes(folded(pattern))
}

function linesWith(path: string, text: InPlace, holds: (line: string) => boolean, glob: string | null) {
  if (typeof text !== 'string' || (glob !== null && !matches([glob], path))) return []
  return text.split('\n').flatMap((line, index) => (holds(line) ? [{ path, line: index + 1, text: line }] : []))
}
