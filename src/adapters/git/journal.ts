import { randomUUID } from 'node:crypto'
import type { RunId, Sha } from '../../core/ids.ts'
import type { RunEvent } from '../../core/run/event.ts'
import type { RunState } from '../../core/run/state.ts'
import type { Appended, Journal, RefUpdate } from '../../ports/journal.ts'
import {
  bothRefs,
  type Found,
  isAllowed,
  journalIn,
  journalRef,
  journalWords,
  readHistory,
  runPatterns,
  runsIn,
  type Style,
} from './journal-format.ts'
import { writeCommit } from './objects.ts'
import { runGit } from './plumbing.ts'
import { pushAll } from './push.ts'
import { bring, bringWhole, readSnapshot, remember, writeSnapshot } from './snapshot.ts'
import { listExactly, listRefs, openStore, type Store, type StoreOptions } from './store.ts'

export type JournalOptions = StoreOptions & {
  /** Makes each commit one of a kind. */
  nonce?: () => string
}

interface Desk {
  store: Store
  nonce(): string
  /** Where each run's journal was seen. */
  styles: Map<RunId, Style>
}

/** The journal of every run at a remote. The refs that an append moves may name any commit of the same `gitDir`. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { nonce = randomUUID } = options
  const desk: Desk = { store: await openStore(options), nonce, styles: new Map() }
  return {
    runsOf: async (issue) => ({ runs: runsIn(await listRefs(desk.store, runPatterns(issue)), issue) }),
    look: (run, refs) => look(desk, run, refs),
    read: (run) => read(desk, run),
    history: (run) => history(desk, run),
    append: (run, expected, events, state, refs) => append(desk, { run, expected, events, state, refs }),
  }
}

async function look(desk: Desk, run: RunId, refs: readonly string[]) {
  const found = await listExactly(desk.store, [...bothRefs(run), ...refs])
  const journal = noted(desk, run, journalIn(found, run))
  const asked = refs.flatMap((ref) => [[ref, found.get(ref)] as const])
  const there = asked.filter((entry): entry is readonly [string, string] => entry[1] !== undefined)
  return { tip: journal?.tip ?? null, refs: new Map(there) }
}

async function read(desk: Desk, run: RunId) {
  const { tip } = await look(desk, run, [])
  if (tip === null) return null
  await bring(desk.store, run, tip)
  return { state: await readSnapshot(desk.store, tip), tip }
}

async function history(desk: Desk, run: RunId): Promise<RunEvent[]> {
  const { tip } = await look(desk, run, [])
  return tip === null ? [] : readHistory(desk.store, run, tip)
}

function noted(desk: Desk, run: RunId, found: Found | null): Found | null {
  if (found !== null) desk.styles.set(run, found.style)
  return found
}

interface Entry {
  run: RunId
  expected: Sha | null
  events: readonly RunEvent[]
  state: RunState
  refs: readonly RefUpdate[]
}

async function append(desk: Desk, entry: Entry): Promise<Appended> {
  const { store } = desk
  const { run, expected, events, state } = entry
  if (events.length === 0) throw new Error(`nothing to append to the journal of run ${run}`)
  if (expected !== null) await bring(store, run, expected)
  if (expected !== null && !desk.styles.has(run)) await look(desk, run, [])
  const words = journalWords(run, events, desk.nonce())
  const tree = await writeSnapshot(store, state)
  const tip = await writeCommit(store.place, {
    tree,
    parents: expected === null ? [] : [expected],
    words,
    at: store.clock.now(),
  })
  return send(desk, entry, tip, desk.styles.get(run) ?? 'custom')
}

async function send(desk: Desk, entry: Entry, tip: Sha, style: Style): Promise<Appended> {
  const { store } = desk
  const { run, expected, refs } = entry
  const own: RefUpdate = { ref: journalRef(style, run), from: expected, to: tip }
  const pushed = await pushAll(store, [own, ...refs.filter(({ ref }) => isAllowed(style, ref))])
  if (pushed.outcome === 'refused') return refused(desk, entry, tip, style, pushed.words)
  if (pushed.outcome === 'moved') {
    const now = pushed.refs.get(own.ref)
    if (!(pushed.unknown && now !== undefined && (await holds(store, run, now, tip))))
      return { ok: false, error: { reason: 'conflict', refs: pushed.named } }
  }
  desk.styles.set(run, style)
  await remember(store, run, tip)
  return { ok: true, tip }
}

/** A new run's first push shows whether the remote takes refs of our own. */
async function refused(desk: Desk, entry: Entry, tip: Sha, style: Style, words: string): Promise<Appended> {
  if (style === 'branch' || entry.expected !== null) throw new Error(`the remote refused the push: ${words}`)
  return send(desk, entry, tip, 'branch')
}

/** Ours went through, and somebody has written on top of it since. */
async function holds(store: Store, run: RunId, now: Sha, ours: Sha): Promise<boolean> {
  await bringWhole(store, run, now)
  return (await runGit(store.place, ['merge-base', '--is-ancestor', ours, now], { codes: [0, 1] })).code === 0
}
