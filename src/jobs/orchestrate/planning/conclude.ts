import { sanitise } from '../../../agent/visible-text/sanitise.ts'
import type { Measurements } from '../../../core/money/measurements.ts'
import { isAgentTask } from '../../../core/plan/plan.ts'
import type { PlanDraft, Planning } from '../../../core/plan/planning.ts'
import { foldedIfSlow } from '../../../core/prediction/parallel-worth.ts'
import { workOf } from '../../../core/run/state.ts'
import { planCommandGivenUp } from '../../../core/schedule/plan-command.ts'
import { isDraftReady, judgedWithoutCritic, whyGivenUp } from '../../../core/schedule/planning-stages.ts'
import { type Draft, recordEvents } from '../session/event-draft.ts'
import { nowOf, type OrchestratorStep, type Session } from '../session/session.ts'
import { whyNoAgent } from './begin.ts'
import { measuredHere } from './measured.ts'
import { problem, propose, refusePlan, soundPart } from './propose.ts'

/** Ends the planning: proposes the plan, or says why there is none. */
export const concludePlan: OrchestratorStep = async (session, draft) => {
  if (draft.state.phase === 'ended') return draft
  const verdict = judgedWithoutCritic(draft.state)
  const judged = verdict === null ? draft : recordEvents(draft, nowOf(session), verdict)
  const { planning } = judged.state
  if (planning === null || planning.settled) return judged
  if (isDraftReady(planning)) return conclude(session, judged, planning, planning.draft)
  const why =
    planCommandGivenUp(judged.state) ?? whyGivenUp(judged.state, 'explore') ?? whyGivenUp(judged.state, 'design')
  return why === null ? judged : fallBack(session, judged, planning, why)
}

/** After a design that failed, the draft or the version before it is better than no plan. */
function fallBack(session: Session, draft: Draft, planning: Planning, why: string): Draft | Promise<Draft> {
  const { rejected, verdict, revisions } = planning
  if (rejected !== null && verdict !== null && rejected.problems.length === 0) {
    const note = `writing the plan once more after the critique failed: ${why}`
    return conclude(session, draft, planning, { ...rejected, notes: [...rejected.notes, note] })
  }
  const work = workOf(draft.state)
  if (work === null || work.open || revisions.length === 0)
    return refusePlan(session, draft, [problem('model-failed', `The planner failed: ${why}`)])
  const note = `another version was asked for, and writing it failed: ${why}; this is the one before`
  const { settings, settingsBlob, base, baseBranch, mode } = planning
  const frozen = { settings, settingsBlob, base, baseBranch, mode }
  return propose(session, draft, { ...frozen, plan: work.plan, notes: [...work.notes, note] })
}

async function conclude(session: Session, draft: Draft, planning: Planning, whole: PlanDraft): Promise<Draft> {
  const made = soundPart(draft, planning, whole)
  if (made.problems.length > 0)
    return refusePlan(
      session,
      draft,
      made.problems.map((message) => problem('not-a-plan', message)),
    )
  const missing = made.plan.tasks.some(isAgentTask) ? whyNoAgent(session.deps.model !== null, planning.settings) : null
  if (missing !== null) return refusePlan(session, draft, [problem('no-model', missing)])
  const { plan, notes } = foldedUnlessBegun(draft, planning, made, await measuredHere(session))
  const said = [...notes, ...hiddenIn(draft.state.issue.body), ...notesOnVerdict(planning)]
  const { settings, settingsBlob, base, baseBranch, mode, questions } = planning
  return propose(session, draft, {
    plan: { ...plan, questions },
    notes: said,
    settings,
    settingsBlob,
    base,
    baseBranch,
    mode,
  })
}

/** Notes on the critique: a draft that was written after it has not been judged again. */
function notesOnVerdict({ verdict }: Planning): string[] {
  if (verdict === null) return []
  return [
    ...(verdict.of === 'none' ? [`the plan had no critique: ${verdict.why}`] : []),
    ...(verdict.accepted
      ? []
      : verdict.problems.map((one) => `sent back once, written again, and not judged again, for this: ${one}`)),
  ]
}

/** A note on text that the planner was not shown, because a reader of the issue cannot see it. */
function hiddenIn(body: string): string[] {
  const removed = sanitise(body).removed.filter(({ kind }) => kind !== 'long-base64')
  if (removed.length === 0) return []
  return [
    `hidden in the issue, and not shown to the planner: ${removed.map(({ kind, count }) => `${count} × ${kind}`).join(', ')}`,
  ]
}

/** A plan that has begun is not folded: its tasks are at work. */
function foldedUnlessBegun(
  draft: Draft,
  { settings }: Planning,
  { plan, notes }: PlanDraft,
  measured: Measurements | null,
) {
  const folded = workOf(draft.state)?.open === true ? null : foldedIfSlow(plan, settings, measured)
  return folded === null ? { plan, notes } : { plan: folded.plan, notes: [...notes, folded.why] }
}
