/** Time, as an argument. */
export interface Clock {
  now(): Date
  /** Resolves after so many seconds, or at once when the signal fires. */
  wait(seconds: number, signal?: AbortSignal): Promise<void>
}

/** A clock that also measures what takes its own time, such as a process. */
export interface PatientClock extends Clock {
  /** Resolves when the work has ended, well or badly, but no later than after so many seconds. */
  within(seconds: number, work: Promise<unknown>): Promise<void>
}
