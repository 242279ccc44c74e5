import type { TaskAssignment } from '../core/assignment.ts'
import type { Outcome } from '../core/result-file.ts'
import { performByAgent } from './work-agent.ts'
import type { Performed } from './work-attempt.ts'
import type { SlotIdentity, WorkDeps } from './work-deps.ts'
import { performProgram } from './work-program.ts'
import { withoutSandbox } from './work-report.ts'
import type { JournalView } from './work-view.ts'

/** One attempt at a task, by whoever works on it. */
export async function performTask(
  deps: WorkDeps,
  who: SlotIdentity,
  view: JournalView,
  task: TaskAssignment,
  signal: AbortSignal,
): Promise<Performed> {
  const probe = await deps.probe(task.sandbox)
  if (!probe.ok) return quiet({ kind: 'failed', head: null, tree: null, ...withoutSandbox(probe) })
  if (task.worker === 'program') return quiet(await performProgram(deps, who.run, task, probe.sandbox, signal))
  return performByAgent({ deps, who, view, assignment: task, sandbox: probe.sandbox, signal })
}

const quiet = (outcome: Outcome): Performed => ({ outcome, transcript: [] })
