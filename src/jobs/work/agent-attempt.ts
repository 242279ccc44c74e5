import { IMPORT_LINE, importsIn } from '../../agent/planner/exploration/importers.ts'
import { noInstructions, readInstructions } from '../../agent/prompts/instructions.ts'
import type { AttemptContext } from '../../agent/prompts/worker-prompt.ts'
import type { CheckResult } from '../../agent/worker/checker.ts'
import { type TaskFailure, withTexts } from '../../core/failure.ts'
import { attemptRef } from '../../core/ids.ts'
import { nearbyTests } from '../../core/plan/nearby-tests.ts'
import { type HandOff, handOffOf, inOneLine, type WorkSummary } from '../../core/run/hand-off.ts'
import { recordOf } from '../../core/run/lookup.ts'
import type { Report } from '../../core/run/report.ts'
import { workOf } from '../../core/run/state.ts'
import { looksFirst } from '../../core/schedule/baseline.ts'
import type { Brief } from '../../core/schedule/brief.ts'
import { resumable } from '../../core/schedule/parked.ts'
import { passable } from '../../core/settings.ts'
import type { AttemptOutcome } from '../../core/slots/slot-result.ts'
import { SHORTEST_SECRET } from '../../core/text/redact.ts'
import type { CommandRun } from '../../ports/sandbox.ts'
import { type AgentEnd, type Attempt, type AttemptInput, type AttemptResult, attemptOf } from './attempt.ts'
import { NO_ACCEPTANCE, outcomeOf } from './check-work.ts'
import { withCheckpoints } from './checkpoints.ts'
import { runOtherAgent } from './command-worker.ts'
import { checkReport, emptyReport } from './commands.ts'
import { whyNoModel, workByModel } from './model-worker.ts'
import type { WorkDeps } from './work-deps.ts'

/** One attempt by an agent, ours or the one that the settings name. What it changed is handed over however it ends. */
export async function performByAgent(input: AttemptInput): Promise<AttemptResult> {
  const { deps, assignment, view } = input
  const isOther = assignment.worker === 'command'
  const variables = isOther ? deps.agentEnv(passable(workOf(view.state())?.settings.worker.env ?? [])) : {}
  // Before the launch: a value must be redacted before any text is cut.
  for (const value of Object.values(variables)) if (value.length >= SHORTEST_SECRET) deps.keepSecret(value)
  const attempt = attemptOf(input)
  const why = attempt.brief.checks.length === 0 ? NO_ACCEPTANCE : isOther ? null : whyNoModel(attempt)
  if (why !== null) return { outcome: handedOver(attempt, nothingDone(why)), transcript: [] }
  const seen = await lookUp(attempt)
  const waits = passesAlready(attempt, seen)
  if (waits !== null)
    return { outcome: handedOver(attempt, nothingDone(waits)), transcript: attempt.transcript.lines() }
  const context = await resumed(attempt, seen)
  const tree = context.resumed === undefined ? null : await deps.worktree.treeHash()
  const { value: ended, checkpoint } = await withCheckpoints(attempt, tree, () =>
    isOther ? runOtherAgent(attempt, context, variables) : workByModel(attempt, context),
  )
  return { outcome: handedOver(attempt, ended), transcript: attempt.transcript.lines(), checkpoint }
}

/** Before any money is spent: null, unless the acceptance passes on the base already and a person has to look at that first. */
function passesAlready({ run, assignment }: Attempt, { baseline }: AttemptContext): TaskFailure | null {
  if (assignment.mayChangeNothing || !looksFirst(run, assignment.task)) return null
  const passes = baseline.every(({ ran }) => !ran.timedOut && ran.exitCode === 0)
  return passes ? { reason: 'passes-already', log: baseline.map(({ ran }) => ran.log).join('\n') } : null
}

const nothingDone = (failure: TaskFailure): AgentEnd => ({
  failure,
  workTree: { commit: null, paths: [], putBack: [], failure: null },
  check: null,
  summary: null,
  spending: [],
})

function handedOver(attempt: Attempt, ended: AgentEnd): AttemptOutcome {
  const failure = ended.failure === null ? null : withTexts(ended.failure, attempt.redact)
  return outcomeOf({ ...ended, failure, assignment: attempt.assignment, report: reportOf(attempt, ended) })
}

/** The same for accepted and failed work: what it cost, and the agent's account of it. */
function reportOf(attempt: Attempt, ended: AgentEnd): Report {
  const { deps, sandbox, brief, begun, watch, redact } = attempt
  const { check, spending, turns } = ended
  const seconds = (deps.clock.now().getTime() - begun.getTime()) / 1000
  const handOff = handOffFrom(attempt, ended)
  return {
    ...emptyReport(sandbox),
    ...checkReport(check, redact),
    workSeconds: Math.max(0, seconds - watch.paused() - (check?.seconds ?? 0)),
    summary: handOff === null ? '' : inOneLine(handOff),
    spending: [...spending],
    ...(turns === undefined ? {} : { turns }),
    ...(handOff === null ? {} : { handOff }),
    ...(brief.conflict === null ? {} : { resolved: brief.conflict.with.map(({ task }) => task.id) }),
  }
}

