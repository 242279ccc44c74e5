import { stageAllowance } from '../../../core/money/allowance.ts'
import { ownOf } from '../../../core/own.ts'
import type { Stage } from '../../../core/plan/planning.ts'
import {
  basisOf,
  failedExpansions,
  orphanedStages,
  roleOf,
  wantedStages,
} from '../../../core/schedule/planning-stages.ts'
import { LimitReached } from '../../../ports/rate-limit.ts'
import { recordEvents } from '../session/event-draft.ts'
import { nowOf, type OrchestratorStep, type Session } from '../session/session.ts'
import { submitResult, withStageResults } from '../session/stage-runner.ts'
import { runStage } from './run-stage.ts'

export const takeStageResults: OrchestratorStep = (session, draft) => withStageResults(session.stageRunner, draft)

/** Reserves money for every wanted stage. The stage itself begins when the reservation is in the journal. */
export const reserveStages: OrchestratorStep = (session, draft) => {
  if (session.deps.model === null || session.stageRunner.closing) return draft
  let next = draft
  for (const stage of wantedStages(draft.state)) {
    if (ownOf(next.state.ledger.reserved, stage.key) !== undefined) continue
    const usd = stageAllowance(next.state, stage)
    if (usd === null) continue
    next = recordEvents(next, nowOf(session), {
      type: 'money_reserved',
      stage: stage.key,
      role: roleOf[stage.name],
      usd,
    })
  }
  return next
}

/** Once in each process, before it starts a stage of its own. */
export const giveUpOrphans: OrchestratorStep = (session, draft) =>
  session.started ? draft : recordEvents(draft, nowOf(session), ...orphanedStages(draft.state))

/** Begins the stages whose money the journal holds, and stops those that are no longer wanted. */
export function startStages(session: Session): void {
  const { stageRunner, state } = session
  const wanted = new Map(wantedStages(state).map((stage) => [stage.key, stage]))
  for (const [key, { stop, basis }] of stageRunner.running) {
    const stage = wanted.get(key)
    if (stage === undefined || stageRunner.closing || basisOf(state, stage) !== basis) stop.abort()
  }
  if (stageRunner.closing) return
  for (const stage of wanted.values()) {
    const reserved = ownOf(state.ledger.reserved, stage.key)
    if (reserved !== undefined && !stageRunner.running.has(stage.key)) begin(session, stage, reserved.usd)
  }
}

function begin(session: Session, stage: Stage, usd: number): void {
  const { stageRunner, deps } = session
  const stop = new AbortController()
  stageRunner.running.set(stage.key, { stop, basis: basisOf(session.state, stage) })
  deps.log(`${stage.key}: begun with at most ${usd.toFixed(2)} USD`)
  runStage(session, stage, usd, stop.signal).catch((error: unknown) => {
    const lost = error instanceof LimitReached ? { lost: true } : {}
    const why = deps.redact(error instanceof Error ? error.message : String(error))
    deps.log(`${stage.key}: ${why}`)
    submitResult(stageRunner, {
      stage: stage.key,
      last: true,
      into: (draft) => recordEvents(draft, nowOf(session), { type: 'stage_failed', stage: stage.key, why, ...lost }),
    })
  })
}

export const giveUpExpansions: OrchestratorStep = (session, draft) =>
  draft.state.phase === 'active' ? recordEvents(draft, nowOf(session), ...failedExpansions(draft.state)) : draft
