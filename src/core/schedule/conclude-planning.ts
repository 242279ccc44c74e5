import { type Problem, problem } from '../failure.ts'
import type { TaskId } from '../ids.ts'
import type { Measurements } from '../money/measurements.ts'
import { whyNoAgent } from '../money/missing-model.ts'
import { unknownBase } from '../plan/known-base.ts'
import type { Plan } from '../plan/plan.ts'
import { wholeProblems } from '../plan/plan-problems.ts'
import type { PlanDraft, Planning } from '../plan/planning.ts'
import { foldedIfSlow } from '../prediction/parallel-worth.ts'
import { begunPart } from '../run/evolve-plan.ts'
import { type LiveRun, workOf } from '../run/state.ts'
import { listed } from '../text/quoted.ts'
import { planCommandGivenUp } from './plan-command.ts'
import { isDraftReady, whyGivenUp } from './planning-stages.ts'

type Proposed = Pick<PlanDraft, 'plan' | 'notes'>

/** How the planning ends. A `draft` may still be folded; an `earlier` version is proposed as it was. */
export type PlanningEnd = ({ with: 'draft' | 'earlier' } & Proposed) | { with: 'refusal'; problems: Problem[] }

/** Null: the planner still has something to do, or had nothing. */
export function endOfPlanning(state: LiveRun, hasModel: boolean): PlanningEnd | null {
  const { planning } = state
  if (planning === null || planning.settled) return null
  if (isDraftReady(planning)) return withDraft(state, planning, planning.draft, hasModel)
  const why = planCommandGivenUp(state) ?? whyGivenUp(state, 'explore') ?? whyGivenUp(state, 'design')
  return why === null ? null : fallBack(state, planning, why, hasModel)
}

/** After a design that failed, the draft or the version before it is better than no plan. */
function fallBack(state: LiveRun, planning: Planning, why: string, hasModel: boolean): PlanningEnd {
  const { rejected, verdict, revisions } = planning
  if (rejected !== null && verdict !== null && rejected.problems.length === 0) {
    const note = `writing the plan once more after the critique failed: ${why}`
    return withDraft(state, planning, { ...rejected, notes: [...rejected.notes, note] }, hasModel)
  }
  const work = workOf(state)
  if (work === null || work.open || revisions.length === 0)
    return { with: 'refusal', problems: [problem('model-failed', `The planner failed: ${why}`)] }
  const note = `another version was asked for, and writing it failed: ${why}; this is the one before`
  return { with: 'earlier', plan: work.plan, notes: [...work.notes, note] }
}

function withDraft(state: LiveRun, planning: Planning, whole: PlanDraft, hasModel: boolean): PlanningEnd {
  const { plan, notes, problems } = soundPart(state, planning, whole)
  if (problems.length > 0)
    return { with: 'refusal', problems: problems.map((message) => problem('not-a-plan', message)) }
  const missing = whyNoAgent(plan, hasModel, planning.settings)
  return missing === null ? { with: 'draft', plan, notes } : { with: 'refusal', problems: [missing] }
}

/**
 * The part of a draft that can be proposed. A plan that has begun keeps the tasks that were sound when they came, and what
 * they need, so that a bad later task does not cost their work. Any other draft comes back as it is, with its problems.
 */
function soundPart(state: LiveRun, { settings }: Planning, made: PlanDraft): PlanDraft {
  const work = workOf(state)
  if (made.problems.length === 0 || work === null || !work.open || work.plan.tasks.length === 0) return made
  const plan = { ...made.plan, tasks: work.plan.tasks }
  // A problem of the plan as a whole is one of every part of it.
  if (wholeProblems(plan, settings, unknownBase).length > 0) return made
  const out = made.plan.tasks.filter((task) => !plan.tasks.some(({ id }) => id === task.id)).map(({ id }) => id)
  const which = out.length === 0 ? [] : [`left out, with all that needs it: ${someOf(out)}`]
  return { plan, problems: [], notes: [...made.notes, ...which, ...made.problems.map((one) => `not fixed: ${one}`)] }
}

/** A plan that has begun is not folded: its tasks are at work. */
export function foldedUnlessBegun(
  state: LiveRun,
  { plan, notes }: Proposed,
  { settings }: Planning,
  measured: Measurements | null,
): Proposed {
  const folded = workOf(state)?.open === true ? null : foldedIfSlow(plan, settings, measured)
  return folded === null ? { plan, notes } : { plan: folded.plan, notes: [...notes, folded.why] }
}

/** Notes on the critique: a draft that was written after it has not been judged again. */
export function notesOnVerdict({ verdict }: Planning): string[] {
  if (verdict === null) return []
  return [
    ...(verdict.of === 'none' ? [`the plan had no critique: ${verdict.why}`] : []),
    ...(verdict.accepted
      ? []
      : verdict.problems.map((one) => `sent back once, written again, and not judged again, for this: ${one}`)),
  ]
}

/** Shares of the tasks that are tried in turn if a plan that has begun is too long, so that its work is not lost. */
const PARTS = [0.75, 0.5, 0.25, 0] as const

/** The plan with fewer and fewer of the tasks that have not begun; the last ones are left out first. */
export function shorterPlans(state: LiveRun, plan: Plan): Proposed[] {
  const work = workOf(state)
  if (work === null || !work.open) return []
  const begun = begunPart(work)
  const spare = plan.tasks.flatMap(({ id }) => (begun.has(id) ? [] : [id]))
  return PARTS.flatMap((share) => {
    const out = spare.slice(Math.floor(spare.length * share))
    const tasks = plan.tasks.filter(({ id }) => !out.includes(id))
    const notes = [`left out, since no comment could hold them: ${someOf(out)}`]
    return out.length > 0 && tasks.length > 0 ? [{ plan: { ...plan, tasks }, notes }] : []
  })
}

const NAMED = 20

/** Names of tasks, at most 20. */
const someOf = (ids: readonly TaskId[]): string =>
  `${listed(ids.slice(0, NAMED))}${ids.length > NAMED ? ` and ${ids.length - NAMED} more` : ''}`
