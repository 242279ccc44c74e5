import { type LiveRun, settingsOf } from '../../../core/run/state.ts'
import { digest } from '../../../core/text/digest.ts'
import type { Located, Projection, Published } from '../../../ports/forge.ts'
import { type Draft, emptyDraft, recordEvents } from '../session/event-draft.ts'
import { nowOf, type Session } from '../session/session.ts'
import { desiredProjections } from './desired-projections.ts'

/** Milliseconds of play, so that a status that may be edited every 10 seconds is not late by a whole look. */
const PLAY = 50

/**
 * Shows people where the run stands: what differs from what was shown last, in as few requests as can be. Never read back.
 * `final`: this process leaves, so the status is edited however short ago the last edit was.
 */
export async function publishProjections(session: Session, { final }: { final: boolean }): Promise<void> {
  if (session.shownState === session.state && !final) return
  // Two rounds: comments stand on the pull request that the first one may have opened.
  for (let round = 0; round < 2; round += 1) {
    const changed = desiredProjections(seen(session), locatedIn(session)).filter((one) => hasChanged(session, one))
    const due = changed.filter((one) => final || !isTooEarly(session, one))
    if (changed.length === 0) session.shownState = session.state
    if (due.length === 0) return
    await show(session, due)
  }
}

/** Names of all that a run in this state shows, whether the pull request that some of it stands on is known yet or not. */
export const showable = (state: LiveRun): string[] =>
  [() => null, () => ({ number: 1, node: '' })].flatMap((locate) =>
    desiredProjections(state, locate).map(({ name }) => name),
  )

const locatedIn =
  (session: Session) =>
  (name: string): Located | null => {
    const found = session.shown.get(name) ?? session.state.projected[name]
    return found === undefined ? null : { number: found.number, node: found.node }
  }

const digestOf = ({ located: _located, ...content }: Projection): string => digest(content).slice(0, 16)

const lastShown = (session: Session, name: string) => session.shown.get(name) ?? session.state.projected[name]

const hasChanged = (session: Session, one: Projection): boolean =>
  lastShown(session, one.name)?.digest !== digestOf(one) && !session.refused.has(one.name)

/** Comments that follow the run while it is at work. */
const LIVE: readonly string[] = ['comment:status', 'comment:planning', 'comment:plan']

/** The live status is not edited at every event: people read it, and each edit is a write. */
function isTooEarly(session: Session, { name }: Projection): boolean {
  if (!LIVE.includes(name) || lastShown(session, name) === undefined) return false
  const seconds = settingsOf(session.state).limits.status_seconds
  return session.deps.clock.now().getTime() - (session.editedAt.get(name) ?? 0) + PLAY < seconds * 1000
}

async function show(session: Session, due: readonly Projection[]): Promise<void> {
  const isOld = ({ located, name }: Projection) => located === null && session.unsure.has(name)
  for (const [some, lookFirst] of [
    [due.filter(isOld), true],
    [due.filter((one) => !isOld(one)), false],
  ] as const) {
    if (some.length === 0) continue
    const published = await session.deps.forge.publish(some, lookFirst)
    for (const [index, answer] of published.entries()) noteAnswer(session, some[index], answer)
  }
}

function noteAnswer(session: Session, one: Projection | undefined, answer: Published): void {
  if (one === undefined) return
  const { name } = one
  if (LIVE.includes(name)) session.editedAt.set(name, session.deps.clock.now().getTime())
  if (answer.ok) {
    session.shown.set(name, { ...answer.located, digest: digestOf(one) })
    return
  }
  session.deps.log(`${name}: ${answer.reason}: ${answer.message}`)
  session.refused.add(name)
  if (one.kind === 'pull' && one.located === null) session.pullRefused = answer.message
}

/** Where things went that the journal does not know yet; recorded with whatever is recorded next. */
export function withShown(session: Session, draft: Draft): Draft {
  let next = draft
  const entries = [...session.shown]
    .filter(([name, { digest }]) => draft.state.projected[name]?.digest !== digest)
    .map(([name, it]) => ({ name, ...it }))
  if (entries.length > 0) next = recordEvents(next, nowOf(session), { type: 'projected', entries })
  if (session.pullRefused !== null && next.state.pullRefused === null)
    next = recordEvents(next, nowOf(session), { type: 'pull_refused', why: session.pullRefused })
  return next
}

/** What people see depends on whether pull requests are refused: that is told at once, not only with the next events. */
const seen = (session: Session): Session['state'] => withShown(session, emptyDraft(session.state)).state
