import { isTryOf } from '../money/money-key.ts'
import type { Planning } from '../plan/planning.ts'
import type { EventOf } from './event.ts'
import type { ChangingEvent } from './folds.ts'

/** The planner's part of the state; null before planning by a model has begun. */
export function evolvePlanning(planning: Planning | null, event: ChangingEvent<'planning'>): Planning | null {
  if (event.type === 'planning_begun') {
    const { base, baseBranch, settings, settingsBlob, mode } = event
    return planning ?? { ...initialPlanning, base, baseBranch, settings, settingsBlob, mode }
  }
  return planning === null ? null : next(planning, event)
}

const initialPlanning = {
  explorations: null,
  questions: [],
  answers: [],
  revisions: [],
  streamed: [],
  designs: 0,
  draft: null,
  rejected: null,
  verdict: null,
  settled: false,
}

function next(planning: Planning, event: Exclude<ChangingEvent<'planning'>, EventOf<'planning_begun'>>): Planning {
  switch (event.type) {
    case 'explored':
      return { ...planning, explorations: event.explorations }
    case 'money_reserved':
      return isTryOf(event.stage, 'design')
        ? { ...planning, streamed: [], draft: null, rejected: planning.draft ?? planning.rejected }
        : planning
    case 'questions_asked':
      return { ...planning, questions: event.questions, streamed: [] }
    case 'questions_answered':
      return { ...planning, answers: [...planning.answers, ...event.answers] }
    case 'task_planned':
      return { ...planning, streamed: [...(event.anew ? [] : planning.streamed), event.planned] }
    case 'plan_drafted': {
      const { plan, notes, problems } = event
      return { ...planning, draft: { plan, notes, problems }, designs: planning.designs + 1 }
    }
    case 'plan_judged':
      return { ...planning, verdict: verdictOf(event) }
    case 'revision_requested': {
      const { words, by, mayApprove } = event
      const revision = { words, by, ...(mayApprove !== undefined && { mayApprove }) }
      return {
        ...planning,
        revisions: [...planning.revisions, revision],
        designs: 0,
        draft: null,
        verdict: null,
        settled: false,
      }
    }
    case 'plan_proposed':
      return { ...planning, settled: true }
    case 'gate_switched_off':
      return { ...planning, mode: 'off' }
  }
}

function verdictOf({ accepted, problems, unjudged: why }: EventOf<'plan_judged'>): Planning['verdict'] {
  return why === undefined ? { of: 'critic', accepted, problems } : { of: 'none', accepted, problems, why }
}
