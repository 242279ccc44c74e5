import type { RefUpdate, RefusedRef } from '../../../ports/journal.ts'
import { Unauthorized } from '../../../ports/unauthorized.ts'
import { checkedRef, checkedSha } from '../local-repo.ts'
import { gitWords } from '../plumbing.ts'
import { type GitStore, listExactly, noteOnRemote, pushFrom } from '../store.ts'
import { missingCommits } from './fetch.ts'
import { pushPack } from './push-pack.ts'
import { type PushReport, readReport } from './push-report.ts'

export type Pushed =
  | { outcome: 'pushed' }
  /** `named` lists the refs that have neither their old nor their new value. `unknown`: a push may have succeeded before. */
  | { outcome: 'moved'; refs: ReadonlyMap<string, string>; named: string[]; unknown: boolean }
  /** Nothing moved, and the remote refused it; the words are the remote's. `refs` is empty if it names none. */
  | { outcome: 'refused'; refs: RefusedRef[]; words: string }

const TRIES = 8
const FIRST_WAIT = 0.25

/**
 * Moves all refs, or none. A push without a clear answer (a 5xx, a lost connection, a time-out) may have succeeded, so the
 * refs are read before the next try. The commit of the first update must be unique to this caller: if its ref has it, the
 * push went through.
 */
export async function pushAll(store: GitStore, updates: readonly RefUpdate[]): Promise<Pushed> {
  await requirePresent(store, updates)
  let unknown = false
  let words = ''
  for (let tried = 0; tried < TRIES; tried += 1) {
    if (tried > 0) await store.clock.wait(FIRST_WAIT * 2 ** (tried - 1), store.network.signal)
    const attempt = await tryPush(store, updates, tried === 0)
    if (attempt.verdict === 'pushed') return noted(store, updates)
    words = attempt.words
    unknown ||= attempt.verdict === 'unknown'
    const settled = await outcomeByRefs(store, updates, unknown)
    if (settled !== null) return settled
    if (attempt.verdict === 'refused') return { outcome: 'refused', refs: attempt.refs, words }
  }
  throw new Error(`the push was tried ${TRIES} times, and what became of it is not known: ${words}`)
}

function noted({ repo }: GitStore, updates: readonly RefUpdate[]): Pushed {
  noteOnRemote(
    repo,
    updates.flatMap(({ to }) => (to === null ? [] : [to])),
  )
  return { outcome: 'pushed' }
}

/** Git would notice a missing commit only during the push, and that looks like a broken connection. */
async function requirePresent(store: GitStore, updates: readonly RefUpdate[]): Promise<void> {
  const absent = await missingCommits(
    store,
    updates.flatMap(({ to }) => (to === null ? [] : [to])),
  )
  if (absent.length > 0) throw new Error(`nothing can be pushed: ${absent.join(', ')} is not here`)
}

type PushAttempt = { verdict: 'pushed' } | (PushReport & { words: string })

/** By a request of our own the first time; if that is unclear, git asks the remote for its state, and retries. */
async function tryPush(store: GitStore, updates: readonly RefUpdate[], isFirst: boolean): Promise<PushAttempt> {
  const leases = updates.map(
    ({ ref, from }) => `--force-with-lease=${checkedRef(ref)}:${from === null ? '' : checkedSha(from)}`,
  )
  // Only an intended deletion may have an empty source.
  const refspecs = updates.map(({ ref, to }) => (to === null ? `:${ref}` : `${checkedSha(to)}:${ref}`))
  try {
    const quick = isFirst ? await pushPack(store, updates) : null
    const { code, stdout, stderr } = quick ?? (await pushFrom(store, leases, refspecs))
    if (code === 0) return { verdict: 'pushed' }
    const refs = updates.map(({ ref }) => ref)
    return { words: gitWords(stderr), ...readReport(stdout, stderr, refs) }
  } catch (error) {
    store.network.signal?.throwIfAborted()
    if (error instanceof Unauthorized) throw error
    return { verdict: 'unknown', words: error instanceof Error ? error.message : String(error) }
  }
}

/** The outcome according to the remote's refs; null if none has moved or they cannot be read, so a retry is safe. */
async function outcomeByRefs(store: GitStore, updates: readonly RefUpdate[], unknown: boolean): Promise<Pushed | null> {
  const refs = await readRefs(
    store,
    updates.map(({ ref }) => ref),
  )
  if (refs === null) return null
  const [own] = updates
  if (own !== undefined && own.to !== null && refs.get(own.ref) === own.to) return { outcome: 'pushed' }
  const moved = updates.filter(({ ref, from, to }) => {
    const at = refs.get(ref) ?? null
    return at !== from && at !== to
  })
  return moved.length === 0 ? null : { outcome: 'moved', refs, named: moved.map(({ ref }) => ref), unknown }
}

/** Null if the refs cannot be read; the next try reads them again. */
async function readRefs(store: GitStore, refs: readonly string[]): Promise<Map<string, string> | null> {
  try {
    return await listExactly(store, refs)
  } catch {
    store.network.signal?.throwIfAborted()
    return null
  }
}
