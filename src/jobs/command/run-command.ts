import { isOutsider } from '../../core/command/authority.ts'
import { decide } from '../../core/command/decide.ts'
import { decidePlan } from '../../core/command/decide-plan.ts'
import type { CommandAnswer, CommandRequest } from '../../core/command/decision.ts'
import type { Command } from '../../core/command/grammar.ts'
import { parseCommand } from '../../core/command/parse.ts'
import type { Failure } from '../../core/failure.ts'
import type { RunId } from '../../core/ids.ts'
import type { BaseDrift } from '../../core/landing/base-drift.ts'
import { err, ok, type Result } from '../../core/result.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { emptyRun, type RunState } from '../../core/run/state.ts'
import { type JobStarts, nothingToStart, withStarts } from '../../core/schedule/slot-requests.ts'
import type { Role, Said } from '../../ports/forge.ts'
import { explain } from '../../render/reply/explain-failure.ts'
import { renderAnswer } from '../../render/reply/replies.ts'
import { driftOf } from '../base-drift.ts'
import type { CommandComment, CommandDeps } from '../deps.ts'
import { untilAppended } from '../until-appended.ts'
import { answerOutsider } from './answer-outsider.ts'
import { type LoadedContext, loadContext, type RunThread } from './load-context.ts'

export interface CommandOutcome {
  run: RunId | null
  orchestrate: boolean
  slots: string[]
}
const nothing: CommandOutcome = { run: null, orchestrate: false, slots: [] }

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
  const person = { ...comment.sender, role: await roleOf(deps, comment) }
  if (isOutsider(person)) {
    await answerOutsider(deps, comment, person, parsed)
    return nothing
  }
  const seen = await deps.forge.react(comment.id, 'eyes')
  if (!seen.ok) deps.log(`no eyes on the comment: ${seen.message}`)
  if (!parsed.ok) return refuse(deps, comment, parsed.failure)
  const known = await loadContext(deps, comment, person)
  if (!known.ok) return refuse(deps, comment, known.error)
  const recorded = await decideAndRecord(deps, comment, parsed.command, known.value)
  if (!recorded.ok) return refuse(deps, comment, recorded.error)
  const { answer, state, starts, fresh } = recorded.value
  const body = renderAnswer(answer, state, known.value.settings)
  await say(deps, comment, state, body, fresh && comment.firstDelivery)
  return { run: state.phase === 'empty' ? null : state.run, orchestrate: starts.orchestrate, slots: starts.slots }
}

/** Of anything but a person it is not asked. */
const roleOf = ({ forge }: CommandDeps, { sender }: CommandComment): Promise<Role> =>
  sender.type === 'User' ? forge.role(sender.login) : Promise.resolve('none')

/** What was recorded is carried out, whether or not it can be said. On a locked thread, it is said on another one of the run. */
async function say(deps: CommandDeps, comment: CommandComment, state: RunState, body: string, fresh: boolean) {
  const own = state.phase === 'empty' ? [] : [state.projected['pull:trunk']?.number, state.issue.number]
  for (const thread of new Set([comment.issue.number, ...own.filter((number) => number !== undefined)])) {
    const said = await deps.forge
      .reply(thread, keyOf(comment), body, fresh)
      .catch((error: unknown): Said => ({ ok: false, message: String(error) }))
    if (said.ok) return
    deps.log(`no answer on #${thread}: ${said.message}`)
  }
}

const keyOf = (comment: CommandComment): string => `comment:${comment.id}`

async function refuse(deps: CommandDeps, comment: CommandComment, failure: Failure): Promise<CommandOutcome> {
  deps.log(`refused: ${failure.reason}`)
  const said = await deps.forge.reply(comment.issue.number, keyOf(comment), explain(failure).join('\n'), false)
  if (!said.ok) deps.log(`no answer on #${comment.issue.number}: ${said.message}`)
  return nothing
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
    drift: await driftFor(deps, command, known.thread.state),
  }
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
