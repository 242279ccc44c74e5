import { unanswered } from '../core/planning.ts'
import { planningAt, planWaitsForMoney } from '../core/stages.ts'
import type { LiveRun } from '../core/state.ts'
import { plannerWaits } from './money-wait.ts'
import { count } from './words.ts'

/** What the planner is at. `drafted`: the plan is there and is about to be put before people. */
export type PlanningStage = 'reading' | 'exploring' | 'questions' | 'designing' | 'criticising' | 'drafted' | 'done'

export function planningStage(run: LiveRun): PlanningStage {
  const { planning } = run
  if (planning === null) return run.phase === 'requested' ? 'reading' : 'done'
  if (planning.settled || run.phase === 'ended') return 'done'
  if (unanswered(planning).length > 0) return 'questions'
  switch (planningAt(run)) {
    case 'explore':
      return 'exploring'
    case 'design':
      return 'designing'
    case 'critique':
      return 'criticising'
    default:
      return 'drafted'
  }
}

/** How many tasks the plan that is being written has so far. */
export const tasksSoFar = (run: LiveRun): number =>
  run.phase !== 'requested' && run.work?.open === true
    ? run.work.plan.tasks.length
    : (run.planning?.streamed.length ?? 0)

/** The stage in a few words, and what it means as a sentence. */
export function toldOfPlanning(run: LiveRun): { title: string; means: string } {
  if (planWaitsForMoney(run)) return plannerWaits(run)
  const { planning } = run
  const version = planning !== null && planning.revisions.length > 0 ? ' another version of' : ''
  const open = planning === null ? 0 : unanswered(planning).length
  switch (planningStage(run)) {
    case 'reading':
      return { title: 'Planning', means: 'The issue is being read.' }
    case 'exploring':
      return { title: 'Planning: exploring', means: 'Agents that can only read look through the repository.' }
    case 'questions':
      return {
        title: 'Planning: waiting for answers',
        means: `${count(open, 'question')} of the planner ${open === 1 ? 'has' : 'have'} no answer yet; the plan depends on ${open === 1 ? 'it' : 'them'}.`,
      }
    case 'designing':
      return {
        title: 'Planning: designing',
        means: `${planning?.verdict?.accepted === false ? 'The plan is written once more, after the critique' : `The planner writes${version === '' ? '' : version} the plan`}: ${count(tasksSoFar(run), 'task')} so far.`,
      }
    case 'criticising':
      return { title: 'Planning: critique', means: 'The plan is written and is being criticised with fresh eyes.' }
    case 'drafted':
      return { title: 'Planning: nearly done', means: 'The plan is written and about to be posted.' }
    case 'done':
      return { title: 'Planned', means: 'The plan is there.' }
  }
}
