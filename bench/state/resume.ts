import { isDeepStrictEqual } from 'node:util'
import type { RunEvent } from '../../src/core/event.ts'
import { replayOn } from '../../src/core/evolve.ts'
import type { LiveRun } from '../../src/core/state.ts'
import { decideAll, STEPS } from '../../src/jobs/decide-all.ts'
import type { Draft } from '../../src/jobs/draft.ts'
import { newSession } from '../../src/jobs/new-session.ts'
import { observe } from '../../src/jobs/observe.ts'
import type { Session, Step } from '../../src/jobs/session.ts'
import { live } from '../machine/begin.ts'
import type { Workload } from '../machine/conditions.ts'
import { runMachine } from '../machine/machine.ts'

export interface Resumed {
  wakeUps: number
  /** Wake-ups at which a fresh orchestrator, with nothing but the journal, decided something else. */
  different: number
  /** Times that the state was not the fold of the journal. */
  unfolded: number
}

/** At every wake-up of a run the orchestrator dies, and another one wakes up from the journal alone: what does it decide? */
export async function resumeEverywhere(workload: Workload, slots: number): Promise<Resumed> {
  const found = { wakeUps: 0, different: 0, unfolded: 0 }
  const recorded: RunEvent[] = []
  let begun: LiveRun | null = null
  const compare: Step = async (session, draft) => {
    begun ??= session.state
    const folded = live(replayOn(begun, recorded))
    const fresh = await decisionOf(session, folded)
    found.wakeUps += 1
    if (!isDeepStrictEqual(namesOf(draft), namesOf(fresh))) found.different += 1
    if (!isDeepStrictEqual(folded, session.state)) found.unfolded += 1
    return draft
  }
  await runMachine(workload, { slots, steps: [...STEPS, compare], hear: (events) => recorded.push(...events) })
  return found
}

async function decisionOf({ deps, repo, run, tip }: Session, state: LiveRun): Promise<Draft> {
  const fresh = newSession(deps, repo, run, { state, tip, unsure: new Set() })
  const { results } = await observe(fresh)
  return decideAll(fresh, results)
}

/** Commits have ids of their own each time; and who has just begun says so. */
const namesOf = ({ events }: Draft): string[] =>
  events.flatMap((event) =>
    event.type === 'orchestrator_started' ? [] : [`${event.type} ${'task' in event ? event.task : ''}`],
  )
