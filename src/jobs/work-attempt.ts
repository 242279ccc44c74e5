import type { Bench, Checked, Kept } from '../agent/worker/bench.ts'
import type { Findings } from '../agent/worker/prompt.ts'
import { type Quotes, quotesFor } from '../agent/worker/quotes.ts'
import { type Transcript, transcript } from '../agent/worker/transcript.ts'
import { type TaskAssignment, taskEnvironment } from '../core/assignment.ts'
import { type Brief, briefOf } from '../core/brief.ts'
import type { TaskFailure } from '../core/failure.ts'
import type { Said } from '../core/hand-off.ts'
import type { Argv } from '../core/plan.ts'
import type { Redact } from '../core/redact.ts'
import { attemptRef } from '../core/ref.ts'
import type { Outcome } from '../core/result-file.ts'
import type { Settings } from '../core/settings.ts'
import type { ActiveRun } from '../core/state.ts'
import type { Spending } from '../core/usage.ts'
import type { CommandRun, Sandbox } from '../ports/sandbox.ts'
import { benchFor } from './work-bench.ts'
import { type Stopwatch, stopwatch } from './work-commands.ts'
import type { SlotIdentity, WorkDeps } from './work-deps.ts'
import { wordsFor } from './work-program.ts'
import type { JournalView } from './work-view.ts'

/** What an attempt came to, and a line for each thing that an agent said and did in it. */
export interface Performed {
  outcome: Outcome
  transcript: readonly string[]
}

/** How the work of an agent ended. `kept` holds what it had changed by then. */
export interface Ended {
  failure: TaskFailure | null
  kept: Kept
  checked: Checked | null
  said: Said | null
  spending: readonly Spending[]
  turns?: number
}

export interface Given {
  deps: WorkDeps
  who: SlotIdentity
  view: JournalView
  assignment: TaskAssignment
  sandbox: Sandbox
  signal: AbortSignal
}

/** All that belongs to one attempt of an agent, ours or another. */
export interface Attempt extends Given {
  /** The run as it was when the attempt began. */
  run: ActiveRun
  settings: Settings
  brief: Brief
  quotes: Quotes
  commands: readonly Argv[]
  env: Readonly<Record<string, string>>
  watch: Stopwatch
  bench: Bench
  transcript: Transcript
  redact: Redact
  begun: Date
}

/** `redact`: also hides what only this attempt knows. */
export function attemptOf(given: Given, redact: Redact): Attempt {
  const { deps, who, view, assignment, sandbox, signal } = given
  const run = view.state()
  if (run.phase !== 'active') throw new Error(`the run is ${run.phase}: nobody works on ${assignment.task}`)
  const begun = deps.clock.now()
  const elapsed = () => (deps.clock.now().getTime() - begun.getTime()) / 1000
  const env = taskEnvironment(who.run, assignment)
  const { minutes } = assignment
  const watch = stopwatch({ sandbox, worktree: deps.worktree.path, minutes, signal, env, elapsed })
  const brief = briefOf(run, assignment.task)
  const { task, checks } = brief
  const words = wordsFor(who.run, assignment)
  return {
    ...given,
    run,
    settings: run.work.settings,
    brief,
    quotes: quotesFor(brief),
    commands: commandsOf(run, brief),
    env,
    watch,
    bench: benchFor({ deps: { ...deps, redact }, assignment, task, checks, watch, words }),
    transcript: transcript(redact),
    redact,
    begun,
  }
}

/** The commands of the approved plan that this task is about: its checks, and those of the whole. */
function commandsOf({ work }: ActiveRun, { checks }: Brief): Argv[] {
  const all = [...checks, ...work.plan.verification].map(({ argv }) => argv)
  return [...new Map(all.map((argv) => [JSON.stringify(argv), argv])).values()]
}

/** Share of the time that looking at the base may take. */
const BASELINE = 1 / 3
const LONGEST_DIFF = 20_000

/** Makes the files, runs every check on them once to know where the work starts, and looks up what was done before. */
export async function lookUp({ deps, assignment, brief, watch, transcript, redact }: Attempt): Promise<Findings> {
  const { worktree } = deps
  await worktree.prepare(assignment.base)
  const baseline: { check: Brief['checks'][number]; ran: CommandRun }[] = []
  for (const check of brief.checks) {
    const ran = await watch.run(check.argv, { seconds: assignment.minutes * 60 * BASELINE })
    baseline.push({ check, ran: { ...ran, log: redact(ran.log) } })
    transcript.add({ kind: 'baseline', argv: check.argv, ...ran })
  }
  // A check may have left files: the work starts from the base and from nothing else.
  await worktree.prepare(assignment.base)
  return { baseline, before: await changesBefore(deps, brief) }
}

/** The work that a conflict left out, and that of the last attempt that failed. */
async function changesBefore({ worktree, log }: WorkDeps, { run, task, earlier, conflict }: Brief) {
  const failed = earlier.flatMap(({ attempt, head, outcome }) =>
    outcome === 'failed' && head !== null ? [{ attempt, head }] : [],
  )
  const wanted = [...(conflict?.own == null ? [] : [conflict.own]), ...failed.slice(-1)]
  const found: { attempt: number; diff: string }[] = []
  for (const { attempt, head } of wanted.toSorted((a, b) => a.attempt - b.attempt)) {
    const diff = await worktree.diffOf(attemptRef(run, task.id, attempt), head, LONGEST_DIFF).catch(() => null)
    if (diff === null) log(`What attempt ${attempt} of ${task.id} had changed cannot be had; it goes on without.`)
    else found.push({ attempt, diff })
  }
  return found
}
