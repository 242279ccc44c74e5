import { mayCommand } from '../../core/command/authority.ts'
import { decide } from '../../core/command/decide.ts'
import { decidePlan } from '../../core/command/decide-plan.ts'
import type { CommandAnswer, CommandRequest } from '../../core/command/decision.ts'
import type { Command } from '../../core/command/grammar.ts'
import { type ParsedCommand, parseCommand } from '../../core/command/parse.ts'
import type { Failure } from '../../core/failure.ts'
import type { RunId } from '../../core/ids.ts'
import type { BaseDrift } from '../../core/landing/base-drift.ts'
import { err, ok, type Result } from '../../core/result.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { emptyRun, type RunState } from '../../core/run/state.ts'
import { type JobStarts, lacksOrchestrator, nothingToStart, withStarts } from '../../core/schedule/slot-requests.ts'
import { explain } from '../../render/reply/explain-failure.ts'
import { renderAnswer, WOKEN } from '../../render/reply/replies.ts'
import { driftOf } from '../base-drift.ts'
import type { CommandComment, CommandDeps } from '../deps.ts'
import { untilAppended } from '../until-appended.ts'
import { type LoadedContext, loadContext, type RunThread } from './load-context.ts'

export interface CommandOutcome {
  run: RunId | null
  orchestrate: boolean
  slots: string[]
}
const nothing: CommandOutcome = { run: null, orchestrate: false, slots: [] }

interface Recorded {
  /** A command that is refused may still have woken an orchestrator. */
  answer: Result<CommandAnswer, Failure>
  state: RunState
  starts: JobStarts
  /** The orchestrator was lost, and this starts another. */
  woken: boolean
  /** This process wrote the events, so the comment has no answer yet. */
  fresh: boolean
}

/** Reads a comment, decides, records, answers. The outcome says which jobs must follow in this workflow run. */
export async function runCommand(deps: CommandDeps, comment: CommandComment): Promise<CommandOutcome> {
  const parsed = parse(comment)
  if (parsed === null) return nothing
  await deps.forge.react(comment.id, 'eyes')
  if (!parsed.ok) return refuse(deps, comment, parsed.failure)
  const known = await loadContext(deps, comment)
  if (!known.ok) return refuse(deps, comment, known.error)
  const { answer, state, starts, woken, fresh } = await decideAndRecord(deps, comment, parsed.command, known.value)
  if (!answer.ok) deps.log(`refused: ${answer.error.reason}`)
  const body = answer.ok ? renderAnswer(answer.value, state, known.value.settings) : explain(answer.error).join('\n')
  const whole = woken ? `${body}\n\n${WOKEN}` : body
  await deps.forge.reply(comment.issue.number, keyOf(comment), whole, fresh && comment.firstDelivery)
  const run = state.phase === 'empty' || !(answer.ok || woken) ? null : state.run
  return { run, orchestrate: starts.orchestrate, slots: starts.slots }
}

function parse({ line, dressed }: CommandComment): ParsedCommand {
  if (line !== null) return parseCommand(line)
  if (dressed === null || parseCommand(dressed) === null) return null
  return { ok: false, failure: { reason: 'not-plain-text', typed: dressed } }
}

const keyOf = (comment: CommandComment): string => `comment:${comment.id}`

async function refuse(deps: CommandDeps, comment: CommandComment, failure: Failure): Promise<CommandOutcome> {
  deps.log(`refused: ${failure.reason}`)
  await deps.forge.reply(comment.issue.number, keyOf(comment), explain(failure).join('\n'), false)
  return nothing
}

async function decideAndRecord(
  deps: CommandDeps,
  comment: CommandComment,
  command: Command,
  known: LoadedContext,
): Promise<Recorded> {
  let thread: RunThread | null = null
  return untilAppended(async () => {
    thread = thread === null ? known.thread : await thread.again()
    const asked = await ask(deps, comment, command, { ...known, thread })
    const choice = choose(comment, thread, asked)
    const { run, from, expected, events } = choice.ok ? choice.value : unchanged(thread)
    const answer = choice.ok ? ok(choice.value.answer) : choice
    // An outsider's command writes nothing.
    const wakes = command.name !== 'help' && mayCommand(asked.person, asked.settings).ok
    const lost = wakes ? await lostOrchestrator(deps, from, asked.at) : []
    const after = withStarts(from, [...lost, ...events], deps.workflowRun, asked.at, asked.person.login, wakes)
    if (after.events.length === 0) return { answer, state: from, starts: nothingToStart, woken: false, fresh: false }
    const appended = await deps.journal.append(run, expected, after.events, after.state, [])
    if (!appended.ok) return null
    const woken = after.starts.orchestrate && (lost.length > 0 || lacksOrchestrator(from))
    return { answer, state: after.state, starts: after.starts, woken, fresh: events.length > 0 }
  })
}

/** What a refused command leaves as it was. */
const unchanged = ({ run, state, tip }: RunThread) => ({ run: run ?? '', from: state, expected: tip, events: [] })

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
    drift: await driftFor(deps, command, known.thread.state),
  }
}

/** A command that lets a plan start needs to know how the base branch has moved. */
async function driftFor(deps: CommandDeps, command: Command, state: RunState): Promise<BaseDrift | null> {
  const lets = command.name === 'approve' || command.name === 'plan-off'
  if (!lets || (state.phase !== 'proposed' && state.phase !== 'active')) return null
  return driftOf(deps, state)
}

/** Each command, `/status` and one that is refused too, checks that the orchestrator is alive, and so repairs a crash. */
async function lostOrchestrator(deps: CommandDeps, state: RunState, at: string): Promise<RunEvent[]> {
  if (state.phase === 'empty' || state.orchestrator === null) return []
  const { workflowRun } = state.orchestrator
  if (await deps.forge.orchestratorAlive(workflowRun)) return []
  return [{ type: 'orchestrator_lost', at, by: 'tributary', workflowRun }]
}
