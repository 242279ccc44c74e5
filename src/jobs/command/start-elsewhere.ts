import type { RunId } from '../../core/ids.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { replayOn } from '../../core/run/evolve.ts'
import { type CommandDeps, type CommandOutcome, nothing } from '../deps.ts'
import { orchestratorInputs } from '../orchestrator-inputs.ts'
import { sayIfRefused } from '../say-dispatch-refused.ts'
import { untilAppended } from '../until-appended.ts'

/**
 * Starts the orchestrator that the outcome asks for in a workflow run of its own, on the default branch: events of pull requests
 * run what a merge of them gives, their workflow files too, so no other job may follow in theirs.
 */
export async function startElsewhere(deps: CommandDeps, { run, orchestrate }: CommandOutcome): Promise<CommandOutcome> {
  if (run === null || !orchestrate) return nothing
  const read = await deps.journal.read(run)
  if (read === null) return nothing
  const inputs = orchestratorInputs(deps, run)
  const started = await sayIfRefused(deps, { run, state: read.state }, () => deps.forge.dispatch(inputs))
  if (started !== null && started.workflowRun !== null) await record(deps, run, started.workflowRun)
  return nothing
}

/** Else the next command would take this workflow run, which has no orchestrator, for a dead one. */
const record = (deps: CommandDeps, run: RunId, workflowRun: number): Promise<true> =>
  untilAppended(async () => {
    const read = await deps.journal.read(run)
    // It has started already, or another process has asked for one.
    if (read === null || read.state.phase === 'empty' || read.state.orchestrator?.workflowRun !== deps.workflowRun)
      return true
    const at = deps.clock.now().toISOString()
    const events: RunEvent[] = [{ type: 'orchestrator_requested', at, by: 'tributary', workflowRun }]
    const appended = await deps.journal.append(run, read.tip, events, replayOn(read.state, events), [])
    return appended.ok || appended.error.reason === 'refused' ? true : null
  })
