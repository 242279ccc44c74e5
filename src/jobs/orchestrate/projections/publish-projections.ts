import { type CommentName, isCallName, parseProjectionName, projectionName } from '../../../core/run/projection-name.ts'
import type { Refusable } from '../../../core/run/report.ts'
import { type LiveRun, settingsOf } from '../../../core/run/state.ts'
import { editSeconds, showSeconds } from '../../../core/schedule/request-pace.ts'
import { digest } from '../../../core/text/digest.ts'
import type { Located, Projection, Published } from '../../../ports/forge.ts'
import { unlessLimited } from '../session/api-limit.ts'
import { type Draft, emptyDraft, recordEvents } from '../session/event-draft.ts'
import { nowOf, quotasOf, type Session } from '../session/session.ts'
import { desiredProjections } from './desired-projections.ts'
import { lastShown, locatedIn } from './last-shown.ts'
import { askForReviews, readOwners } from './review-requests.ts'
import { keepPage } from './run-page.ts'

/** Milliseconds of tolerance, so that a status that may be edited every 10 seconds is not late by a whole poll. */
const TOLERANCE = 50

/**
 * Publishes the projections that differ from the last published ones, in as few requests as possible. Never read back.
 * `final`: this process leaves, so the status is edited even if the last edit was a moment ago. False: a limit of the API
 * keeps them from being shown now.
 */
export async function publishProjections(session: Session, { final }: { final: boolean }): Promise<boolean> {
  const now = session.deps.clock.now()
  if (!final && (session.shownState === session.state || now.getTime() < session.nextShow)) return true
  if (isLimited(session)) return false
  const isShown = await unlessLimited(
    session,
    async () => {
      await readOwners(session)
      await keepPage(session)
      await publishChanged(session, final)
      return !isLimited(session)
    },
    false,
  )
  session.nextShow = now.getTime() + showSeconds(quotasOf(session), now) * 1000
  return isShown
}

/**
 * In rounds: comments are posted on pull requests that an earlier one has opened, and those who cannot be asked for a review are
 * called. At the end of a run, what links checks and pull requests comes after them, so that it is written once.
 */
async function publishChanged(session: Session, final: boolean): Promise<void> {
  const isLast = final || session.state.phase === 'ended'
  const due = () => dueNow(session, isLast)
  const linked = session.state.phase === 'ended' ? due().filter(isLinked) : []
  await show(session, linked)
  if (isLimited(session)) return
  const first = due()
  await show(
    session,
    first.filter((one) => !isCall(one)),
  )
  if (isLimited(session)) return
  const hasAsked = await askForReviews(session, seen(session), locatedIn(session))
  if (first.length > 0 || hasAsked) await show(session, due())
}

/** What other texts link by its number, once it has one. */
const isLinked = ({ kind, name, located }: Projection): boolean =>
  located === null && (kind === 'pull' || (kind === 'check' && !isOfRun(name)))

function isOfRun(name: string): boolean {
  const of = parseProjectionName(name)
  return of?.kind === 'check' && of.of === 'run'
}

function dueNow(session: Session, final: boolean): Projection[] {
  const wanted = desiredProjections(seen(session), locatedIn(session), session.owners?.rules)
  const changed = wanted.filter((one) => hasChanged(session, one) && !isLeftOut(session, one))
  if (changed.length === 0) session.shownState = session.state
  const due = changed.filter((one) => final || !isTooEarly(session, one))
  return !final && isShownSince(session, secondsOf(session)) && due.every(canWait) ? [] : due
}

function isCall({ name }: Projection): boolean {
  const of = parseProjectionName(name)
  return of?.kind === 'comment' && isCallName(of.comment)
}

const FINAL_PULL = projectionName({ kind: 'pull', of: 'trunk' })

/** From when half of what GitHub lets the repository write in an hour is used up. */
const SCARCE = 4

/** A pull request that is opened for a task at work asks no person for anything: it is the first to go if writes are scarce. */
function isLeftOut(session: Session, one: Projection): boolean {
  if (one.kind !== 'pull' || one.located !== null || !one.draft || one.name === FINAL_PULL) return false
  return secondsOf(session) >= SCARCE * settingsOf(session.state).limits.status_seconds
}

const isLimited = ({ contentLimitedUntil, deps }: Session): boolean => contentLimitedUntil > deps.clock.now().getTime()

/** What asks no person for anything waits for what comes next, so that both are one request. */
const canWait = (one: Projection): boolean =>
  one.kind === 'check' && one.state.status === 'completed' && RESTING.includes(one.state.conclusion)

const RESTING: readonly string[] = ['success', 'neutral', 'skipped', 'cancelled']

const isShownSince = ({ editedAt, deps }: Session, seconds: number): boolean =>
  deps.clock.now().getTime() - Math.max(0, ...editedAt.values()) + TOLERANCE < seconds * 1000

/** Between two edits of the same comment, and between two requests for what can wait. */
const secondsOf = (session: Session): number =>
  editSeconds(settingsOf(session.state).limits.status_seconds, quotasOf(session), session.deps.clock.now())

