import type { Role } from '../../../ports/forge.ts'
import type { Draft } from './event-draft.ts'

/**
 * Something that a stage has found out. `into` records it, and may be asked again after a lost race: it looks at what is
 * there and adds what is missing.
 */
export interface Finding {
  stage: string
  /** The stage has nothing more to say. Until this is in the journal, it counts as running: it must not be begun again. */
  last: boolean
  into(draft: Draft): Promise<Draft> | Draft
}

/** The planner's desk: what it is at in this process, and what it has found that the journal does not hold yet. */
export interface Desk {
  /** Stages at work, by key. Stopping one makes it tell what it has cost, and end. */
  running: Map<string, { stop: AbortController; basis: string }>
  findings: Finding[]
  /** How many of the findings the draft at hand has taken in. */
  taken: number
  /** Something was found: the orchestrator need not wait for its next look. */
  news: AbortController
  /** Nothing new is begun: the job hands over. */
  closing: boolean
  /** Who may do what, as it was asked last, and the millisecond until which that counts. */
  roles: Map<string, { role: Role; until: number }>
}

export const openDesk = (): Desk => ({
  running: new Map(),
  findings: [],
  taken: 0,
  news: new AbortController(),
  closing: false,
  roles: new Map(),
})

export function tell(desk: Desk, finding: Finding): void {
  desk.findings.push(finding)
  desk.news.abort()
}

/** After the draft that took them in was recorded. */
export function dropTaken(desk: Desk): void {
  for (const { stage, last } of desk.findings.splice(0, desk.taken)) if (last) desk.running.delete(stage)
  desk.taken = 0
  if (desk.findings.length === 0) desk.news = new AbortController()
}

/** The draft with all that was found since the last one was recorded. */
export async function withFindings(desk: Desk, draft: Draft): Promise<Draft> {
  const findings = [...desk.findings]
  desk.taken = findings.length
  let next = draft
  for (const finding of findings) next = await finding.into(next)
  return next
}
