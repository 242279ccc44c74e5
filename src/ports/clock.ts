/** The time, as an argument: tests pass their own. */
export interface Clock {
  now(): Date
  /** Resolves after `seconds`, or when the signal fires. */
  wait(seconds: number, signal?: AbortSignal): Promise<void>
}

/** A clock that also limits work that takes real time, such as a process. */
export interface TimeoutClock extends Clock {
  /** Resolves when the work has settled, or after `seconds`. */
  within(seconds: number, work: Promise<unknown>): Promise<void>
}
