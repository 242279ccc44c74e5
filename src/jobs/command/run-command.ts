import { mayCommand } from '../../core/command/authority.ts'
import { decide } from '../../core/command/decide.ts'
import { decidePlan } from '../../core/command/decide-plan.ts'
import type { CommandAnswer, CommandRequest } from '../../core/command/decision.ts'
import type { Command } from '../../core/command/grammar.ts'
import { parseCommand } from '../../core/command/parse.ts'
import type { Failure } from '../../core/failure.ts'
import { branchRef, type RunId, type TaskId, taskBranch } from '../../core/ids.ts'
import type { BaseDrift } from '../../core/landing/base-drift.ts'
import { ownOf } from '../../core/own.ts'
import { err, ok, type Result } from '../../core/result.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { type ActiveRun, emptyRun, type RunState } from '../../core/run/state.ts'
import { type JobStarts, nothingToStart, withStarts } from '../../core/schedule/slot-requests.ts'
import { explain } from '../../render/reply/explain-failure.ts'
import { renderAnswer } from '../../render/reply/replies.ts'
import { driftOf } from '../base-drift.ts'
import { type CommandComment, type CommandDeps, type CommandOutcome, nothing } from '../deps.ts'
import { finalPullClosed } from '../final-pull.ts'
import { untilAppended } from '../until-appended.ts'
import { type LoadedContext, loadContext, type RunThread } from './load-context.ts'
import { recordClosed } from './pull-action.ts'

interface Recorded {
  answer: CommandAnswer
  state: RunState
  starts: JobStarts
  /** This process wrote the events, so the comment has no answer yet. */
  fresh: boolean
}

/** Reads a comment, decides, records, answers. The outcome says which jobs must follow in this workflow run. */
export async function runCommand(deps: CommandDeps, comment: CommandComment): Promise<CommandOutcome> {
  const parsed = comment.line === null ? null : parseCommand(comment.line)
  if (parsed === null) return nothing
  await deps.forge.react(comment.id, 'eyes')
  if (!parsed.ok) return refuse(deps, comment, parsed.failure)
  const known = await loadContext(deps, comment)
  if (!known.ok) return refuse(deps, comment, known.error)
  const { thread, begun } = await noticeClosed(deps, parsed.command, known.value)
  const recorded = await decideAndRecord(deps, comment, parsed.command, { ...known.value, thread })
  if (!recorded.ok) return refuse(deps, comment, recorded.error, begun)
  const { answer, state, starts, fresh } = recorded.value
  const body = renderAnswer(answer, state, known.value.settings)
  await deps.forge.reply(comment.issue.number, keyOf(comment), body, fresh && comment.firstDelivery)
  if (begun.orchestrate) return begun
  return { run: state.phase === 'empty' ? null : state.run, orchestrate: starts.orchestrate, slots: starts.slots }
}

/** A final pull request that was closed in silence ends the run before the command is decided. */
async function noticeClosed(
  deps: CommandDeps,
  command: Command,
  { person, settings, thread }: LoadedContext,
): Promise<{ thread: RunThread; begun: CommandOutcome }> {
  const mayLook = command.name !== 'help' && mayCommand(person, settings).ok
  const closed = mayLook ? await finalPullClosed(deps, thread.state) : null
  if (closed === null || thread.run === null) return { thread, begun: nothing }
  // `/plan` begins another run, and this workflow run has one orchestrator.
  const begun = await recordClosed(deps, thread.run, closed, command.name !== 'plan')
  return { thread: await thread.again(), begun }
}

const keyOf = (comment: CommandComment): string => `comment:${comment.id}`

async function refuse(
  deps: CommandDeps,
  comment: CommandComment,
  failure: Failure,
  begun: CommandOutcome = nothing,
): Promise<CommandOutcome> {
  deps.log(`refused: ${failure.reason}`)
  await deps.forge.reply(comment.issue.number, keyOf(comment), explain(failure).join('\n'), false)
  return begun
}

