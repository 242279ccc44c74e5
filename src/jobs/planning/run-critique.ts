import { critique } from '../../agent/planner/critique.ts'
import { type At, events, type StageEnd } from './at.ts'

/** A second look with fresh eyes. What lint has found sends the plan back, whatever the critic says. */
export async function criticise({ planning, input, speaker, signal }: At): Promise<StageEnd> {
  const { draft, explorations } = planning
  if (draft === null) throw new Error('there is no draft to criticise')
  const model = planning.settings.plan_model
  const judged = await critique({ speaker, model, input, explorations: explorations ?? [], draft }, signal)
  if (!judged.ok) return judged
  const accepted = judged.accepted && draft.problems.length === 0
  return events({ type: 'plan_judged', accepted, problems: [...draft.problems, ...judged.problems] })
}
