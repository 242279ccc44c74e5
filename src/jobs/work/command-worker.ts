import { type AttemptContext, workerPrompt } from '../../agent/prompts/worker-prompt.ts'
import type { WorkTreeState } from '../../agent/worker/checker.ts'
import type { TaskFailure } from '../../core/failure.ts'
import { secretSearch } from '../../core/landing/audit.ts'
import type { Argv } from '../../core/plan/plan.ts'
import type { WorkSummary } from '../../core/run/hand-off.ts'
import { hostsOf } from '../../core/settings.ts'
import type { CommandRun } from '../../ports/sandbox.ts'
import type { AgentEnd, Attempt } from './attempt.ts'
import { exitOf } from './check-work.ts'
import { lastLine } from './commands.ts'
import { modelOf } from './model-worker.ts'

const PROMPT_FILE = 'prompt.md'

/** Runs the agent program that the settings name, with the brief in a file. It is judged by the files that it changes. */
export async function runOtherAgent(
  attempt: Attempt,
  context: AttemptContext,
  variables: Readonly<Record<string, string>>,
): Promise<AgentEnd> {
  const { checker, transcript } = attempt
  const ran = await launch(attempt, context, variables)
  transcript.add({ kind: 'agent', exitCode: ran.exitCode, seconds: ran.seconds, timedOut: ran.timedOut, log: ran.log })
  const workTree = await checker.commit()
  const summary = saidBy(attempt, ran)
  const failure = (await secretIn(attempt, workTree)) ?? attempt.watch.failureOf(ran) ?? exitOf(ran, 'program-failed')
  // Work that holds a secret is not handed over at all: every reader of the artifact would have it.
  if (failure?.reason === 'secret-in-diff')
    return { failure, workTree: { ...workTree, commit: null }, check: null, summary, spending: [] }
  if (failure !== null) return { failure, workTree, check: null, summary, spending: [] }
  const check = await checker.check(workTree)
  const at = attempt.deps.clock.now().toISOString()
  transcript.add({ kind: 'check', at, failure: check.failure, log: check.log, putBack: workTree.putBack })
  return { failure: check.failure, workTree, check, summary, spending: [] }
}

/** The prompt file is outside the work tree, so that it is not part of the work. */
const launch = (
  attempt: Attempt,
  context: AttemptContext,
  variables: Readonly<Record<string, string>>,
): Promise<CommandRun> =>
  attempt.deps.scratch.use(async (folder) => {
    const { deps, brief, quotes, commands, assignment, settings, env, watch } = attempt
    const hosts = settings.worker.network ? [] : hostsOf(settings)
    const limits = { tools: 'own' as const, commands, minutes: assignment.minutes, turns: null, hosts }
    await folder.write(PROMPT_FILE, workerPrompt(brief, context, limits, quotes))
    const words = {
      '{prompt_file}': folder.file(PROMPT_FILE),
      '{worktree}': deps.worktree.path,
      '{model}': modelOf(attempt),
    }
    return watch.run(filledIn(settings.worker.command, words), {
      env: { ...env, ...variables },
      readable: [folder.path],
      network: settings.worker.network,
    })
  })

/** Each word stays one argument, whatever replaces a placeholder in it. */
export const filledIn = (command: Argv, words: Readonly<Record<string, string>>): string[] =>
  command.map((word) => word.replace(/\{(?:prompt_file|worktree|model)\}/g, (name) => words[name] ?? name))

/** A program writes no hand-off: its last line of output takes its place. */
function saidBy({ redact }: Attempt, { log }: CommandRun): WorkSummary {
  return { did: lastLine(redact(log)), interfaces: [], decisions: [], caveats: [], follow_ups: [] }
}

/** An agent's work must not hold a key that the agent was given; such work is not checked any further. */
async function secretIn(
  { deps, assignment, settings }: Attempt,
  { commit }: WorkTreeState,
): Promise<TaskFailure | null> {
  if (commit === null) return null
  const search = secretSearch(deps.secrets, settings)
  const { paths } = await deps.worktree.findSecrets(assignment.base, commit.head, search)
  return paths.length > 0 ? { reason: 'secret-in-diff', paths } : null
}