async function decideAndRecord(
  deps: CommandDeps,
  comment: CommandComment,
  command: Command,
  known: LoadedContext,
): Promise<Result<Recorded, Failure>> {
  let thread: RunThread | null = null
  return untilAppended(async () => {
    thread = thread === null ? known.thread : await thread.again()
    const asked = await ask(deps, comment, command, { ...known, thread })
    const next = choose(comment, thread, asked)
    if (!next.ok) return next
    const { run, from, expected, events, answer } = next.value
    const lost = await lostOrchestrator(deps, from, asked)
    const after = withStarts(from, [...lost, ...events], deps.workflowRun, asked.at, asked.person.login)
    if (after.events.length === 0) return ok({ answer, state: from, starts: nothingToStart, fresh: false })
    const appended = await deps.journal.append(run, expected, after.events, after.state, [])
    return appended.ok ? ok({ answer, state: after.state, starts: after.starts, fresh: events.length > 0 }) : null
  })
}

interface Choice {
  run: RunId
  from: RunState
  expected: string | null
  events: RunEvent[]
  answer: CommandAnswer
}

function choose(comment: CommandComment, thread: RunThread, asked: CommandRequest): Result<Choice, Failure> {
  const { command } = asked
  if (command.name === 'plan') {
    const planned = decidePlan(thread, { ...asked, command }, comment.issue)
    if (!planned.ok) return planned
    const { run, fresh, events, answer } = planned.value
    return ok({ run, from: fresh ? emptyRun : thread.state, expected: fresh ? null : thread.tip, events, answer })
  }
  const decided = decide(thread.state, asked)
  if (!decided.ok) return decided
  if (thread.run === null && decided.value.events.length > 0)
    return err({ reason: 'no-run', issue: comment.issue.number })
  return ok({ run: thread.run ?? '', from: thread.state, expected: thread.tip, ...decided.value })
}

async function ask(
  deps: CommandDeps,
  comment: CommandComment,
  command: Command,
  known: LoadedContext,
): Promise<CommandRequest> {
  return {
    command,
    person: known.person,
    settings: known.settings,
    at: deps.clock.now().toISOString(),
    commentedAt: comment.createdAt,
    key: keyOf(comment),
    issue: comment.issue.number,
    threadTask: known.thread.task,
    branches: await branchesFor(deps, command, known.thread),
    drift: await driftFor(deps, command, known.thread.state),
  }
}

/** Where the branches stand that an approval of a task, or `/resume` after a pause for branches, depends on. */
async function branchesFor(deps: CommandDeps, command: Command, { state, task }: RunThread) {
  if (state.phase !== 'active') return new Map<string, string>()
  const names = branchesAskedFor(state, command, task)
  if (names.length === 0) return new Map<string, string>()
  const { refs } = await deps.journal.look(state.run, names.map(branchRef))
  return new Map([...refs].map(([ref, sha]) => [ref.slice(branchRef('').length), sha]))
}

function branchesAskedFor(state: ActiveRun, command: Command, threadTask: TaskId | null): string[] {
  if (command.name === 'resume') return state.paused?.moved?.map(({ branch }) => branch) ?? []
  const task = command.name === 'approve' ? (command.task ?? threadTask) : null
  const status = task === null ? undefined : ownOf(state.work.tasks, task)?.state.status
  return task !== null && status === 'verified' ? [taskBranch(state.run, task)] : []
}

/** A command that lets a plan start needs to know how the base branch has moved. */
async function driftFor(deps: CommandDeps, command: Command, state: RunState): Promise<BaseDrift | null> {
  const lets = command.name === 'approve' || command.name === 'plan-off'
  if (!lets || (state.phase !== 'proposed' && state.phase !== 'active')) return null
  return driftOf(deps, state)
}

/** Each command, `/status` too, checks that the orchestrator is alive, so that the next command repairs a crash. */
async function lostOrchestrator(deps: CommandDeps, state: RunState, asked: CommandRequest): Promise<RunEvent[]> {
  if (state.phase === 'empty' || state.orchestrator === null || asked.command.name === 'help') return []
  const { workflowRun } = state.orchestrator
  if (await deps.forge.orchestratorAlive(workflowRun)) return []
  return [{ type: 'orchestrator_lost', at: asked.at, by: 'tributary', workflowRun }]
}
