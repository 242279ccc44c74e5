import type { Html } from '../../render/page/html.ts'
import { type Part, partHash } from './layout.ts'

/** What a browser is told of a part: all of it, or the pieces that differ if nothing else does. */
export type Change = { id: string; hash: string } & ({ html: string } | { pieces: Readonly<Record<string, string>> })

/**
 * Returns a function that says what is new in a part since its last call; null: nothing. `known`: what the browser has, as
 * `id:hash` separated by commas.
 */
export function changeOf(known: string): (part: Part) => Change | null {
  const hashes = new Map(known.split(',').map(split))
  const sent = new Map<string, Html>()
  return (part) => {
    const { id, html } = part
    const [hash, before] = [partHash(part), sent.get(id)]
    sent.set(id, html)
    if (hashes.get(id) === hash) return null
    hashes.set(id, hash)
    return before !== undefined && around(before) === around(html)
      ? { id, hash, pieces: newPieces(before, html) }
      : { id, hash, html: html.text }
  }
}

const split = (entry: string): [string, string] => {
  const at = entry.indexOf(':')
  return [entry.slice(0, at), entry.slice(at + 1)]
}

/** The text with the ids of its pieces in their place. */
function around({ text, pieces }: Html): string {
  let at = 0
  const kept = pieces.flatMap((piece) => {
    const begin = text.indexOf(piece.text, at)
    const before = text.slice(at, begin)
    at = begin + piece.text.length
    return [before, piece.id]
  })
  return [...kept, text.slice(at)].join('\0')
}

function newPieces(before: Html, { pieces }: Html): Record<string, string> {
  const old = new Map(before.pieces.map(({ id, text }) => [id, text]))
  return Object.fromEntries(pieces.flatMap(({ id, text }) => (old.get(id) === text ? [] : [[id, text]])))
}
