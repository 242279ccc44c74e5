import type { TaskFailure } from '../../src/core/failure.ts'
import type { TaskId } from '../../src/core/ids.ts'
import type { Plan } from '../../src/core/plan/plan.ts'

/** What an attempt takes, and what becomes of it. */
export interface Attempt {
  minutes: number
  failure: TaskFailure | null
  /** US dollars that an agent would need for it. */
  usd?: number
}

/** A plan, and the true durations of its tasks, which no policy knows. */
export interface Workload {
  name: string
  plan: Plan
  attempt(task: TaskId, attempt: number): Attempt
}

/** Seconds that a run pays besides its work: the same for the same slot or attempt, under whatever policy. */
export interface Costs {
  /** From the request for a slot until it is at work. */
  startUp(slot: string): number
  /** From the event that assigns a task to a slot until its work begins. */
  pickUp(attempt: string): number
  /** From the end of the work until the orchestrator could see the result. */
  handOver(attempt: string): number
  /** One merge. The orchestrator does nothing else meanwhile. */
  merge: number
  /** Between two looks of the orchestrator; 0: it sees everything at once. */
  look: number
  /** Pushes a minute that the machine allows itself. */
  pushesPerMinute: number
  /** Without work for so long, a slot leaves. */
  idle: number
}

export const noCosts: Costs = {
  startUp: () => 0,
  pickUp: () => 0,
  handOver: () => 0,
  merge: 0,
  look: 0,
  pushesPerMinute: 1e9,
  idle: Number.POSITIVE_INFINITY,
}
