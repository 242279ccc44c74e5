import type { RunId } from '../../core/ids.ts'
import { type LiveRun, settingsOf, workOf } from '../../core/run/state.ts'
import type { OrchestrateDeps } from '../deps.ts'
import { append } from './append-events.ts'
import { decideAll } from './decide-all.ts'
import { startStages } from './planning/stages.ts'
import { project, showable } from './projections/publish-projections.ts'
import { tellOfMerges } from './session/pending-merges.ts'
import { newSession, type Session } from './session/session.ts'
import { dropTaken } from './session/stage-runner.ts'
import { observe } from './slots/observe.ts'
import { dispatchSlots } from './slots/supply.ts'
import { leave } from './stop-orchestrator.ts'

/**
 * The orchestrator of one run: looks, decides, records, shows, again and again, until only a person can move the run on.
 * It holds nothing that git does not: killed at any point, the next one goes on where it was.
 * Answers with the run as it left it; null where there is no such run.
 */
export async function orchestrate(deps: OrchestrateDeps, run: RunId): Promise<LiveRun | null> {
  const session = await open(deps, run)
  if (session === null) return null
  for (;;) {
    const observed = await observe(session)
    const draft = await decideAll(session, observed.results)
    if (draft.events.length > 0) {
      if (!(await append(session, draft))) continue
      dropTaken(session.desk)
      startStages(session)
    } else {
      dropTaken(session.desk)
      if (await leave(session)) return session.state
    }
    await dispatchSlots(session)
    await project(session, { final: false })
    tellOfMerges(session)
    if (draft.events.length === 0) await deps.clock.wait(pollSeconds(session), session.desk.news.signal)
  }
}

const pollSeconds = (session: Session): number => settingsOf(session.state).limits.poll_seconds

async function open(deps: OrchestrateDeps, run: RunId): Promise<Session | null> {
  const [repo, read] = await Promise.all([deps.repo(), deps.journal.read(run)])
  if (read === null || read.state.phase === 'empty') return null
  const { state, tip } = read
  const unsure = new Set([...showable(state), ...Object.keys(state.slots)])
  const session = newSession(deps, repo, run, { state, tip, unsure })
  await bringObjects(session)
  // Slots that an earlier process asked for may be here: the first look is to see them.
  if (state.phase === 'active') await dispatchSlots(session)
  return session
}

/** A fresh repository: the base, and every branch of the run that something still depends on. */
async function bringObjects(session: Session): Promise<void> {
  const work = workOf(session.state)
  if (work === null) return bringBase(session)
  const { tip } = work.trunk
  const heads = Object.values(work.tasks).flatMap(({ attempts, onto }) => {
    const last = attempts.at(-1)
    return [...(last === undefined ? [] : [last.head ?? last.base]), ...onto]
  })
  await session.repo.fetch([work.base, tip, ...new Set(heads)])
}

/** What a plan is made from, where an earlier process had begun to make one. */
async function bringBase({ state, repo }: Session): Promise<void> {
  if (state.planning !== null) await repo.fetch([state.planning.base])
}
