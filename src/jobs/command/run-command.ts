import { hinderingRules, refusingRules } from '../../core/branch-rules.ts'
import { isOutsider, mayCommand } from '../../core/command/authority.ts'
import { decide } from '../../core/command/decide.ts'
import { decidePlan } from '../../core/command/decide-plan.ts'
import { VERIFICATION } from '../../core/command/decide-task.ts'
import type { CommandAnswer, CommandRequest } from '../../core/command/decision.ts'
import type { Command } from '../../core/command/grammar.ts'
import { type ParsedCommand, parseCommand } from '../../core/command/parse.ts'
import type { Failure } from '../../core/failure.ts'
import {
  branchOfRef,
  branchRef,
  type RunId,
  runIdOf,
  type Sha,
  type TaskId,
  taskBranch,
  trunkBranch,
} from '../../core/ids.ts'
import type { BaseDrift } from '../../core/landing/base-drift.ts'
import { ownOf } from '../../core/own.ts'
import { err, ok, type Result } from '../../core/result.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { emptyRun, type RunState } from '../../core/run/state.ts'
import { type JobStarts, lacksOrchestrator, nothingToStart, withStarts } from '../../core/slots/slot-requests.ts'
import { quoted } from '../../core/text/quoted.ts'
import { explain } from '../../render/reply/explain-failure.ts'
import { beyondVerified, renderAnswer, WOKEN } from '../../render/reply/replies.ts'
import { appendDecided } from '../append-decided.ts'
import { driftOf } from '../base-drift.ts'
import { type CommandComment, type CommandDeps, type CommandOutcome, nothing } from '../deps.ts'
import { personOf } from '../person-of.ts'
import { lookAtFinalPull } from '../reviews/final-pull.ts'
import { say, threadsOf } from '../say.ts'
import { untilAppended } from '../until-appended.ts'
import { answerOutsider } from './answer-outsider.ts'
import { type LoadedContext, loadContext, type RunThread } from './load-context.ts'
import { recordClosed } from './pull-action.ts'
import { actOnMissedReviews } from './review-action.ts'

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
  const person = await personOf(deps, comment.sender)
  if (isOutsider(person)) {
    await answerOutsider(deps, comment, person, parsed)
    return nothing
  }
  const seen = comment.id === null ? null : await deps.forge.react(comment.id, 'eyes')
  if (seen?.ok === false) deps.log(`no eyes on the comment: ${seen.message}`)
  if (!parsed.ok) return refuse(deps, comment, parsed.failure)
  const known = await loadContext(deps, comment, person)
  if (!known.ok) return refuse(deps, comment, known.error)
  const { thread, begun, beyond } = await noticePull(deps, parsed.command, known.value)
  const recorded = await decideAndRecord(deps, comment, parsed.command, { ...known.value, thread })
  const { answer, state, starts, woken, fresh } = recorded
  if (!answer.ok) deps.log(`refused: ${answer.error.reason}`)
  const body = answer.ok ? renderAnswer(answer.value, state, known.value.settings) : explain(answer.error).join('\n')
  const whole = [body, ...(woken ? [WOKEN] : []), ...beyondNote(state, beyond)].join('\n\n')
  await answerOn(deps, comment, state, whole, fresh && comment.firstDelivery)
  if (begun.orchestrate) return begun
  const run = state.phase === 'empty' || !(answer.ok || woken) ? null : state.run
  return { run, orchestrate: starts.orchestrate, slots: starts.slots }
}

function parse({ line, formatted }: CommandComment): ParsedCommand {
  if (line !== null) return parseCommand(line)
  if (formatted === null || parseCommand(formatted) === null) return null
  return { ok: false, failure: { reason: 'not-plain-text', typed: formatted } }
}

/** What was recorded is carried out, whether or not it can be said. On a locked thread, it is said on another one of the run. */
async function answerOn(deps: CommandDeps, comment: CommandComment, state: RunState, body: string, fresh: boolean) {
  const own = state.phase === 'empty' ? [] : threadsOf(state.run, state)
  await say(deps, { threads: [comment.issue.number, ...own], key: keyOf(comment), body, fresh }).catch(
    (error: unknown) => deps.log(`not answered: ${String(error)}`),
  )
}

interface Noticed {
  thread: RunThread
  begun: CommandOutcome
  beyond: Sha | null
}

/** What people did to pull requests of which no event has told comes before the command: one was closed, or reviewed in conflict. */
async function noticePull(
  deps: CommandDeps,
  command: Command,
  { person, settings, thread }: LoadedContext,
): Promise<Noticed> {
  const mayLook = command.name !== 'help' && mayCommand(person, settings).ok
  if (!mayLook || thread.run === null) return { thread, begun: nothing, beyond: null }
  const { closed, beyond } = await lookAtFinalPull(deps, thread.state, thread.pull)
  if (closed === null) {
    const begun = command.name === 'plan' ? null : await actOnMissedReviews(deps, thread.state, settings)
    return begun === null ? { thread, begun: nothing, beyond } : { thread: await thread.again(), begun, beyond }
  }
  // `/plan` begins another run, and this workflow run has one orchestrator.
  const by = command.name === 'plan' ? 'us' : 'orchestrator'
  const begun = await recordClosed(deps, thread.run, { ...closed, by: 'tributary' }, by)
  return { thread: await thread.again(), begun, beyond: null }
}

