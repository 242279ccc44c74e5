import type { Answer } from '../core/answer.ts'
import type { Asked, Drift } from '../core/asked.ts'
import { type Command, parseCommand } from '../core/command.ts'
import { decide } from '../core/decide.ts'
import { decidePlan } from '../core/decide-plan.ts'
import type { RunEvent } from '../core/event.ts'
import type { Failure } from '../core/failure.ts'
import type { RunId } from '../core/ref.ts'
import { err, ok, type Result } from '../core/result.ts'
import { nothingToStart, type Starts, withStarts } from '../core/starts.ts'
import { emptyRun, type RunState } from '../core/state.ts'
import { explain } from '../render/explain.ts'
import { renderAnswer } from '../render/replies.ts'
import { driftOf } from './drift.ts'
import { type Knowledge, learn, type Thread } from './learn.ts'
import type { CommandDeps, Comment } from './wiring.ts'

export interface CommandOutcome {
  run: RunId | null
  orchestrate: boolean
  slots: string[]
}
const nothing: CommandOutcome = { run: null, orchestrate: false, slots: [] }

/** How often a lost race is run again before the job gives up and says so by failing. */
const TRIES = 10

interface Taken {
  answer: Answer
  state: RunState
  starts: Starts
  /** Whether this process wrote the events, so that no answer can be there yet. */
  fresh: boolean
}

/** Reads a comment, decides, records, answers. The outcome says which jobs must follow in this workflow run. */
export async function runCommand(deps: CommandDeps, comment: Comment): Promise<CommandOutcome> {
  const parsed = comment.line === null ? null : parseCommand(comment.line)
  if (parsed === null) return nothing
  await deps.forge.react(comment.id, 'eyes')
  if (!parsed.ok) return refuse(deps, comment, parsed.failure)
  const known = await learn(deps, comment)
  if (!known.ok) return refuse(deps, comment, known.error)
  const taken = await take(deps, comment, parsed.command, known.value)
  if (!taken.ok) return refuse(deps, comment, taken.error)
  const { answer, state, starts, fresh } = taken.value
  const body = renderAnswer(answer, state, known.value.settings)
  await deps.forge.reply(comment.issue.number, keyOf(comment), body, fresh && comment.firstDelivery)
  return { run: state.phase === 'empty' ? null : state.run, orchestrate: starts.orchestrate, slots: starts.slots }
}

const keyOf = (comment: Comment): string => `comment:${comment.id}`

async function refuse(deps: CommandDeps, comment: Comment, failure: Failure): Promise<CommandOutcome> {
  deps.log(`refused: ${failure.reason}`)
  await deps.forge.reply(comment.issue.number, keyOf(comment), explain(failure).join('\n'), false)
  return nothing
}

/** Load, decide, record; a lost race means: read again, decide again. */
async function take(
  deps: CommandDeps,
  comment: Comment,
  command: Command,
  known: Knowledge,
): Promise<Result<Taken, Failure>> {
  let thread: Thread = known.thread
  for (let tried = 0; tried < TRIES; tried += 1) {
    const asked = await ask(deps, comment, command, { ...known, thread })
    const next = choose(comment, thread, asked)
    if (!next.ok) return next
    const { run, from, expected, events, answer } = next.value
    const alive = await withoutTheDead(deps, from, asked)
    const after = withStarts(alive.state, events, deps.workflowRun, asked.at, asked.person.login)
    const all = [...alive.events, ...after.events]
    if (all.length === 0) return ok({ answer, state: from, starts: nothingToStart, fresh: false })
    const appended = await deps.journal.append(run, expected, all, after.state, [])
    if (appended.ok) return ok({ answer, state: after.state, starts: after.starts, fresh: events.length > 0 })
    thread = await thread.again()
  }
  throw new Error(`the journal moved ${TRIES} times while the command was decided`)
}

interface Choice {
  run: RunId
  from: RunState
  expected: string | null
  events: RunEvent[]
  answer: Answer
}

function choose(comment: Comment, thread: Thread, asked: Asked): Result<Choice, Failure> {
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

async function ask(deps: CommandDeps, comment: Comment, command: Command, known: Knowledge): Promise<Asked> {
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

/** What lets a plan pass lets it pass on the base as it is now. */
async function driftFor(deps: CommandDeps, command: Command, state: RunState): Promise<Drift | null> {
  const lets = command.name === 'approve' || command.name === 'plan-off'
  if (!lets || (state.phase !== 'proposed' && state.phase !== 'active')) return null
  return driftOf(deps, state)
}

/** Whatever wakes a run also looks whether its orchestrator is alive, so that a crash heals at the next command. */
async function withoutTheDead(deps: CommandDeps, state: RunState, asked: Asked) {
  if (state.phase === 'empty' || state.orchestrator === null || asked.command.name === 'help')
    return { state, events: [] as RunEvent[] }
  const { workflowRun } = state.orchestrator
  if (await deps.forge.orchestratorAlive(workflowRun)) return { state, events: [] as RunEvent[] }
  const lost: RunEvent = { type: 'orchestrator_lost', at: asked.at, by: 'tributary', workflowRun }
  return { state: { ...state, orchestrator: null, crashes: state.crashes + 1 }, events: [lost] }
}
