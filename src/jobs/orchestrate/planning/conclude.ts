import { sanitise } from '../../../agent/visible-text/sanitise.ts'
import type { Planning } from '../../../core/plan/planning.ts'
import { endOfPlanning, foldedUnlessBegun, notesOnVerdict } from '../../../core/schedule/conclude-planning.ts'
import { judgedWithoutCritic } from '../../../core/schedule/planning-stages.ts'
import { recordEvents } from '../session/event-draft.ts'
import { nowOf, type OrchestratorStep } from '../session/session.ts'
import { measuredHere } from './measured.ts'
import { propose, refusePlan } from './propose.ts'

/** Ends the planning: proposes the plan, or says why there is none. */
export const concludePlan: OrchestratorStep = async (session, draft) => {
  if (draft.state.phase === 'ended') return draft
  const verdict = judgedWithoutCritic(draft.state)
  const judged = verdict === null ? draft : recordEvents(draft, nowOf(session), verdict)
  const { state } = judged
  const { planning } = state
  const end = endOfPlanning(state, session.deps.model !== null)
  if (planning === null || end === null) return judged
  if (end.with === 'refusal') return refusePlan(session, judged, end.problems)
  if (end.with === 'earlier')
    return propose(session, judged, { ...frozenOf(planning), plan: end.plan, notes: end.notes })
  const { plan, notes } = foldedUnlessBegun(state, end, planning, await measuredHere(session))
  return propose(session, judged, {
    ...frozenOf(planning),
    plan: { ...plan, questions: planning.questions },
    notes: [...notes, ...hiddenIn(state.issue.body), ...notesOnVerdict(planning)],
  })
}

const frozenOf = ({ settings, settingsBlob, base, baseBranch, mode }: Planning) => ({
  settings,
  settingsBlob,
  base,
  baseBranch,
  mode,
})

/** A note on text that the planner was not shown, because a reader of the issue cannot see it. */
function hiddenIn(body: string): string[] {
  const removed = sanitise(body).removed.filter(({ kind }) => kind !== 'long-base64')
  if (removed.length === 0) return []
  return [
    `hidden in the issue, and not shown to the planner: ${removed.map(({ kind, count }) => `${count} × ${kind}`).join(', ')}`,
  ]
}
