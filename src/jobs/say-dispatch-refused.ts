import type { RunId } from '../core/ids.ts'
import type { RunState } from '../core/run/state.ts'
import { DispatchRefused } from '../ports/forge.ts'
import { renderDispatchRefused } from '../render/reply/dispatch-refused.ts'
import type { JobDeps } from './deps.ts'
import { say, threadsOf } from './say.ts'

/** What the work gives; if GitHub lets no job start another, null, and people read what to do: a comment starts a job all the same. */
export async function sayIfRefused<Value>(
  deps: Pick<JobDeps, 'forge' | 'log' | 'workflowRun'>,
  { run, state }: { run: RunId; state: RunState },
  work: () => Promise<Value>,
): Promise<Value | null> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DispatchRefused)) throw error
    deps.log(`no workflow run was started: ${error.message}`)
    const body = renderDispatchRefused(run, error.message)
    await say(deps, { threads: threadsOf(run, state), key: `not-started:${deps.workflowRun}`, body })
    return null
  }
}
