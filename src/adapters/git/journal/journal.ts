import { randomUUID } from 'node:crypto'
import type { RunId, Sha } from '../../../core/ids.ts'
import type { RunEvent } from '../../../core/run/event.ts'
import type { RunState } from '../../../core/run/state.ts'
import { type Appended, type Journal, JournalUnreadable, type RefUpdate } from '../../../ports/journal.ts'
import { writeCommit } from '../objects.ts'
import { runGit } from '../plumbing.ts'
import { type Pushed, pushAll } from '../remote/push.ts'
import { type GitStore, listExactly, listRefs, openGitStore, type StoreOptions } from '../store.ts'
import {
  bothRefs,
  isAllowedRef,
  type JournalLocation,
  journalIn,
  journalMessage,
  journalRef,
  placesOf,
  type RefKind,
  readHistory,
  refsInTheWay,
  runPatterns,
  runsIn,
} from './journal-format.ts'
import { readOthers } from './other-runs.ts'
import { fetchFullJournal, fetchJournal, readSnapshot, remember, writeSnapshot } from './snapshot.ts'

export type JournalOptions = StoreOptions & {
  /** Makes each commit unique. */
  nonce?: () => string
}

interface JournalClient {
  store: GitStore
  nonce(): string
  /** Where each run's journal was last seen. */
  refKinds: Map<RunId, RefKind>
}

/** Opens the journals of all runs at a remote. The refs that an append moves may name any commit of the same `gitDir`. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { nonce = randomUUID } = options
  const client: JournalClient = { store: await openGitStore(options), nonce, refKinds: new Map() }
  return {
    runsOf: async (issue) => ({ runs: runsIn(await listRefs(client.store, runPatterns(issue)), issue) }),
    look: (run, refs) => look(client, run, refs),
    inTheWay: async (run) => refsInTheWay(await listRefs(client.store, placesOf(run)), run),
    follows: (_run, before, now) => isAncestor(client.store, before, now),
    read: (run) => read(client, run),
    others: (run, most) => readOthers(client.store, run, most),
    history: (run) => history(client, run),
    append: (run, expected, events, state, refs) => append(client, { run, expected, events, state, refs }),
  }
}

async function look(client: JournalClient, run: RunId, refs: readonly string[]) {
  const found = await listExactly(client.store, [...bothRefs(run), ...refs])
  const journal = remembered(client, run, journalIn(found, run))
  const asked = refs.flatMap((ref) => [[ref, found.get(ref)] as const])
  const there = asked.filter((entry): entry is readonly [string, string] => entry[1] !== undefined)
  return { tip: journal?.tip ?? null, refs: new Map(there) }
}

async function read(client: JournalClient, run: RunId) {
  const { tip } = await look(client, run, [])
  if (tip === null) return null
  await fetchJournal(client.store, run, tip)
  try {
    return { state: await readSnapshot(client.store, tip), tip }
  } catch (cause) {
    throw new JournalUnreadable(run, cause)
  }
}

async function history(client: JournalClient, run: RunId): Promise<RunEvent[]> {
  const { tip } = await look(client, run, [])
  return tip === null ? [] : readHistory(client.store, run, tip)
}

function remembered(client: JournalClient, run: RunId, found: JournalLocation | null): JournalLocation | null {
  if (found !== null) client.refKinds.set(run, found.kind)
  return found
}

interface Entry {
  run: RunId
  expected: Sha | null
  events: readonly RunEvent[]
  state: RunState
  refs: readonly RefUpdate[]
}

async function append(client: JournalClient, entry: Entry): Promise<Appended> {
  const { store } = client
  const { run, expected, events, state } = entry
  if (events.length === 0) throw new Error(`nothing to append to the journal of run ${run}`)
  if (expected !== null) await fetchJournal(store, run, expected)
  if (expected !== null && !client.refKinds.has(run)) await look(client, run, [])
  const words = journalMessage(run, events, client.nonce())
  const tree = await writeSnapshot(store, state)
  const tip = await writeCommit(store.repo, {
    tree,
    parents: expected === null ? [] : [expected],
    words,
    at: store.clock.now(),
  })
  return send(client, entry, tip, client.refKinds.get(run) ?? 'custom')
}

async function send(client: JournalClient, entry: Entry, tip: Sha, kind: RefKind): Promise<Appended> {
  const { store } = client
  const { run, expected, refs } = entry
  const own: RefUpdate = { ref: journalRef(kind, run), from: expected, to: tip }
  const pushed = await pushAll(store, [own, ...refs.filter(({ ref }) => isAllowedRef(kind, ref))])
  if (pushed.outcome === 'refused') return refused(client, entry, { tip, kind }, pushed)
  if (pushed.outcome === 'moved') {
    const now = pushed.refs.get(own.ref)
    if (!(pushed.unknown && now !== undefined && (await hasDescendant(store, run, now, tip))))
      return { ok: false, error: { reason: 'conflict', refs: pushed.named } }
  }
  client.refKinds.set(run, kind)
  await remember(store, run, tip)
  return { ok: true, tip }
}

/** If the first push of a new run was refused, the remote may refuse custom refs: tries a branch. */
async function refused(
  client: JournalClient,
  entry: Entry,
  { tip, kind }: JournalLocation,
  { refs, words }: Extract<Pushed, { outcome: 'refused' }>,
): Promise<Appended> {
  const isOwn = refs.length === 0 || refs.some(({ ref }) => ref === journalRef(kind, entry.run))
  if (kind === 'custom' && entry.expected === null && isOwn) return send(client, entry, tip, 'branch')
  return { ok: false, error: { reason: 'refused', refs, words } }
}

/** Whether our commit was pushed and another writer has appended to it since. */
async function hasDescendant(store: GitStore, run: RunId, now: Sha, ours: Sha): Promise<boolean> {
  await fetchFullJournal(store, run, now)
  return isAncestor(store, ours, now)
}

const isAncestor = async ({ repo }: GitStore, ancestor: Sha, descendant: Sha): Promise<boolean> =>
  (await runGit(repo, ['merge-base', '--is-ancestor', ancestor, descendant], { codes: [0, 1] })).code === 0
