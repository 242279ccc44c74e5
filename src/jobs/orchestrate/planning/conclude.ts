import { sanitise } from '../../../agent/visible-text/sanitise.ts'
import type { PlanDraft, Planning } from '../../../core/plan/planning.ts'
import { workOf } from '../../../core/run/state.ts'
import {
  foldedPlan,
  LEAST_SPEEDUP,
  wholeOf,
  whyNotFolded,
  worthParallel,
} from '../../../core/schedule/parallel-worth.ts'
import { isDraftReady, needsCritique, whyGivenUp } from '../../../core/schedule/planning-stages.ts'
import { type Draft, recordEvents } from '../session/event-draft.ts'
import { nowOf, type OrchestratorStep, type Session } from '../session/session.ts'
import { problem, propose, refuse, soundPart } from './propose.ts'

/** Ends the planning: the plan is put before people, or it is said why there is none. */
export const concludePlan: OrchestratorStep = async (session, draft) => {
  if (draft.state.phase === 'ended') return draft
  const judged = withoutCritic(session, draft)
  const { planning } = judged.state
  if (planning === null || planning.settled) return judged
  if (isDraftReady(planning)) return conclude(session, judged, planning, planning.draft)
  const why = whyGivenUp(judged.state, 'explore') ?? whyGivenUp(judged.state, 'design')
  return why === null ? judged : fallBack(session, judged, planning, why)
}

/** What there was before a design that came to nothing is better than no plan. */
function fallBack(session: Session, draft: Draft, planning: Planning, why: string): Draft | Promise<Draft> {
  const { rejected, verdict, revisions } = planning
  if (rejected !== null && verdict !== null && rejected.problems.length === 0) {
    const note = `written once more after the critique, the plan came to nothing: ${why}`
    return conclude(session, draft, planning, { ...rejected, notes: [...rejected.notes, note] })
  }
  const work = workOf(draft.state)
  if (work === null || work.open || revisions.length === 0)
    return refuse(session, draft, [problem('model-failed', `The planner came to no plan: ${why}`)])
  const note = `another version was asked for and came to nothing: ${why}; this is the one before`
  const { settings, settingsBlob, base, baseBranch, mode } = planning
  const frozen = { settings, settingsBlob, base, baseBranch, mode }
  return propose(session, draft, { ...frozen, plan: work.plan, notes: [...work.notes, note] })
}

/** A critic that cannot be had stops nobody: lint's word counts, and it is said that nobody else looked. */
function withoutCritic(session: Session, draft: Draft): Draft {
  const { planning } = draft.state
  if (planning?.draft == null || planning.verdict !== null || !needsCritique(planning.draft)) return draft
  const why = whyGivenUp(draft.state, 'critique')
  if (why === null) return draft
  const { problems } = planning.draft
  return recordEvents(draft, nowOf(session), {
    type: 'plan_judged',
    accepted: problems.length === 0,
    problems,
    unjudged: why,
  })
}

async function conclude(session: Session, draft: Draft, planning: Planning, whole: PlanDraft): Promise<Draft> {
  const made = soundPart(draft, planning, whole)
  if (made.problems.length > 0)
    return refuse(
      session,
      draft,
      made.problems.map((message) => problem('not-a-plan', message)),
    )
  const { plan, notes } = foldedWhereItGainsLittle(draft, planning, made)
  const said = [...notes, ...hiddenIn(draft.state.issue.body), ...judgedSo(planning)]
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

/** How far a second look has gone: what was written after it is seen by nobody before people read it. */
function judgedSo({ verdict }: Planning): string[] {
  if (verdict === null) return []
  return [
    ...(verdict.of === 'none' ? [`nobody has criticised the plan: ${verdict.why}`] : []),
    ...(verdict.accepted
      ? []
      : verdict.problems.map((one) => `sent back once, written anew, and not judged again, for this: ${one}`)),
  ]
}

/** What the planner was not shown, since nobody who reads the issue can see it. */
function hiddenIn(body: string): string[] {
  const removed = sanitise(body).removed.filter(({ kind }) => kind !== 'long-base64')
  if (removed.length === 0) return []
  return [
    `hidden in the issue, and not shown to the planner: ${removed.map(({ kind, count }) => `${count} × ${kind}`).join(', ')}`,
  ]
}

/** Tasks that are at work already stay what they are, so a plan that has begun is not folded. */
function foldedWhereItGainsLittle(draft: Draft, planning: Planning, { plan, notes }: PlanDraft) {
  const { settings } = planning
  if (workOf(draft.state)?.open === true || plan.tasks.length < 2) return { plan, notes }
  const { gain } = worthParallel(plan, settings)
  if (gain >= LEAST_SPEEDUP || whyNotFolded(plan, settings) !== null) return { plan, notes }
  // The folded task has a size like any other, which says less than its parts do.
  const { turns, minutes } = wholeOf(plan, settings)
  const why = `${plan.tasks.length} tasks were folded into one: in parallel they would be ${gain.toFixed(2)} times as fast, which is not worth several agents. Together they are assumed to take ${Math.round(minutes)} minutes, or ${turns} turns of one agent`
  return { plan: foldedPlan(plan), notes: [...notes, why] }
}
