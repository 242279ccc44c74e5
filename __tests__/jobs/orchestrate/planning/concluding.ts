import type { LiveRun } from '../../../../src/core/run/state.ts'
import { concludePlan } from '../../../../src/jobs/orchestrate/planning/conclude.ts'
import { emptyDraft } from '../../../../src/jobs/orchestrate/session/event-draft.ts'
import type { Session } from '../../../../src/jobs/orchestrate/session/session.ts'
import { memorySources } from '../../../support/memory/files.ts'
import { AT, shaOf } from '../../../support/run.ts'

/** What the orchestrator records when it comes to the end of the planning. Git makes one tree and one commit. */
export async function concluded(state: LiveRun) {
  const repo = {
    treeOf: async () => shaOf('tree'),
    commit: async () => shaOf('trunk'),
    sources: () => memorySources({ files: new Map() }),
  }
  const clock = { now: () => new Date(AT) }
  const session = {
    run: '42',
    state,
    repo,
    refusedRefs: new Map(),
    deps: { clock, forge: { comments: async () => [] }, journal: { others: async () => [] } },
  } as unknown as Session
  return concludePlan(session, emptyDraft(state))
}
