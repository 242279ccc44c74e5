import type { Findings } from '../agent/worker/prompt.ts'
import type { Brief } from '../core/brief.ts'
import { attemptRef } from '../core/ref.ts'
import type { CommandRun } from '../ports/sandbox.ts'
import type { Attempt } from './work-attempt.ts'
import type { WorkDeps } from './work-deps.ts'

/** Share of the time that looking at the base may take, for all checks together. */
const BASELINE = 1 / 3
const LONGEST_DIFF = 20_000

/** Makes the files, runs every check on them once to know where the work starts, and looks up what was done before. */
export async function lookUp({ deps, assignment, brief, watch, transcript, redact }: Attempt): Promise<Findings> {
  const { worktree } = deps
  await worktree.prepare(assignment.base)
  let left = assignment.minutes * 60 * BASELINE
  const baseline: { check: Brief['checks'][number]; ran: CommandRun }[] = []
  for (const check of brief.checks) {
    const ran = await watch.run(check.argv, { seconds: left })
    left -= ran.seconds
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
