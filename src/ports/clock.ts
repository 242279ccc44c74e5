/** Time, as an argument. */
export interface Clock {
  now(): Date
  /** Resolves after so many seconds, or at once when the signal fires. */
  wait(seconds: number, signal?: AbortSignal): Promise<void>
}