/** Names of all projections of this state that may have been created, whether or not its pull request is known yet, or reviews can be asked for. */
export const showable = (state: LiveRun): string[] =>
  [state, { ...state, refused: { ...state.refused, reviewers: '' } }].flatMap((run) =>
    [null, { number: 1, node: '' }].flatMap((trunk) =>
      desiredProjections(run, (name) => (projectionName(name) === FINAL_PULL ? trunk : null)).map(({ name }) => name),
    ),
  )

/** Of what is shown, and not of where. */
const digestOf = ({ located: _located, ...shown }: Projection): string => {
  const { threadNode: _node, ...content } = { threadNode: undefined, ...shown }
  return digest(content).slice(0, 16)
}

const hasChanged = (session: Session, one: Projection): boolean =>
  lastShown(session, one.name)?.digest !== digestOf(one) && !session.refused.has(refusalKey(one))

/** A thread may be unlocked again: a comment is tried once for each of its texts, anything else once. */
const refusalKey = (one: Projection): string => (one.kind === 'comment' ? `${one.name} ${digestOf(one)}` : one.name)

/** Comments that are edited while the run is at work. */
const LIVE: readonly string[] = (['status', 'planning', 'plan'] satisfies CommentName[]).map((comment) =>
  projectionName({ kind: 'comment', comment }),
)

/** The live status is not edited at every event: people read it, and each edit is a write, of which the repository has few. */
function isTooEarly(session: Session, { name }: Projection): boolean {
  if (!LIVE.includes(name) || lastShown(session, name) === undefined) return false
  const before = session.editedAt.get(name) ?? 0
  return session.deps.clock.now().getTime() - before + TOLERANCE < secondsOf(session) * 1000
}

async function show(session: Session, due: readonly Projection[]): Promise<void> {
  const isOld = ({ located, name }: Projection) => located === null && session.unsure.has(name)
  // Where limits refuse, few writes find room before many do: what says how the run stands comes alone, and first.
  const isFirst = ({ kind }: Projection) => session.contentLimitedUntil > 0 && kind === 'comment'
  for (const [some, lookFirst] of [
    [due.filter(isOld), true],
    [due.filter((one) => !isOld(one) && isFirst(one)), false],
    [due.filter((one) => !isOld(one) && !isFirst(one)), false],
  ] as const) {
    if (some.length === 0) continue
    const published = await session.deps.forge.publish(some, lookFirst)
    for (const [index, answer] of published.entries()) noteAnswer(session, some[index], answer)
  }
}

function noteAnswer(session: Session, one: Projection | undefined, answer: Published): void {
  if (one === undefined) return
  const { name } = one
  if (!answer.ok && answer.reason === 'limited') {
    session.contentLimitedUntil = answer.limit.until.getTime()
    if (answer.limit.of === 'requests') session.limitedUntil = answer.limit.until
    return
  }
  if (LIVE.includes(name)) session.editedAt.set(name, session.deps.clock.now().getTime())
  if (answer.ok) {
    session.shown.set(name, { ...answer.located, digest: digestOf(one) })
    if (answer.notDraft !== undefined) session.refusals.set('draft', answer.notDraft)
    if (one.kind === 'pull' && one.located === null && !one.draft) noteReady(session, one.name, answer.located)
    return
  }
  session.deps.log(`${name}: ${answer.reason}: ${answer.message}`)
  session.refused.add(refusalKey(one))
  if (one.kind === 'pull' && one.located === null) session.pullRefused = answer.message
  else session.refusals.set(REFUSED_AS[one.kind], answer.message)
}

/** A worker pull request that was opened for review needs no marking. */
function noteReady(session: Session, name: string, located: Located): void {
  const pull = parseProjectionName(name)
  if (pull?.kind !== 'pull' || pull.of === 'trunk') return
  const ready: Projection = { kind: 'ready-pull', name: projectionName({ kind: 'ready', of: pull.of }), located }
  session.shown.set(ready.name, { ...located, digest: digestOf(ready) })
}

const REFUSED_AS = {
  check: 'check',
  comment: 'comment',
  pull: 'pull',
  'close-pull': 'pull',
  'ready-pull': 'pull',
  'resolve-thread': 'comment',
} as const satisfies Record<Projection['kind'], Refusable>

const LONGEST = 1000

/** The draft with the places of published projections that the journal does not hold yet. */
export function withShown(session: Session, draft: Draft): Draft {
  let next = draft
  const entries = [...session.shown]
    .filter(([name, { digest }]) => draft.state.projected[name]?.digest !== digest)
    .map(([name, it]) => ({ name, ...it }))
  if (entries.length > 0) next = recordEvents(next, nowOf(session), { type: 'projected', entries })
  if (session.pullRefused !== null && next.state.pullRefused === null)
    next = recordEvents(next, nowOf(session), { type: 'pull_refused', why: session.pullRefused })
  for (const [what, why] of session.refusals)
    if (next.state.refused?.[what] === undefined)
      next = recordEvents(next, nowOf(session), { type: 'platform_refused', what, why: why.slice(0, LONGEST) })
  return next
}

/** The state with what is not recorded yet: projections depend on whether pull requests are refused. */
const seen = (session: Session): Session['state'] => withShown(session, emptyDraft(session.state)).state
