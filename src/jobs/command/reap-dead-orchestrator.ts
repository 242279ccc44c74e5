import { parseBranch, type RunId } from '../../core/ids.ts'
import { replayOn } from '../../core/run/evolve.ts'
import { type JobFailure, recoverRun } from '../../core/slots/recovery.ts'
import { JournalUnreadable } from '../../ports/journal.ts'
import { renderCommandFailed } from '../../render/reply/command-failed.ts'
import { renderCrashes } from '../../render/reply/crashes.ts'
import { explain } from '../../render/reply/explain-failure.ts'
import { appendOrSayLoss } from '../append-decided.ts'
import type { JobDeps } from '../deps.ts'
import { orchestratorInputs } from '../orchestrator-inputs.ts'
import { say, threadsOf } from '../say.ts'
import { sayIfRefused } from '../say-dispatch-refused.ts'
import { sayLoss } from '../say-loss.ts'
import { untilAppended } from '../until-appended.ts'
import { latestRun } from './load-context.ts'

export interface EndedJob {
  run: RunId | null
  /** The issue of the event: if the command job itself failed, the run is not known. */
  issue: number | null
  comment: number | null
  /** How the orchestrate job ended. */
  result: string
  /** In its own words; null: it was killed before it could say. */
  failure: JobFailure | null
  logUrl: string
}

/** After a job of this workflow run failed or was cancelled: starts a fresh orchestrator or pauses the run, and tells people. */
export async function reapDeadOrchestrator(deps: JobDeps, ended: EndedJob): Promise<void> {
  if (ended.comment !== null && ended.result === 'skipped') await apologise(deps, ended, ended.comment)
  try {
    const run = ended.run ?? (await runOfThread(deps, ended.issue))
    if (run === null) return deps.log('no run to recover')
    await recover(deps, ended, run)
  } catch (error) {
    if (!(error instanceof JournalUnreadable)) throw error
    const { run, message: detail } = error
    const body = explain({ reason: 'journal-unreadable', run, detail }).join('\n')
    await say(deps, { threads: threadsOf(run, null), key: `unreadable:${deps.workflowRun}`, body })
  }
}

async function recover(deps: JobDeps, ended: EndedJob, run: RunId): Promise<void> {
  const next = await untilAppended(async () => {
    const read = await deps.journal.read(run)
    // A run that is named has begun, so its journal has gone since.
    if (read === null)
      return sayLoss(deps, run, { reason: 'journal-gone', tip: null }, null).then(() => 'gone' as const)
    const recovery = recoverRun(read.state, deadOrchestrator(deps, ended))
    if (recovery === null) return 'not ours'
    const { events } = recovery
    const state = replayOn(read.state, events)
    const written = await appendOrSayLoss(deps, { run, ...read }, { events, state })
    if (written === null) return null
    return written ? { recovery, state } : 'refused'
  })
  if (next === 'not ours') deps.log(`run ${run} is not in the hands of this workflow run`)
  if (typeof next === 'string') return
  const { state, recovery } = next
  if (recovery.restart) await sayIfRefused(deps, { run, state }, () => start(deps, run))
  if (recovery.crashes === null) return
  const body = renderCrashes(state, recovery.crashes, ended.logUrl)
  await say(deps, { threads: threadsOf(run, state), key: `crashed:${deps.workflowRun}`, body })
}

const deadOrchestrator = ({ workflowRun, clock }: JobDeps, { result, failure }: EndedJob) => ({
  workflowRun,
  result,
  failure,
  at: clock.now().toISOString(),
})

/** The command was a comment on the issue or on a pull request of the run. */
async function runOfThread({ forge, journal }: JobDeps, thread: number | null): Promise<RunId | null> {
  if (thread === null) return null
  const pull = await forge.pull(thread)
  if (pull === null) return (await latestRun(journal, thread)).run
  return pull.headBranch === null ? null : (parseBranch(pull.headBranch)?.run ?? null)
}

async function start(deps: JobDeps, run: RunId): Promise<void> {
  const inputs = orchestratorInputs(deps, run)
  const earlier = await deps.forge.dispatched(run, inputs.request)
  if (earlier === null) await deps.forge.dispatch(inputs)
}

async function apologise(deps: JobDeps, ended: EndedJob, comment: number): Promise<void> {
  if (ended.issue === null) return
  const body = renderCommandFailed(ended.failure?.message ?? null, ended.logUrl)
  await say(deps, { threads: [ended.issue], key: `comment:${comment}`, body })
}