/** A run that the command has reopened says so itself. */
const beyondNote = (state: RunState, beyond: Sha | null): string[] =>
  beyond === null || state.phase !== 'ended' || state.work === null
    ? []
    : [beyondVerified(beyond, state.work.trunk.tip)]

const keyOf = ({ key }: CommandComment): string => key

async function refuse(deps: CommandDeps, comment: CommandComment, failure: Failure): Promise<CommandOutcome> {
  deps.log(`refused: ${failure.reason}`)
  await say(deps, { threads: [comment.issue.number], key: keyOf(comment), body: explain(failure).join('\n') })
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
    const choice = await withLoss(deps, thread, await checked(deps, choose(comment, thread, asked)))
    const { run, from, expected, events } = choice.ok ? choice.value : unchanged(thread)
    const answer = choice.ok ? ok(choice.value.answer) : choice
    // An outsider's command writes nothing.
    const wakes = command.name !== 'help' && mayCommand(asked.person, asked.settings).ok
    const lost = wakes ? await lostOrchestrator(deps, from, asked.at) : []
    const after = withStarts(from, [...lost, ...events], deps.workflowRun, asked.at, asked.person.login, {
      wake: wakes,
    })
    if (after.events.length === 0) return { answer, state: from, starts: nothingToStart, woken: false, fresh: false }
    const appended = await appendDecided(deps, { run, tip: expected }, after)
    if (appended === null) return null
    if (!appended.ok) {
      const refused = err({ reason: 'push-refused', run, words: appended.words } as const)
      return { answer: refused, state: from, starts: nothingToStart, woken: false, fresh: false }
    }
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
  /** The branch that a plan is asked for, if it is named. */
  base: string | null
}

function choose(comment: CommandComment, thread: RunThread, asked: CommandRequest): Result<Choice, Failure> {
  const { command } = asked
  if (command.name === 'plan') {
    const planned = decidePlan(thread, { ...asked, command }, comment.issue)
    if (!planned.ok) return planned
    const { run, fresh, events, answer } = planned.value
    const from = fresh ? emptyRun : thread.state
    return ok({ run, from, expected: fresh ? null : thread.tip, events, answer, base: command.base })
  }
  const decided = decide(thread.state, asked)
  if (!decided.ok) return decided
  if (thread.run === null && decided.value.events.length > 0)
    return err({ reason: 'no-run', issue: comment.issue.number })
  return ok({ run: thread.run ?? '', from: thread.state, expected: thread.tip, base: null, ...decided.value })
}

/** A new run is begun only if its branches can be pushed: nothing is paid for that cannot land. */
async function checked(
  { forge, journal }: CommandDeps,
  choice: Result<Choice, Failure>,
): Promise<Result<Choice, Failure>> {
  if (!choice.ok || choice.value.expected !== null || choice.value.events.length === 0) return choice
  const { run, base } = choice.value
  if (base !== null && (await forge.branchNow(base)) === null) return err(noBase(base))
  const branch = trunkBranch(run)
  const [refs, rules] = await Promise.all([journal.inTheWay(run), forge.branchRules(branch)])
  if (refs.length > 0) return err({ reason: 'branch-in-the-way', run, refs })
  const refusing = refusingRules(rules, branch)
  if (refusing.length > 0) return err({ reason: 'rules-refuse', branch, rules: refusing })
  const hindered = hinderingRules(rules, branch)
  return ok({ ...choice.value, answer: { code: 'plan-requested', run, ...(hindered.length > 0 && { hindered }) } })
}

const noBase = (base: string): Failure => ({
  reason: 'bad-arguments',
  command: 'plan',
  detail: `There is no branch ${quoted(base)}.`,
  usage: '/plan [--base BRANCH]',
})

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
    branches: await branchesFor(deps, command, known.thread),
    drift: await driftFor(deps, command, known.thread.state),
  }
}

/** Where the branches stand that an approval of a task, `/resume` after a pause for branches, or a verification after the end depends on. */
async function branchesFor(deps: CommandDeps, command: Command, { state, task }: RunThread) {
  const names = branchesAskedFor(state, command, task)
  if (state.phase === 'empty' || names.length === 0) return new Map<string, string>()
  const { refs } = await deps.journal.look(state.run, names.map(branchRef))
  return new Map([...refs].map(([ref, sha]) => [branchOfRef(ref) ?? ref, sha]))
}

function branchesAskedFor(state: RunState, command: Command, threadTask: TaskId | null): string[] {
  if (state.phase === 'ended')
    return command.name === 'retry' && command.task === VERIFICATION ? [trunkBranch(state.run)] : []
  if (state.phase !== 'active') return []
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

/** Each command, `/status` and one that is refused too, checks that the orchestrator is alive, and so repairs a crash. */
async function lostOrchestrator(deps: CommandDeps, state: RunState, at: string): Promise<RunEvent[]> {
  if (state.phase === 'empty' || state.orchestrator === null) return []
  const { workflowRun } = state.orchestrator
  // Ours has been asked for a moment ago.
  if (workflowRun === deps.workflowRun || (await deps.forge.orchestratorAlive(workflowRun))) return []
  return [{ type: 'orchestrator_lost', at, by: 'tributary', workflowRun }]
}
