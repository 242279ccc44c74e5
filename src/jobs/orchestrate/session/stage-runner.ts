import type { Role } from '../../../ports/forge.ts'
import type { Draft } from './event-draft.ts'

/**
 * Something that a stage has found out. `into` records it, and may be asked again after a lost race: it looks at what is
 * there and adds what is missing.
 */
export interface StageResult {
  stage: string
  /** The stage has nothing more to say. Until this is in the journal, it counts as running: it must not be begun again. */
  last: boolean
  into(draft: Draft): Promise<Draft> | Draft
}

/** The planner's stageRunner: what it is at in this process, and what it has found that the journal does not hold yet. */
export interface StageRunner {
  /** Stages at work, by key. Stopping one makes it tell what it has cost, and end. */
  running: Map<string, { stop: AbortController; basis: string }>
  findings: StageResult[]
  /** How many of the findings the draft at hand has taken in. */
  taken: number
  /** Something was found: the orchestrator need not wait for its next look. */
  wake: AbortController
  /** Nothing new is begun: the job hands over. */
  closing: boolean
  /** Who may do what, as it was asked last, and the millisecond until which that counts. */
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

/** After the draft that took them in was recorded. */
export function dropRecorded(stageRunner: StageRunner): void {
  for (const { stage, last } of stageRunner.findings.splice(0, stageRunner.taken))
    if (last) stageRunner.running.delete(stage)
  stageRunner.taken = 0
  if (stageRunner.findings.length === 0) stageRunner.wake = new AbortController()
}

/** The draft with all that was found since the last one was recorded. */
export async function withStageResults(stageRunner: StageRunner, draft: Draft): Promise<Draft> {
  const findings = [...stageRunner.findings]
  stageRunner.taken = findings.length
  let next = draft
  for (const finding of findings) next = await finding.into(next)
  return next
}
