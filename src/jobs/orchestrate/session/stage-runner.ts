import type { Role } from '../../../ports/forge.ts'
import type { Draft } from './event-draft.ts'

/**
 * A result of a stage. `into` records it, and runs again after a lost race: it adds only what the draft does not hold
 * yet.
 */
export interface StageResult {
  stage: string
  /** The stage ends with this result. Until that is in the journal the stage counts as running, so that it is not begun again. */
  last: boolean
  into(draft: Draft): Promise<Draft> | Draft
}

/** The planner's stages in this process, and their results that the journal does not hold yet. */
export interface StageRunner {
  /** Running stages, by key. One that is stopped submits its cost and ends. */
  running: Map<string, { stop: AbortController; basis: string }>
  findings: StageResult[]
  /** The number of results that the current draft holds. */
  taken: number
  /** Fires when a result is submitted: the orchestrator does not wait for its next look. */
  wake: AbortController
  /** The job hands over: no stage begins. */
  closing: boolean
  /** Roles by login, and the millisecond until which each counts. */
  roles: Map<string, { role: Role; until: number }>
}

export const createStageRunner = (): StageRunner => ({
  running: new Map(),
  findings: [],
  taken: 0,
  wake: new AbortController(),
  closing: false,
  roles: new Map(),
})

export function submitResult(stageRunner: StageRunner, finding: StageResult): void {
  stageRunner.findings.push(finding)
  stageRunner.wake.abort()
}

/** To be called after the draft that holds the results was recorded. */
export function dropRecorded(stageRunner: StageRunner): void {
  for (const { stage, last } of stageRunner.findings.splice(0, stageRunner.taken))
    if (last) stageRunner.running.delete(stage)
  stageRunner.taken = 0
  if (stageRunner.findings.length === 0) stageRunner.wake = new AbortController()
}

/** The draft with all results that were submitted since the last one was recorded. */
export async function withStageResults(stageRunner: StageRunner, draft: Draft): Promise<Draft> {
  const findings = [...stageRunner.findings]
  stageRunner.taken = findings.length
  let next = draft
  for (const finding of findings) next = await finding.into(next)
  return next
}
