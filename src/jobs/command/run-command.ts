import { hinderingRules, refusingRules } from '../../core/branch-rules.ts'
import { decide } from '../../core/command/decide.ts'
import { decidePlan } from '../../core/command/decide-plan.ts'
import type { CommandAnswer, CommandRequest } from '../../core/command/decision.ts'
import type { Command } from '../../core/command/grammar.ts'
import { parseCommand } from '../../core/command/parse.ts'
import type { Failure } from '../../core/failure.ts'
import { type RunId, runIdOf, trunkBranch } from '../../core/ids.ts'
import type { BaseDrift } from '../../core/landing/base-drift.ts'
import { err, ok, type Result } from '../../core/result.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { emptyRun, type RunState } from '../../core/run/state.ts'
import { type JobStarts, nothingToStart, withStarts } from '../../core/schedule/slot-requests.ts'
import { explain } from '../../render/reply/explain-failure.ts'
import { renderAnswer } from '../../render/reply/replies.ts'
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
  const recorded = await decideAndRecord(deps, comment, parsed.command, known.value)
  if (!recorded.ok) return refuse(deps, comment, recorded.error)
  const { answer, state, starts, fresh } = recorded.value
  const body = renderAnswer(answer, state, known.value.settings)
  await deps.forge.reply(comment.issue.number, keyOf(comment), body, fresh && comment.firstDelivery)
  return { run: state.phase === 'empty' ? null : state.run, orchestrate: starts.orchestrate, slots: starts.slots }
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
): Promise<Result<Recorded, Failure>> {
  let thread: RunThread | null = null
  return untilAppended(async () => {
    thread = thread === null ? known.thread : await thread.again()
    const asked = await ask(deps, comment, command, { ...known, thread })
    const next = await withLoss(deps, thread, await checked(deps, choose(comment, thread, asked)))
    if (!next.ok) return next
    const { run, from, expected, events, answer } = next.value
    const lost = await lostOrchestrator(deps, from, asked)
    const after = withStarts(from, [...lost, ...events], deps.workflowRun, asked.at, asked.person.login)
    if (after.events.length === 0) return ok({ answer, state: from, starts: nothingToStart, fresh: false })
    const appended = await deps.journal.append(run, expected, after.events, after.state, [])
    if (appended.ok) return ok({ answer, state: after.state, starts: after.starts, fresh: events.length > 0 })
    return appended.error.reason === 'refused' ? err({ ...appended.error, reason: 'push-refused', run }) : null
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

/** A new run is begun only if its branches can be pushed: nothing is paid for that cannot land. */
async function checked(
  { forge, journal }: CommandDeps,
  choice: Result<Choice, Failure>,
): Promise<Result<Choice, Failure>> {
  if (!choice.ok || choice.value.expected !== null || choice.value.events.length === 0) return choice
  const { run } = choice.value
  const branch = trunkBranch(run)
  const [refs, rules] = await Promise.all([journal.inTheWay(run), forge.branchRules(branch)])
  if (refs.length > 0) return err({ reason: 'branch-in-the-way', run, refs })
  const refusing = refusingRules(rules, branch)
  if (refusing.length > 0) return err({ reason: 'rules-refuse', branch, rules: refusing })
  const hindered = hinderingRules(rules, branch)
  return ok({ ...choice.value, answer: { code: 'plan-requested', run, ...(hindered.length > 0 && { hindered }) } })
}

/** That there is no run is said only if it has left no branches: with them, its journal was deleted. */
async function withLoss(
  { journal }: CommandDeps,
  thread: RunThread,
  choice: Result<Choice, Failure>,
): Promise<Result<Choice, Failure>> {
  if (choice.ok || choice.error.reason !== 'no-run') return choice
  const run = runIdOf(thread.issue, 1)
  const left = (await journal.inTheWay(run)).some((ref) => ref.includes(`/${run}/`))
  return left ? err({ reason: 'journal-gone', run }) : choice
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
