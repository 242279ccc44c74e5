import { createHash } from 'node:crypto'
import { issueOf, logRef, type RunId, type Sha } from '../../../src/core/ids.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { parseEvent, parseState, type RunState } from '../../../src/core/run/state.ts'
import type { Appended, Journal, RefUpdate } from '../../../src/ports/journal.ts'

interface Entry {
  parent: Sha | null
  events: string[]
  state: string
}

/** A remote that several journals can write to, as long as the process lives. */
export interface MemoryRemote {
  refs: Map<string, Sha>
  entries: Map<Sha, Entry>
  /** Refs that it does not take, and what it says to that. */
  refused: Map<string, string>
}

export const memoryRemote = (): MemoryRemote => ({ refs: new Map(), entries: new Map(), refused: new Map() })

/** The journal without git, for tests of what stands on it. It keeps text, so that nothing is shared with who wrote it. */
export function memoryJournal(remote: MemoryRemote): Journal {
  return {
    runsOf: async (issue) => ({ runs: runsOf(remote, issue) }),
    look: async (run, refs) => ({ tip: remote.refs.get(logRef(run)) ?? null, refs: found(remote, refs) }),
    inTheWay: async (run) =>
      [...remote.refs.keys()].filter(
        (ref) => ref === 'refs/heads/tributary' || new RegExp(`^refs/(heads/)?tributary/${run}(/|$)`).test(ref),
      ),
    follows: async (_run, before, now) => chain(remote, now).includes(entryAt(remote, before)),
    read: async (run) => {
      const tip = remote.refs.get(logRef(run))
      return tip === undefined ? null : { state: parseState(entryAt(remote, tip).state), tip }
    },
    others: async (run, most) =>
      [...remote.refs]
        .flatMap(([ref, tip]) => {
          const other = /^refs\/tributary\/([0-9-]+)\/log$/.exec(ref)?.[1]
          return other === undefined || other === run ? [] : [{ other, tip }]
        })
        .toSorted((a, b) => issueOf(b.other) - issueOf(a.other))
        .slice(0, most)
        .map(({ tip }) => parseState(entryAt(remote, tip).state)),
    history: async (run) =>
      chain(remote, remote.refs.get(logRef(run)) ?? null).flatMap(({ events }) => events.map(parseEvent)),
    append: async (run, expected, events, state, refs) => append(remote, run, { expected, events, state, refs }),
  }
}

function runsOf({ refs }: MemoryRemote, issue: number) {
  const runs = [...refs].flatMap(([ref, tip]) => {
    const run = /^refs\/tributary\/([0-9-]+)\/log$/.exec(ref)?.[1]
    return run !== undefined && issueOf(run) === issue ? [{ run, tip }] : []
  })
  return runs.toSorted((one, other) => countOf(one.run) - countOf(other.run))
}

const countOf = (run: RunId): number => Number(run.split('-')[1] ?? 1)

const found = ({ refs }: MemoryRemote, asked: readonly string[]): Map<string, Sha> =>
  new Map([...refs].filter(([ref]) => asked.includes(ref)))

function entryAt({ entries }: MemoryRemote, tip: Sha): Entry {
  const entry = entries.get(tip)
  if (entry === undefined) throw new Error(`no journal entry ${tip}`)
  return entry
}

function chain(remote: MemoryRemote, tip: Sha | null): Entry[] {
  const entries: Entry[] = []
  for (let at = tip; at !== null; at = entryAt(remote, at).parent) entries.unshift(entryAt(remote, at))
  return entries
}

interface Wanted {
  expected: Sha | null
  events: readonly RunEvent[]
  state: RunState
  refs: readonly RefUpdate[]
}

function append(remote: MemoryRemote, run: RunId, { expected, events, state, refs }: Wanted): Appended {
  if (events.length === 0) throw new Error(`nothing to append to the journal of run ${run}`)
  const entry = { parent: expected, events: events.map((event) => JSON.stringify(event)), state: JSON.stringify(state) }
  const tip = createHash('sha1')
    .update(`${remote.entries.size} ${JSON.stringify(entry)}`)
    .digest('hex')
  const updates = [{ ref: logRef(run), from: expected, to: tip }, ...refs]
  const moved = updates.filter(({ ref, from, to }) => ![from, to].includes(remote.refs.get(ref) ?? null))
  if (moved.length > 0) return { ok: false, error: { reason: 'conflict', refs: moved.map(({ ref }) => ref) } }
  const refused = updates.flatMap(({ ref }) => {
    const words = remote.refused.get(ref)
    return words === undefined ? [] : [{ ref, words }]
  })
  if (refused.length > 0)
    return { ok: false, error: { reason: 'refused', refs: refused, words: refused[0]?.words ?? '' } }
  remote.entries.set(tip, entry)
  for (const { ref, to } of updates) {
    if (to === null) remote.refs.delete(ref)
    else remote.refs.set(ref, to)
  }
  return { ok: true, tip }
}
