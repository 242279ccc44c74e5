import { type Budget, openBudget } from '../../agent/loop/metered-model.ts'
import { type Quotes, quotesFor, withoutNonce } from '../../agent/prompts/quote.ts'
import type { Checker, CheckResult, WorkTreeState } from '../../agent/worker/checker.ts'
import { type Transcript, transcript } from '../../agent/worker/transcript.ts'
import type { TaskFailure } from '../../core/failure.ts'
import { attemptKey } from '../../core/money/money-key.ts'
import { priceOf } from '../../core/money/price.ts'
import type { Spending } from '../../core/money/usage.ts'
import { ownOf } from '../../core/own.ts'
import type { Argv } from '../../core/plan/plan.ts'
import type { WorkSummary } from '../../core/run/hand-off.ts'
import type { ActiveRun } from '../../core/run/state.ts'
import { type Brief, briefOf } from '../../core/schedule/brief.ts'
import type { Settings } from '../../core/settings.ts'
import { type TaskAssignment, taskEnvironment } from '../../core/slots/assignment.ts'
import { type AttemptOutcome, growingTranscript, resultName } from '../../core/slots/slot-result.ts'
import type { Redact } from '../../core/text/redact.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import { wordsFor } from '../commit-words.ts'
import { checkerFor, writableBy } from './check-work.ts'
import { type Stopwatch, stopwatch } from './commands.ts'
import type { JournalView } from './journal-view.ts'
import type { SlotIdentity, WorkDeps } from './work-deps.ts'

/** The outcome of an attempt, and the transcript of an agent: one line for each step. */
export interface AttemptResult {
  outcome: AttemptOutcome
  transcript: readonly string[]
  /** The artifact of its last checkpoint, which its result replaces. */
  checkpoint?: string | null
}

/** How the work of an agent ended. `workTree` holds its changes so far, whatever the outcome. */
export interface AgentEnd {
  failure: TaskFailure | null
  workTree: WorkTreeState
  check: CheckResult | null
  summary: WorkSummary | null
  spending: readonly Spending[]
  turns?: number
}

export interface AttemptInput {
  deps: WorkDeps
  who: SlotIdentity
  view: JournalView
  assignment: TaskAssignment
  sandbox: Sandbox
  signal: AbortSignal
  /** When the slot should be gone. */
  leaveAt: Date
}

/** All that belongs to one attempt of an agent, ours or another. */
export interface Attempt extends AttemptInput {
  /** The run as it was when the attempt began. */
  run: ActiveRun
  settings: Settings
  brief: Brief
  quotes: Quotes
  commands: readonly Argv[]
  env: Readonly<Record<string, string>>
  watch: Stopwatch
  checker: Checker
  transcript: Transcript
  redact: Redact
  begun: Date
  /** Nothing of it is spent by another agent than ours. */
  money: Budget
}

export function attemptOf(input: AttemptInput): Attempt {
  const { deps, who, view, assignment, sandbox, signal } = input
  const run = view.state()
  if (run.phase !== 'active') throw new Error(`the run is ${run.phase}, so ${assignment.task} cannot be worked on`)
  const begun = deps.clock.now()
  const elapsed = () => (deps.clock.now().getTime() - begun.getTime()) / 1000
  const env = taskEnvironment(who.run, assignment)
  const { minutes } = assignment
  const watch = stopwatch({ sandbox, worktree: deps.worktree.path, minutes, signal, env, elapsed })
  const brief = withoutNonce(briefOf(run, assignment.task))
  const { task, checks } = brief
  const { redact } = deps
  const { settings } = run.work
  const words = wordsFor(who.run, assignment)
  const growing = growingTranscript(resultName(who.run, assignment.task, assignment.attempt))
  return {
    ...input,
    run,
    settings,
    brief,
    quotes: quotesFor(brief),
    commands: commandsOf(run, brief),
    env,
    watch,
    checker: checkerFor({ deps, assignment, checks, watch, words, mayWrite: writableBy(task, settings) }),
    transcript: transcript(redact, (line) => deps.scratch.append(growing, line)),
    redact,
    begun,
    money: openBudget(ownOf(run.ledger.reserved, attemptKey(assignment.task, assignment.attempt))?.usd ?? 0, (name) =>
      priceOf(name, settings),
    ),
  }
}

/** The commands of the approved plan that the agent may run: the task's checks and own commands, and the plan's verification. */
function commandsOf({ work }: ActiveRun, { checks, task }: Brief): Argv[] {
  const all = [...[...checks, ...work.plan.verification].map(({ argv }) => argv), ...task.commands]
  return [...new Map(all.map((argv) => [JSON.stringify(argv), argv])).values()]
}
