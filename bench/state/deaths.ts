import { newSession, type Session } from '../../src/jobs/orchestrate/session/session.ts'
import { dispatchSlots } from '../../src/jobs/orchestrate/slots/supply.ts'

/** Workflow runs that GitHub has started, by the request of slots for which it did. */
export type Started = ReadonlyMap<string, readonly number[]>

/**
 * From now on, the orchestrator dies whenever it has pushed a request for slots: by turns just before GitHub is asked to start
 * them, and when GitHub has, but before anybody has heard of it. Another one begins, with nothing but the journal.
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
