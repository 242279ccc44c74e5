import { issueOf, type RunId } from '../core/ids.ts'
import { DispatchRefused } from '../ports/forge.ts'
import { renderDispatchRefused } from '../render/reply/dispatch-refused.ts'
import type { JobDeps } from './deps.ts'

/** What the work gives; if GitHub lets no job start another, null, and people are told: a comment starts a job all the same. */
export async function sayIfRefused<Value>(
  { forge, log, workflowRun }: Pick<JobDeps, 'forge' | 'log' | 'workflowRun'>,
  run: RunId,
  work: () => Promise<Value>,
): Promise<Value | null> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DispatchRefused)) throw error
    log(`no workflow run was started: ${error.message}`)
    await forge.reply(issueOf(run), `not-started:${workflowRun}`, renderDispatchRefused(run, error.message), false)
    return null
  }
}
