import { parseBranch, type RunId } from '../../core/ids.ts'
import { replayOn } from '../../core/run/evolve.ts'
import { recoverRun } from '../../core/schedule/recovery.ts'
import { renderCommandFailed } from '../../render/reply/command-failed.ts'
import type { JobDeps } from '../deps.ts'
import { untilAppended } from '../until-appended.ts'
import { latestRun } from './load-context.ts'

export interface EndedJob {
  run: RunId | null
  /** The issue of the event: if the command job itself failed, the run is not known. */
  issue: number | null
  comment: number | null
  /** How the orchestrate job ended. */
  result: string
  logUrl: string
}

/** After a job of this workflow run failed or was cancelled: starts a fresh orchestrator or pauses the run, and tells people. */
export async function reapDeadOrchestrator(deps: JobDeps, ended: EndedJob): Promise<void> {
  if (ended.comment !== null && ended.result === 'skipped') await apologise(deps, ended, ended.comment)
  const run = ended.run ?? (await runOfThread(deps, ended.issue))
  if (run === null) return deps.log('no run to recover')
  const next = await untilAppended(async () => {
    const read = await deps.journal.read(run)
    const recovery = read === null ? null : recoverRun(read.state, deadOrchestrator(deps, ended))
    if (read === null || recovery === null) return 'not ours'
    const { events, restart } = recovery
    const appended = await deps.journal.append(run, read.tip, events, replayOn(read.state, events), [])
    if (!appended.ok) return null
    deps.log(events.map((event) => event.type).join(', '))
    return restart ? 'restart' : 'stop'
  })
  if (next === 'not ours') deps.log(`run ${run} is not in the hands of this workflow run`)
  if (next === 'restart') await start(deps, run)
}

const deadOrchestrator = ({ workflowRun, clock }: JobDeps, { result }: EndedJob) => ({
  workflowRun,
  result,
  at: clock.now().toISOString(),
})

/** The command was a comment on the issue or on a pull request of the run. */
async function runOfThread({ forge, journal }: JobDeps, thread: number | null): Promise<RunId | null> {
  if (thread === null) return null
  const pull = await forge.pull(thread)
  if (pull === null) return (await latestRun(journal, thread)).run
  return parseBranch(pull.headBranch)?.run ?? null
}

async function start(deps: JobDeps, run: RunId): Promise<void> {
  const request = `o${deps.workflowRun}`
  const earlier = await deps.forge.dispatched(run, request)
  if (earlier === null) await deps.forge.dispatch({ role: 'orchestrate', run, request, slots: '[]' })
}

async function apologise(deps: JobDeps, ended: EndedJob, comment: number): Promise<void> {
  if (ended.issue === null) return
  await deps.forge.reply(ended.issue, `comment:${comment}`, renderCommandFailed(null, ended.logUrl), false)
}
