import { isDeepStrictEqual } from 'node:util'
import type { RunEvent } from '../../src/core/run/event.ts'
import { replayOn } from '../../src/core/run/evolve.ts'
import type { LiveRun } from '../../src/core/run/state.ts'
import { decideAll, STEPS } from '../../src/jobs/orchestrate/orchestrate.ts'
import type { Draft } from '../../src/jobs/orchestrate/session/event-draft.ts'
import { newSession, type OrchestratorStep, type Session } from '../../src/jobs/orchestrate/session/session.ts'
import { observe } from '../../src/jobs/orchestrate/slots/observe.ts'
import { dispatchSlots } from '../../src/jobs/orchestrate/slots/supply.ts'
import { live } from '../machine/approved-run.ts'
import { type Costs, noCosts, type Workload } from '../machine/conditions.ts'
import { runMachine } from '../machine/machine.ts'
import { oneCommitEach } from './commits.ts'

export interface Resumed {
  wakeUps: number
  /** Wake-ups at which a fresh orchestrator, with nothing but the journal, decided something else. */
  different: number
  /** Times that the state was not the fold of the journal. */
  unfolded: number
  /** Times that the orchestrator died at a request for slots; requests for which not exactly one workflow run was started. */
  deaths: number
  amiss: number
  /** Whether the run came to its good end. */
  ended: boolean
}

/** Slots take a while to come and leave when idle, so that a run asks for them again and again. */
const COSTS: Costs = { ...noCosts, startUp: () => 30, idle: 60 }

/**
 * At every wake-up of a run another orchestrator wakes up from the journal alone: what does it decide? And at every request
 * for slots the first one dies, before or after GitHub has heard of it.
 */
export async function resumeEverywhere(workload: Workload, slots: number): Promise<Resumed> {
  const found = { wakeUps: 0, different: 0, unfolded: 0 }
  const recorded: RunEvent[] = []
  let begun: LiveRun | null = null
  let started: Started = new Map()
  const compare: OrchestratorStep = async (session, draft) => {
    if (begun === null) started = dieAtDispatch(session)
    begun ??= session.state
    const folded = live(replayOn(begun, recorded))
    const fresh = await decisionOf(session, folded)
    found.wakeUps += 1
    if (!isDeepStrictEqual(decidedIn(draft), decidedIn(fresh))) found.different += 1
    if (!isDeepStrictEqual(folded, session.state)) found.unfolded += 1
    return draft
  }
  const { makespan } = await runMachine(workload, {
    slots,
    costs: COSTS,
    repo: oneCommitEach(),
    steps: [...STEPS, compare],
    hear: (events) => recorded.push(...events),
  })
  const amiss = [...started.values()].filter((runs) => runs.length !== 1).length
  return { ...found, deaths: started.size, amiss, ended: !Number.isNaN(makespan) }
}

/** As a job does that has just begun: what was asked for is looked up, then it looks around and decides. It starts nothing. */
async function decisionOf(session: Session, state: LiveRun): Promise<Draft> {
  const forge = { ...session.deps.forge, dispatch: async () => ({ workflowRun: null }) }
  const fresh = freshOf({ ...session, deps: { ...session.deps, forge }, state })
  await dispatchSlots(fresh)
  const { results } = await observe(fresh)
  return decideAll(fresh, results)
}

/** All that would be pushed, but for the time; and who has just begun says so. */
const decidedIn = ({ events, refs }: Draft) => ({
  events: events.flatMap(({ at: _, ...event }) => (event.type === 'orchestrator_started' ? [] : [event])),
  refs,
})

/** Workflow runs that GitHub has started, by the request of slots for which it did. */
export type Started = ReadonlyMap<string, readonly number[]>

/**
 * From now on, the orchestrator dies whenever it has pushed a request for slots: by turns just before GitHub is asked to start
 * them, and after GitHub has started them, but before the answer arrives. Another one begins, from the journal alone.
 */
export function dieAtDispatch(session: Session): Started {
  const { forge } = session.deps
  const started = new Map<string, number[]>()
  const dispatch: typeof forge.dispatch = async (inputs) => {
    const known = started.get(inputs.request)
    const runs = known ?? []
    started.set(inputs.request, runs)
    const isHeard = known !== undefined || started.size % 2 === 0
    const { workflowRun } = isHeard ? await forge.dispatch(inputs) : { workflowRun: null }
    if (workflowRun !== null) runs.push(workflowRun)
    if (known === undefined) await beginAgain(session)
    return { workflowRun: runs.at(-1) ?? null }
  }
  const dispatched: typeof forge.dispatched = async (_run, request) => started.get(request)?.at(-1) ?? null
  session.deps = { ...session.deps, forge: { ...forge, dispatch, dispatched } }
  return started
}

/** Nothing that the process held is left. As the orchestrator's own beginning. */
async function beginAgain(session: Session): Promise<void> {
  Object.assign(session, freshOf(session))
  await dispatchSlots(session)
}

/** An orchestrator that has read the journal, and done nothing. */
export function freshOf({ deps, repo, run, state, tip }: Pick<Session, 'deps' | 'repo' | 'run' | 'state' | 'tip'>) {
  return newSession(deps, repo, run, { state, tip, unsure: new Set(Object.keys(state.slots)) })
}
