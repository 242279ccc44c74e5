import type { Person } from '../../core/command/authority.ts'
import { decideWorkerPull, isFinalPull, isPullOver, type PullAction } from '../../core/command/decide-pull.ts'
import { parseBranch, type RunId, type Sha, type TaskId } from '../../core/ids.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { replayOn } from '../../core/run/evolve.ts'
import { nothingToStart, withStarts } from '../../core/slots/slot-requests.ts'
import { explain } from '../../render/reply/explain-failure.ts'
import { renderPullAnswer } from '../../render/reply/pull-answer.ts'
import { appendOrSayLoss } from '../append-decided.ts'
import { type CommandDeps, type CommandOutcome, nothing } from '../deps.ts'
import { leftoverUpdates } from '../leftover-refs.ts'
import { personOf } from '../person-of.ts'
import { say } from '../say.ts'
import { readSettingsNow } from '../settings-now.ts'
import { untilAppended } from '../until-appended.ts'

type Sender = Pick<Person, 'login' | 'type'>

/** Records what a person did to a pull request of a run. One that is not the run's own changes nothing. */
export async function runPullAction(deps: CommandDeps, pull: PullAction, sender: Sender): Promise<CommandOutcome> {
  const branch = parseBranch(pull.headBranch)
  if (branch === null) return nothing
  if (branch.task !== 'trunk') return workerPull(deps, branch.run, branch.task, pull, sender)
  const read = pull.action === 'reopened' ? null : await deps.journal.read(branch.run)
  if (read === null || read.state.phase === 'empty' || !isFinalPull(read.state, pull)) return nothing
  const merged = pull.action === 'merged'
  return recordClosed(deps, branch.run, { merged, head: pull.head, by: sender.login }, 'orchestrator')
}

interface Closed {
  merged: boolean
  head: Sha
  by: string
}

/** Records that the final pull request was merged or closed. The run is over: an orchestrator deletes its branches, or this job. */
export async function recordClosed(
  deps: CommandDeps,
  run: RunId,
  closed: Closed,
  clearedBy: 'orchestrator' | 'us',
): Promise<CommandOutcome> {
  return untilAppended(async () => {
    const read = await deps.journal.read(run)
    if (read === null || isPullOver(read.state, closed.merged)) return nothing
    const events: RunEvent[] = [{ type: 'run_closed', at: nowOf(deps), ...closed }]
    if (clearedBy === 'orchestrator') return append(deps, { run, ...read }, events, true)
    const after = replayOn(read.state, events)
    const gone = after.phase === 'empty' ? [] : await leftoverUpdates(deps.journal, after)
    const cleared = gone.length === 0 ? null : await deps.journal.append(run, read.tip, events, after, gone)
    // What a rule forbids to delete stays.
    return cleared?.ok === true ? nothing : append(deps, { run, ...read }, events, false)
  })
}

const nowOf = ({ clock }: CommandDeps): string => clock.now().toISOString()

type Read = { run: RunId } & NonNullable<Awaited<ReturnType<CommandDeps['journal']['read']>>>

/** Null: another process wrote first. */
async function append(
  deps: CommandDeps,
  { run, state, tip }: Read,
  events: readonly RunEvent[],
  start: boolean,
): Promise<CommandOutcome | null> {
  const after = start
    ? withStarts(state, events, deps.workflowRun, nowOf(deps), 'tributary', { place: 'elsewhere' })
    : { events, state: replayOn(state, events), starts: nothingToStart }
  const written = await appendOrSayLoss(deps, { run, state, tip }, after)
  if (written === null) return null
  return written ? { run, orchestrate: after.starts.orchestrate, slots: after.starts.slots } : nothing
}

async function workerPull(
  deps: CommandDeps,
  run: RunId,
  task: TaskId,
  pull: PullAction,
  sender: Sender,
): Promise<CommandOutcome> {
  const settings = await readSettingsNow(deps)
  if (!settings.ok) return answer(deps, pull, explain({ reason: 'bad-settings', problems: settings.error }))
  const person = await personOf(deps, sender)
  return untilAppended(async () => {
    const read = await deps.journal.read(run)
    if (read === null || read.state.phase === 'empty') return nothing
    const decided = decideWorkerPull(read.state, task, pull, { person, settings: settings.value, at: nowOf(deps) })
    if (decided === null) return nothing
    if (!decided.ok) return answer(deps, pull, explain(decided.error))
    const { events } = decided.value
    const outcome = events.length === 0 ? nothing : await append(deps, { run, ...read }, events, true)
    return outcome === null ? null : answer(deps, pull, renderPullAnswer(decided.value.answer), outcome)
  })
}

async function answer(
  deps: CommandDeps,
  { number }: PullAction,
  lines: readonly string[],
  outcome: CommandOutcome = nothing,
): Promise<CommandOutcome> {
  await say(deps, { threads: [number], key: `pull:${deps.workflowRun}`, body: lines.join('\n') })
  return outcome
}
