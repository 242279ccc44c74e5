/** Runs tasks one at a time; a failure does not stop the next. */
export type SerialQueue = <T>(act: () => Promise<T>) => Promise<T>

export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve()
  return (act) => {
    const turn = last.then(act)
    last = turn.catch(() => {})
    return turn
  }
}
