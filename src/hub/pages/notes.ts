import { randomBytes } from 'node:crypto'
import type { Html } from '../../render/page/html.ts'

const MOST = 100

/** What a form has done, to be shown by the page that follows. The address holds only a name, so that no link can put words there. */
export function createNotes() {
  const notes = new Map<string, Html>()
  return {
    add: (note: Html): string => {
      for (const old of [...notes.keys()].slice(0, Math.max(0, notes.size - MOST + 1))) notes.delete(old)
      const name = randomBytes(6).toString('base64url')
      notes.set(name, note)
      return name
    },
    read: (name: string | undefined): Html | null => (name === undefined ? null : (notes.get(name) ?? null)),
  }
}
export type Notes = ReturnType<typeof createNotes>
