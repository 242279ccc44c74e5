import { branchOfRef, branchRef, parseBranch, trunkBranch } from '../../core/ids.ts'
import { settingsOf } from '../../core/run/state.ts'
import type { RefUpdate } from '../../ports/journal.ts'
import { branchesMovedPause } from './merges/adopt-trunk.ts'
import { withShown } from './projections/publish-projections.ts'
import { type Draft, emptyDraft, recordEvents } from './session/event-draft.ts'
import { noteRefusal } from './session/refusals.ts'
import { nowOf, type Session } from './session/session.ts'
import { readAgain } from './slots/observe.ts'
import { forgetGoneSlots, withDispatched } from './slots/supply.ts'

/** One atomic push. False: another process wrote first, the push was refused, or its limit is reached; observe and decide again. */
export async function appendEvents(session: Session, decided: Draft): Promise<boolean> {
  const { deps } = session
  const wait = session.limiter.take(deps.clock.now().getTime(), settingsOf(session.state).limits.pushes_per_minute)
  if (wait > 0) {
    await deps.clock.wait(wait)
    return false
  }
  const draft = forgetGoneSlots(session, withShown(session, withDispatched(session, decided)))
  const refs = draft.refs.map((update) => recreated(session, update))
  const appended = await deps.journal.append(session.run, session.tip, draft.events, draft.state, refs)
  if (!appended.ok) {
    if (appended.error.reason === 'conflict') return reread(session, appended.error.refs, refs)
    noteRefusal(session, draft, refs, appended.error)
    return false
  }
  deps.log(draft.events.map((event) => ('task' in event ? `${event.type} ${event.task}` : event.type)).join(', '))
  session.tip = appended.tip
  session.state = draft.state
  session.started = true
  session.refusedRefs.clear()
  session.behind = false
  for (const { ref } of refs) session.deleted.delete(ref)
  return true
}

/** A branch that was deleted, by a person or by GitHub after its merge, is created again: it has no tip to expect. */
const recreated = (session: Session, update: RefUpdate): RefUpdate =>
  session.deleted.has(update.ref) ? { ...update, from: null } : update

async function reread(session: Session, named: readonly string[], updates: readonly RefUpdate[]): Promise<false> {
  const before = session.tip
  await readAgain(session)
  const unchanged = session.tip === before
  const branches = named.filter((ref) => parseBranch(branchOfRef(ref) ?? '') !== null)
  if (unchanged && branches.length > 0) await branchesMoved(session, branches, updates)
  return false
}

/**
 * Branches of the run were moved or deleted by others. A deleted one is created again. A moved task branch pauses the run, and
 * is not overwritten; a moved trunk is looked at by the next wake-up.
 */
async function branchesMoved(
  session: Session,
  branches: readonly string[],
  updates: readonly RefUpdate[],
): Promise<void> {
  const { refs } = await session.deps.journal.look(session.run, branches)
  for (const ref of branches) if (!refs.has(ref)) session.deleted.add(ref)
  const moved = branches.flatMap((ref) => {
    const sha = refs.get(ref)
    const branch = branchOfRef(ref)
    if (sha === undefined || branch === null || branch === trunkBranch(session.run)) return []
    const known = updates.find((update) => update.ref === ref)?.from ?? null
    return [{ branch, sha, known }]
  })
  for (const { branch } of moved) session.notOurs.add(branchRef(branch))
  if (moved.length === 0 || session.state.phase !== 'active' || session.state.paused !== null) return
  const paused = recordEvents(emptyDraft(session.state), nowOf(session), branchesMovedPause(moved))
  const appended = await session.deps.journal.append(session.run, session.tip, paused.events, paused.state, [])
  if (!appended.ok) {
    if (appended.error.reason === 'refused') noteRefusal(session, paused, [], appended.error)
    return
  }
  session.tip = appended.tip
  session.state = paused.state
}
