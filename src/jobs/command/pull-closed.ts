import { parseBranch } from '../../core/ids.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { withStarts } from '../../core/schedule/slot-requests.ts'
import type { CommandDeps } from '../deps.ts'
import { sayLoss } from '../say-loss.ts'
import { untilAppended } from '../until-appended.ts'
import type { CommandOutcome } from './run-command.ts'

export interface ClosedPull {
  headBranch: string
  merged: boolean
  by: string
}

/** Records that the final pull request was merged or closed. The run is over, and an orchestrator deletes its branches. */
export async function runClosed(deps: CommandDeps, pull: ClosedPull): Promise<CommandOutcome> {
  const nothing: CommandOutcome = { run: null, orchestrate: false, slots: [] }
  const branch = parseBranch(pull.headBranch)
  if (branch === null || branch.task !== 'trunk') return nothing
  return untilAppended(async () => {
    const read = await deps.journal.read(branch.run)
    if (read === null || read.state.phase === 'empty') return nothing
    if (read.state.phase === 'ended' && ['merged', 'closed'].includes(read.state.conclusion)) return nothing
    const at = deps.clock.now().toISOString()
    const closed: RunEvent = { type: 'run_closed', at, by: pull.by, merged: pull.merged }
    const after = withStarts(read.state, [closed], deps.workflowRun, at, 'tributary')
    const appended = await deps.journal.append(branch.run, read.tip, after.events, after.state, [])
    if (appended.ok) return { run: branch.run, orchestrate: after.starts.orchestrate, slots: after.starts.slots }
    if (appended.error.reason === 'conflict') return null
    await sayLoss(deps, branch.run, { reason: 'journal-refused', words: appended.error.words }, read.tip)
    return nothing
  })
}
