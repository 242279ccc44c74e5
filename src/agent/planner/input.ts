import type { PlanOptions } from '../../core/planning.ts'
import type { Sha } from '../../core/ref.ts'
import type { Settings } from '../../core/settings.ts'

/** Facts that are frozen for all stages of a run's planner. What people and files say is data, whoever wrote it. */
export interface PlannerInput {
  issue: { number: number; title: string; body: string }
  /** Of people with a say in the repository only. */
  comments: readonly string[]
  /** After `/plan --`, word for word. */
  words: string
  options: PlanOptions
  settings: Settings
  base: Sha
  /** In every fence: nobody who wrote what is inside could know it. */
  nonce: string
  /** `AGENTS.md`, `CLAUDE.md` of the base branch. */
  instructions: readonly { path: string; text: string }[]
}
