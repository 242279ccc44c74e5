import type { DesignTerms } from '../../agent/planner/design-request.ts'
import { planCommandPrompt } from '../../agent/planner/plan-by-command.ts'
import { readInstructions } from '../../agent/prompts/instructions.ts'
import { nonceOf } from '../../agent/prompts/quote.ts'
import { unknownBase } from '../../core/plan/known-base.ts'
import type { Planning } from '../../core/plan/planning.ts'
import { type LiveRun, type RunState, workOf } from '../../core/run/state.ts'
import { passable } from '../../core/settings.ts'
import type { PlanAssignment } from '../../core/slots/assignment.ts'
import { type AttemptOutcome, LONGEST_PLAN } from '../../core/slots/slot-result.ts'
import { SHORTEST_SECRET } from '../../core/text/redact.ts'
import type { CommandRun, Sandbox } from '../../ports/sandbox.ts'
import { exitOf } from './check-work.ts'
import { filledIn } from './command-worker.ts'
import { emptyReport, type Stopwatch, stopwatch, withoutSandbox } from './commands.ts'
import type { WorkDeps } from './work-deps.ts'

const PROMPT_FILE = 'prompt.md'
/** Of the standard output alone, in the tree: of a program's two outputs together only the ends are kept. */
const PLAN_FILE = '.tributary-plan.json'

/** Runs the program of `plan.command` on a tree of the base of which nothing is kept, and hands over what it printed. */
export async function performPlanning(
  deps: WorkDeps,
  state: RunState,
  assignment: PlanAssignment,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  if (state.phase === 'empty' || state.planning === null) throw new Error('there is nothing to plan')
  const { limits, network } = state.planning.settings
  const probe = await deps.probe(assignment.sandbox, limits, network.allow)
  if (!probe.ok) return { kind: 'failed', head: null, tree: null, ...withoutSandbox(probe) }
  const { sandbox } = probe
  await deps.worktree.prepare(assignment.on)
  const { minutes } = assignment
  const watch = stopwatch({ sandbox, worktree: deps.worktree.path, minutes, signal, env: {} })
  const ran = await launch(deps, state, state.planning, watch)
  const text = await printed(deps)
  await deps.worktree.prepare(assignment.on)
  return outcomeOf(sandbox, ran, watch, text)
}

function outcomeOf(sandbox: Sandbox, ran: CommandRun, watch: Stopwatch, text: string | null): AttemptOutcome {
  const report = { ...emptyReport(sandbox), workSeconds: ran.seconds }
  const failure =
    watch.failureOf(ran) ??
    exitOf(ran, 'program-failed') ??
    (text === null ? { reason: 'program-failed' as const, exitCode: 0, log: TOO_LONG } : null)
  if (failure !== null || text === null)
    return { kind: 'failed', failure: failure ?? noPlan, head: null, tree: null, report }
  return { kind: 'planned', text, report }
}

const TOO_LONG = `It printed no text on its standard output, or more than ${LONGEST_PLAN} characters.`
const noPlan = { reason: 'program-failed', exitCode: 0, log: TOO_LONG } as const

/** The prompt file is outside the tree. The variables are those that `plan.env` names: none that authorises as the job. */
const launch = ({ worktree, scratch, ...deps }: WorkDeps, run: LiveRun, planning: Planning, watch: Stopwatch) =>
  scratch.use(async (folder) => {
    const { command, env, network } = planning.settings.plan
    const variables = deps.agentEnv(passable(env))
    // Before the launch: a value must be redacted before any text is cut.
    for (const value of Object.values(variables)) if (value.length >= SHORTEST_SECRET) deps.keepSecret(value)
    const instructions = await readInstructions(await worktree.sources(planning.base))
    await folder.write(PROMPT_FILE, planCommandPrompt(termsOf(run, planning, instructions)))
    const words = {
      '{prompt_file}': folder.file(PROMPT_FILE),
      '{worktree}': worktree.path,
      '{model}': planning.settings.plan_model,
    }
    const argv = ['sh', '-c', `exec "$@" > ${PLAN_FILE}`, 'sh', ...filledIn(command, words)]
    return watch.run(argv, {
      env: { TRIBUTARY_RUN: run.run, ...variables },
      readable: [folder.path],
      network,
    })
  })

function termsOf(run: LiveRun, planning: Planning, instructions: DesignTerms['input']['instructions']): DesignTerms {
  const { issue, words, options, ledger } = run
  const { settings, base, questions, answers, revisions } = planning
  const usd = ledger.limit ?? settings.budget.usd
  const input = {
    issue,
    comments: planning.command?.comments ?? [],
    words,
    options,
    settings: { ...settings, budget: { ...settings.budget, usd } },
    base,
    nonce: nonceOf(run.run, `${base} ${run.askedAt} ${run.seen[0] ?? ''}`),
    // The orchestrator lints what is printed.
    known: unknownBase,
    instructions,
  }
  const asked = revisions.map((revision) => revision.words)
  return {
    input,
    questions,
    answers,
    questionsAllowed: false,
    revisions: asked,
    previous: previousOf(run, planning),
    fixed: [],
  }
}

/** The draft with what lint found wrong, or the plan that a person wants changed. */
function previousOf(run: LiveRun, { draft }: Planning): DesignTerms['previous'] {
  if (draft !== null) return draft
  const work = workOf(run)
  return work === null || work.open ? null : { plan: work.plan, problems: [] }
}

/** Read without following links; null if there is none, or it is too long. */
async function printed({ worktree, redact }: WorkDeps): Promise<string | null> {
  const found = await worktree.files().read(PLAN_FILE)
  if (found === null || found.binary || found.text.trim() === '') return null
  const text = redact(found.text)
  return text.length > LONGEST_PLAN || found.bytes > found.text.length * 4 ? null : text
}
