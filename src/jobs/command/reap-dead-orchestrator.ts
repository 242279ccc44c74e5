import { parseBranch, type RunId } from '../../core/ids.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { replayOn } from '../../core/run/evolve.ts'
import type { LiveRun, RunState } from '../../core/run/state.ts'
import type { JobDeps } from '../deps.ts'
import { untilAppended } from '../until-appended.ts'
import { latestRun } from './load-context.ts'

/** Orchestrators that may die one after another without progress, before a person is asked. */
const CRASHES = 4

export interface EndedJob {
  run: RunId | null
  /** The issue of the event, where the run is not known because the command job itself failed. */
  issue: number | null
  comment: number | null
  /** How the orchestrate job ended. */
  result: string
  logUrl: string
}

/** After a job of this workflow run failed or was cancelled: the run goes on with a fresh orchestrator, or is paused, and people are told. */
export async function reapDeadOrchestrator(deps: JobDeps, ended: EndedJob): Promise<void> {
  if (ended.comment !== null && ended.result === 'skipped') await apologise(deps, ended, ended.comment)
  const run = ended.run ?? (await runOfThread(deps, ended.issue))
  if (run === null) return deps.log('no run to recover')
  const crashes = await untilAppended(async () => {
    const read = await deps.journal.read(run)
    if (read === null || !isOurs(deps, read.state, ended.result)) return 'not ours'
    const events = [
      ...slotsThatNeverCome(deps, read.state, ended.result),
      ...decideRecovery(read.state, ended.result, deps),
    ]
    const appended = await deps.journal.append(run, read.tip, events, replayOn(read.state, events), [])
    if (!appended.ok) return null
    deps.log(events.map((event) => event.type).join(', '))
    return read.state.crashes + 1
  })
  if (crashes === 'not ours') return deps.log(`run ${run} is not in the hands of this workflow run`)
  if (crashes < 2 * CRASHES) await start(deps, run)
}

/** The command may have stood on the issue, or on a pull request of the run. */
async function runOfThread({ forge, journal }: JobDeps, thread: number | null): Promise<RunId | null> {
  if (thread === null) return null
  const pull = await forge.pull(thread)
  if (pull === null) return (await latestRun(journal, thread)).run
  return parseBranch(pull.headBranch)?.run ?? null
}

/**
 * Only the workflow run that holds the run may speak for it: a queued double that was cancelled may not. Where nobody
 * holds it, an orchestrator of ours died before it could say that it had started.
 */
const isOurs = (deps: JobDeps, state: RunState, result: string): state is LiveRun => {
  if (state.phase === 'empty') return false
  return state.orchestrator === null ? result === 'failure' : state.orchestrator.workflowRun === deps.workflowRun
}

/** A command that died told its workflow run of no slots: those that it wrote down are not waited for. */
const slotsThatNeverCome = (deps: JobDeps, { slots }: LiveRun, result: string): RunEvent[] =>
  Object.entries(slots)
    .filter(([, it]) => result === 'skipped' && it.workflowRun === deps.workflowRun && !it.gone)
    .map(([request]) => ({ type: 'slots_gone', at: deps.clock.now().toISOString(), by: 'tributary', request }))

function decideRecovery(state: LiveRun, result: string, deps: JobDeps): RunEvent[] {
  const stamp = { at: deps.clock.now().toISOString(), by: 'tributary' }
  const lost: RunEvent = { type: 'orchestrator_lost', ...stamp, workflowRun: deps.workflowRun }
  if (state.phase !== 'active' || state.paused !== null) return [lost]
  if (result === 'cancelled') return [lost, { type: 'run_paused', ...stamp, why: 'the workflow run was cancelled' }]
  if (state.crashes + 1 < CRASHES) return [lost]
  return [lost, { type: 'run_paused', ...stamp, why: `the orchestrator failed ${CRASHES} times in a row` }]
}

/** A paused run gets one too: somebody must bring the status and the checks to their final state. */
async function start(deps: JobDeps, run: RunId): Promise<void> {
  const request = `o${deps.workflowRun}`
  const earlier = await deps.forge.dispatched(run, request)
  if (earlier === null) await deps.forge.dispatch({ role: 'orchestrate', run, request, slots: '[]' })
}

async function apologise(deps: JobDeps, ended: EndedJob, comment: number): Promise<void> {
  if (ended.issue === null) return
  const lines = [
    'Reason: `command-failed`. The job that reads commands failed before it could answer; nothing is lost.',
    '',
    `Its log: ${ended.logUrl}. Type the command again when the cause is gone.`,
  ]
  await deps.forge.reply(ended.issue, `comment:${comment}`, lines.join('\n'), false)
}
