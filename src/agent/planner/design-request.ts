import type { Plan, Task } from '../../core/plan.ts'
import type { Exploration, PlanAnswer, Question } from '../../core/planning.ts'
import type { Speaker } from '../talk.ts'
import type { PlannerInput } from './input.ts'
import type { PlanHead } from './plan-schema.ts'

/** Hears of a plan while it is being written. `problems`: the task cannot start as it is. */
export interface DesignListener {
  head(head: PlanHead): void
  task(task: Task, notes: string[], problems: string[]): void
  /** All that was told is taken back: the answer begins anew. Absent where somebody works on it already. */
  restart?(): void
}

export interface DesignRequest {
  speaker: Speaker
  model: string
  input: PlannerInput
  explorations: readonly Exploration[]
  /** Those that were asked before, and what people answered. */
  questions: readonly Question[]
  answers: readonly PlanAnswer[]
  /** The head may end in questions; else what is open is decided and named. */
  questionsAllowed: boolean
  /** Words of `/revise`, oldest first. */
  revisions: readonly string[]
  previous: { plan: Plan; problems: readonly string[] } | null
  /** Tasks that have started: they stay as they are, and the new ones come behind them. */
  fixed: readonly Task[]
  on: DesignListener
}