/** Files and check come from git and from the checks, not from the agent. */
function handOffFrom(attempt: Attempt, { summary, workTree, failure, check }: AgentEnd): HandOff | null {
  if (summary === null) return null
  return handOffOf(wordsOf(summary, attempt.redact), {
    files: [...workTree.paths],
    check: checkOf(attempt, failure, check),
  })
}

function checkOf({ brief, redact }: Attempt, failure: TaskFailure | null, check: CheckResult | null): string {
  const commands = brief.checks.map(({ argv }) => argv.join(' ')).join('; ')
  const flaky = check?.flaky === undefined ? '' : ` (flaky, passed at the second try: ${check.flaky.join('; ')})`
  return redact(failure === null ? `passed: ${commands}${flaky}` : `not passed (${failure.reason}): ${commands}`)
}

const wordsOf = (said: WorkSummary, redact: (text: string) => string): WorkSummary => ({
  did: redact(said.did),
  interfaces: said.interfaces.map(redact),
  decisions: said.decisions.map(redact),
  caveats: said.caveats.map(redact),
  follow_ups: said.follow_ups.map(redact),
})

/** Share of the attempt's time for all checks on the base together. */
const BASELINE = 1 / 3
const LONGEST_DIFF = 20_000

/** Checks out the base, runs every check on it once to know where the work starts, and looks up earlier attempts' changes. */
export async function lookUp(attempt: Attempt): Promise<AttemptContext> {
  const { deps, assignment, brief, watch, transcript, redact } = attempt
  const { worktree } = deps
  await worktree.prepare(assignment.base)
  const { instructions, tests } = await conventionsFor(attempt)
  let left = assignment.minutes * 60 * BASELINE
  const baseline: { check: Brief['checks'][number]; ran: CommandRun }[] = []
  for (const check of brief.checks) {
    const ran = await watch.run(check.argv, { seconds: left })
    left -= ran.seconds
    baseline.push({ check, ran: { ...ran, log: redact(ran.log) } })
    transcript.add({ kind: 'baseline', argv: check.argv, ...ran })
  }
  // A check may have left files: the work starts from the base alone.
  await worktree.prepare(assignment.base)
  return { baseline, earlierDiffs: await changesBefore(deps, brief), instructions, tests }
}

const MOST_PATHS = 50_000
/** Lines of imports that are read to find tests. */
const MOST_IMPORTS = 50_000

/** Instruction files of the run's base, not of the task's, which other tasks may have changed; and tests by their names and imports. */
async function conventionsFor({ deps, run, brief }: Attempt): Promise<Pick<AttemptContext, 'instructions' | 'tests'>> {
  const { worktree, log } = deps
  const { writes } = brief.task
  const files = worktree.files()
  const { paths } = await files.list('**', MOST_PATHS)
  const found = await files.search(IMPORT_LINE, { literal: false, glob: null, most: MOST_IMPORTS })
  const imports = found.ok ? importsIn(found.lines, paths) : []
  const instructions = await worktree
    .sources(run.work.base)
    .then((sources) => readInstructions(sources, writes))
    .catch((error) => {
      log(
        `The instruction files of the base cannot be had; it goes on without: ${error instanceof Error ? error.message : error}`,
      )
      return noInstructions
    })
  return { instructions, tests: nearbyTests(paths, writes, imports) }
}

/** Brings back the work of an attempt that was interrupted. If that fails, the agent is shown what it had changed. */
async function resumed({ deps, run, brief }: Attempt, context: AttemptContext): Promise<AttemptContext> {
  const id = brief.task.id
  const interrupted = resumable(recordOf(run.work, id))
  if (interrupted === null) return context
  const { attempt, head } = interrupted
  const isBack = await deps.worktree.resume(attemptRef(run.run, id, attempt), head).catch(() => false)
  deps.log(`${id}: the work of attempt ${attempt} ${isBack ? 'is brought back' : 'cannot be brought back'}.`)
  return isBack ? { ...context, resumed: attempt } : context
}

/** The work that a conflict left out, and that of the last attempt that failed or lost its slot. */
async function changesBefore({ worktree, log }: WorkDeps, { run, task, earlier, conflict }: Brief) {
  const failedRuns = earlier.flatMap(({ attempt, head, outcome }) =>
    (outcome === 'failed' || outcome === 'returned') && head !== null ? [{ attempt, head }] : [],
  )
  const wanted = [...(conflict?.own == null ? [] : [conflict.own]), ...failedRuns.slice(-1)]
  const found: { attempt: number; diff: string }[] = []
  for (const { attempt, head } of wanted.toSorted((a, b) => a.attempt - b.attempt)) {
    const diff = await worktree.diffOf(attemptRef(run, task.id, attempt), head, LONGEST_DIFF).catch(() => null)
    if (diff === null) log(`What attempt ${attempt} of ${task.id} had changed cannot be had; it goes on without.`)
    else found.push({ attempt, diff })
  }
  return found
}
