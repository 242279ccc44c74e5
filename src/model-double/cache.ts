import { createHash } from 'node:crypto'
import type { Segment } from './prompt.ts'

const SECONDS = { '5m': 300, '1h': 3600 } as const

/** How many pieces before a marker are searched for an entry of an earlier request. */
const LOOK_BACK = 20

/** Tokens of a prompt, split as the API bills them. */
export interface CacheUsage {
  readonly input: number
  readonly read: number
  readonly written5m: number
  readonly written1h: number
}

export interface CachePlan {
  readonly usage: CacheUsage
  /** Must be called when the answer begins: before that, other requests cannot use the written entries. */
  commit(): void
}

export interface PromptCache {
  /** The entries that this prompt reads and would write; reading one renews its lifetime. */
  plan(model: string, segments: readonly Segment[], minimum: number): CachePlan
}

interface Entry {
  readonly seconds: number
  until: number
}

interface Marker {
  readonly at: number
  readonly ttl: '5m' | '1h'
}

/** Prefixes that were marked, by model and content, for five minutes or an hour after their last use. */
export function createCache(now: () => Date): PromptCache {
  const entries = new Map<string, Entry>()
  const seconds = (): number => now().getTime() / 1000
  const refresh = (key: string): boolean => {
    const entry = entries.get(key)
    if (entry === undefined || entry.until < seconds()) return false
    entry.until = seconds() + entry.seconds
    return true
  }
  return {
    plan: (model, segments, minimum) => {
      const keys = keysOf(model, segments)
      const ends = endsOf(segments)
      const markers = markersOf(segments).filter(({ at }) => (ends[at] ?? 0) >= minimum)
      const hit = lookUp(markers, keys, refresh)
      return {
        usage: usageOf(ends, markers, hit),
        commit: () => {
          for (const { at, ttl } of markers.filter((marker) => marker.at > hit)) {
            const lifetime = SECONDS[ttl]
            entries.set(keys[at] ?? '', { seconds: lifetime, until: seconds() + lifetime })
          }
        },
      }
    },
  }
}

/** A key for each prefix: the same only where every piece before is the same. */
function keysOf(model: string, segments: readonly Segment[]): string[] {
  let key = model
  return segments.map(({ text }) => {
    key = createHash('sha256').update(`${key}\n${text}`).digest('hex')
    return key
  })
}

/** Tokens up to and with each piece. */
function endsOf(segments: readonly Segment[]): number[] {
  let end = 0
  return segments.map(({ tokens }) => {
    end += tokens
    return end
  })
}

const markersOf = (segments: readonly Segment[]): Marker[] =>
  segments.flatMap(({ ttl }, at) => (ttl === null ? [] : [{ at, ttl }]))

/** The longest prefix with a live entry, looked for behind each marker, the last one first; -1 is none. */
function lookUp(markers: readonly Marker[], keys: readonly string[], alive: (key: string) => boolean): number {
  for (const { at } of markers.toReversed()) {
    for (let place = at; place > at - LOOK_BACK && place >= 0; place -= 1) {
      if (alive(keys[place] ?? '')) return place
    }
  }
  return -1
}

function usageOf(ends: readonly number[], markers: readonly Marker[], hit: number): CacheUsage {
  const total = ends.at(-1) ?? 0
  const read = hit === -1 ? 0 : (ends[hit] ?? 0)
  const endOf = (ttl?: '1h'): number =>
    markers.filter((marker) => ttl === undefined || marker.ttl === ttl).reduce((_, { at }) => ends[at] ?? 0, 0)
  const written1h = Math.max(0, endOf('1h') - read)
  const written5m = Math.max(0, endOf() - read - written1h)
  return { input: total - read - written1h - written5m, read, written5m, written1h }
}
