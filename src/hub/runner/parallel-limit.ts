/** `max-parallel`: a limit on jobs at a time, first come, first served. */
export class ParallelLimit {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#free = places
  }

  /** Resolves with a function that frees the place, also if the wait was aborted. */
  take(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) return Promise.resolve(() => undefined)
    if (this.#free > 0) {
      this.#free--
      return Promise.resolve(() => this.#giveBack())
    }
    return new Promise((resolve) => {
      const start = (): void => resolve(() => this.#giveBack())
      this.#waiting.push(start)
      const release = (): void => {
        const place = this.#waiting.indexOf(start)
        if (place >= 0) this.#waiting.splice(place, 1)
        if (place >= 0) resolve(() => undefined)
      }
      signal.addEventListener('abort', release, { once: true })
    })
  }

  #giveBack(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next()
  }
}
