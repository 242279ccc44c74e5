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
      const draft = { plan, notes, problems }
      return { ...planning, draft, designs: planning.designs + 1, ...commandEnded(planning, null) }
    }
    case 'plan_command_started': {
      const { attempt, slot, comments = [] } = event
      const tries = (planning.command?.tries ?? 0) + 1
      return { ...planning, command: { ...planning.command, attempt, tries, slot, comments, why: null } }
    }
    case 'plan_command_failed':
      return { ...planning, ...commandEnded(planning, event) }
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
        ...(planning.command && { command: { ...planning.command, tries: 0, slot: null, why: null } }),
      }
    }
    case 'plan_proposed':
      return { ...planning, settled: true }
    case 'gate_switched_off':
      return { ...planning, mode: 'off' }
  }
}

/** No slot runs the planner's program any more. What failed before a slot began counts as a try too. */
function commandEnded({ command }: Planning, failed: EventOf<'plan_command_failed'> | null): Pick<Planning, 'command'> {
  if (failed === null) return command === undefined ? {} : { command: { ...command, slot: null, why: null } }
  const { attempt, why, request } = failed
  const before = command ?? { attempt: 0, tries: 0, slot: null, comments: [], why: null }
  const tries = before.tries + (before.slot === null ? 1 : 0)
  return { command: { ...before, attempt, tries, slot: null, why, ...(request !== undefined && { request }) } }
}

function verdictOf({ accepted, problems, unjudged: why }: EventOf<'plan_judged'>): Planning['verdict'] {
  return why === undefined ? { of: 'critic', accepted, problems } : { of: 'none', accepted, problems, why }
}
