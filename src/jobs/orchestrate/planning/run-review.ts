import { readInstructions } from '../../../agent/prompts/instructions.ts'
import { quotesFor, withoutNonce } from '../../../agent/prompts/quote.ts'
import { reviewWork } from '../../../agent/reviewer/review.ts'
import { recordOf } from '../../../core/run/lookup.ts'
import { adaptableTasks, reviewEvents, reviewsLeftOut } from '../../../core/schedule/after-review.ts'
import { briefOf } from '../../../core/schedule/brief.ts'
import { resolvedTasks } from '../../../core/schedule/conflict.ts'
import { brokenPromises } from '../../../core/schedule/kept-promise.ts'
import { reviewModelOf } from '../../../core/settings.ts'
import { redactDeeply } from '../../../core/text/redact.ts'
import { recordEvents } from '../session/event-draft.ts'
import { nowOf, type OrchestratorStep } from '../session/session.ts'
import type { StageBasis, StageEnd } from './stage-context.ts'

const MOST_DIFF = 40_000
/** So much of a diff is read only to know whether it fits. */
const LONGEST_DIFF = 10 * MOST_DIFF

/** A model looks at verified work before it lands. What follows from its answer is decided when that is taken in. */
export async function reviewTask({ session, stage, metered, signal }: StageBasis): Promise<StageEnd> {
  const { state, repo, deps } = session
  const { task } = stage
  if (state.phase !== 'active' || task === null) throw new Error(`${stage.key} is about no task at work`)
  const { work } = state
  const { state: at } = recordOf(work, task)
  if (at.status !== 'verified') throw new Error(`${task} is not verified`)
  const { base, head, attempt, report, review: reasons = [] } = at
  const brief = withoutNonce(briefOf(state, task))
  const model = reviewModelOf(work.settings)
  const diff = await repo.diff(base, head, LONGEST_DIFF)
  const isWhole = diff.length <= MOST_DIFF
  const said = await reviewWork(
    {
      metered,
      model,
      quotes: quotesFor(brief),
      brief,
      reasons,
      report,
      differences: brokenPromises(work, task, report.handOff),
      settles: resolvedTasks(work, report),
      files: (await repo.changes(base, head)).map(({ status, path }) => `${status} ${path}`),
      diff: isWhole ? diff : await repo.diff(base, head, MOST_DIFF),
      sources: isWhole ? null : repo.sources(head),
      instructions: await readInstructions(repo.sources(work.base), brief.task.writes),
      waiting: adaptableTasks(work, task),
      isLast: recordOf(work, task).sentBack === true,
    },
    signal,
  )
  if (!said.ok) return said
  const answer = redactDeeply({ ...said, attempt, model }, deps.redact)
  return {
    ok: true,
    into: (now, draft) =>
      draft.state.phase === 'active'
        ? recordEvents(draft, nowOf(now), ...reviewEvents(draft.state, task, answer))
        : draft,
  }
}

/** Lands what waits for a review that cannot be had. */
export const leaveOutReviews: OrchestratorStep = (session, draft) =>
  draft.state.phase === 'active'
    ? recordEvents(draft, nowOf(session), ...reviewsLeftOut(draft.state, session.deps.model !== null))
    : draft
