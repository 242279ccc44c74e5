import type { LiveRun } from '../../../src/core/state.ts'
import { emptyDraft } from '../../../src/jobs/draft.ts'
import { concludePlan } from '../../../src/jobs/planning/conclude.ts'
import type { Session } from '../../../src/jobs/session.ts'
import { AT, shaOf } from '../../support/run.ts'

/** What the orchestrator records when it comes to the end of the planning. Git makes one tree and one commit. */
export async function concluded(state: LiveRun) {
  const repo = { treeOf: async () => shaOf('tree'), commit: async () => shaOf('trunk') }
  const clock = { now: () => new Date(AT) }
  const session = { run: '42', state, repo, deps: { clock } } as unknown as Session
  return concludePlan(session, emptyDraft(state))
}
