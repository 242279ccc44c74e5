import { stageAllowance } from '../../../core/money/allowance.ts'
import { isAttemptAt } from '../../../core/money/money-key.ts'
import type { Stage } from '../../../core/plan/planning.ts'
import { type LiveRun, recordOf } from '../../../core/run/state.ts'
import { tasksWithStatus } from '../../../core/run/task-status.ts'
import { roleOf, wantedStages, whyGivenUp } from '../../../core/schedule/planning-stages.ts'
import { recordEvents } from '../session/event-draft.ts'
import { nowOf, type OrchestratorStep, type Session } from '../session/session.ts'
import { submitResult, withStageResults } from '../session/stage-runner.ts'
import { runStage } from './run-stage.ts'

export const takeStageResults: OrchestratorStep = (session, draft) => withStageResults(session.stageRunner, draft)

/** Sets money aside for every stage that is wanted. The stage itself begins when that is in the journal. */
export const reserveStages: OrchestratorStep = (session, draft) => {
  if (session.deps.model === null || session.stageRunner.closing) return draft
  let next = draft
  for (const stage of wantedStages(draft.state)) {
    if (next.state.ledger.reserved[stage.key] !== undefined) continue
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

/** What an earlier process had set money aside for and never told of: it died with it. */
export const giveUpOrphans: OrchestratorStep = (session, draft) => {
  if (session.started) return draft
  const orphans = Object.keys(draft.state.ledger.reserved).filter((key) => !isAttemptAt(key))
  const why = 'the orchestrator died over it'
  return orphans.reduce(
    (next, stage) => recordEvents(next, nowOf(session), { type: 'stage_failed', stage, why, lost: true }),
    draft,
  )
}

/**
 * What a stage works from; where it is not the same any more, the stage has been overtaken. A person's answer or wish
 * makes the whole plan anew, an amendment only that part. Those who explore hear of neither.
 */
export function basisOf({ planning }: LiveRun, { name, task }: Pick<Stage, 'name' | 'task'>): string {
  if (task !== null) return task
  return name === 'explore' ? name : `${planning?.revisions.length ?? 0}.${planning?.answers.length ?? 0}`
}

/** Begins the stages whose money the journal holds, and stops those that nobody wants any more. */
export function startStages(session: Session): void {
  const { stageRunner, state } = session
  const wanted = new Map(wantedStages(state).map((stage) => [stage.key, stage]))
  for (const [key, { stop, basis }] of stageRunner.running) {
    const stage = wanted.get(key)
    if (stage === undefined || stageRunner.closing || basisOf(state, stage) !== basis) stop.abort()
  }
  if (stageRunner.closing) return
  for (const stage of wanted.values()) {
    const reserved = state.ledger.reserved[stage.key]
    if (reserved !== undefined && !stageRunner.running.has(stage.key)) begin(session, stage, reserved.usd)
  }
}

function begin(session: Session, stage: Stage, usd: number): void {
  const { stageRunner, deps } = session
  const stop = new AbortController()
  stageRunner.running.set(stage.key, { stop, basis: basisOf(session.state, stage) })
  deps.log(`${stage.key}: begun with at most ${usd.toFixed(2)} USD`)
  runStage(session, stage, usd, stop.signal).catch((error: unknown) => {
    const why = deps.redact(error instanceof Error ? error.message : String(error))
    deps.log(`${stage.key}: ${why}`)
    submitResult(stageRunner, {
      stage: stage.key,
      last: true,
      into: (draft) => recordEvents(draft, nowOf(session), { type: 'stage_failed', stage: stage.key, why }),
    })
  })
}

/** A `plan` task that nobody could turn into tasks fails, so that a person is told and can have it tried again. */
export const giveUpExpansions: OrchestratorStep = (session, draft) => {
  const { state } = draft
  if (state.phase !== 'active' || state.work.open) return draft
  const { work } = state
  return tasksWithStatus(work, 'pending').reduce((next, { id, kind }) => {
    const { attempts } = recordOf(work, id)
    const why = kind === 'plan' ? whyGivenUp(state, 'expand', id) : null
    if (why === null) return next
    const failure = { reason: 'model-failed', detail: `nobody could turn it into tasks: ${why}` } as const
    const attempt = attempts.length + 1
    return recordEvents(next, nowOf(session), {
      type: 'task_failed',
      task: id,
      attempt,
      head: null,
      failure,
      final: true,
    })
  }, draft)
}
