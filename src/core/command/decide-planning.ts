import type { Failure } from '../failure.ts'
import { unanswered } from '../plan/planning.ts'
import { err } from '../result.ts'
import type { LiveRun } from '../run/state.ts'
import { askersOf, mayApprove } from './authority.ts'
import {
  type CommandFacts,
  type CommandRequest,
  type DecisionResult,
  done,
  movedBase,
  staleness,
  stampOf,
} from './decision.ts'
import { readAnswers } from './question-answers.ts'

/** Why the plan cannot be approved yet, since it or a revision of it is being written; null if it can. */
export function whyNotReady(state: LiveRun): Failure | null {
  const { run, planning } = state
  const notReady = (detail: string): Failure => ({ reason: 'plan-not-ready', run, detail })
  if (planning === null || planning.settled) return null
  if (unanswered(planning).length > 0) return notReady('It waits for answers to its questions: `/answer` gives them.')
  if (planning.revisions.length > 0) return notReady('Another version was asked for and is being written.')
  return notReady('It is still being written.')
}

/** Whether the plan has been approved, by a person or by the mode: from then on only single tasks can be changed. */
export const isPastGate = (state: LiveRun): boolean => state.phase === 'active' && state.work.approved?.length !== 0

/** `/revise -- words`: another version of a plan that has not been approved. */
export function decideRevise(state: LiveRun, asked: CommandRequest<'revise'>): DecisionResult {
  const { run, phase, planning } = state
  if (isPastGate(state))
    return err({
      reason: 'wrong-phase',
      run,
      phase,
      detail:
        'Its plan has passed. `/steer t3 -- words` tells a worker, `/retry t3 -- note` works on a task again, `/cancel` stops the run.',
    })
  if (planning === null) return err(byHand(state))
  const open = unanswered(planning).map(({ id }) => id)
  const askers = [...askersOf(state), asked.person.login]
  return done(
    { code: 'revising', run, open },
    {
      type: 'revision_requested',
      ...stampOf(asked),
      words: asked.command.words,
      mayApprove: mayApprove(asked.person, asked.settings, askers).ok,
    },
  )
}

const byHand = ({ run, phase }: LiveRun): Failure =>
  phase === 'requested'
    ? { reason: 'plan-not-ready', run, detail: 'Its planning begins in a moment.' }
    : {
        reason: 'wrong-phase',
        run,
        phase,
        detail: 'Its plan was written by hand: edit it in the issue, then `/reject` and `/plan`.',
      }

/** `/answer 1b 2: words`, if the planner has asked questions. */
export function decideAnswer(state: LiveRun, asked: CommandRequest<'answer'>): DecisionResult {
  const { run, planning } = state
  const open = planning === null ? [] : unanswered(planning)
  if (planning === null || open.length === 0) return err({ reason: 'nothing-asked', run })
  const { questions } = planning
  const read = readAnswers(asked.command.words, questions, asked.person.login)
  if (!read.ok) return read
  // Numbers refer to all questions; earlier answers are not changed.
  const answers = read.value.filter(({ question }) => open.some(({ id }) => id === question))
  return done({ code: 'answered', run, questions, answers }, { type: 'questions_answered', ...stampOf(asked), answers })
}

/** `/plan off`: nothing of this run waits for approval any more. A plan that does starts, as with `/approve`. */
export function decidePlanOff(state: LiveRun, asked: CommandFacts): DecisionResult {
  const { run } = state
  if (isOff(state)) return done({ code: 'already-done', run, detail: 'The gate of the plan is off.' })
  if (state.phase === 'requested') {
    if (state.planning === null) return err(byHand(state))
    return done({ code: 'gate-off', run, started: false, to: null }, { type: 'gate_switched_off', ...stampOf(asked) })
  }
  // While a revision is being written, the last proposal must not be started.
  const notReady = state.phase === 'proposed' ? whyNotReady(state) : null
  const stop = notReady ?? staleness(asked.drift)
  if (stop !== null) return err(stop)
  const answer = { code: 'gate-off', run, started: state.phase === 'proposed', to: asked.drift?.to ?? null } as const
  return done(answer, { type: 'gate_switched_off', ...stampOf(asked) }, ...movedBase(asked))
}

const isOff = (state: LiveRun): boolean =>
  (state.phase === 'active' && state.work.mode === 'off') ||
  (state.phase === 'requested' && state.planning?.mode === 'off')
