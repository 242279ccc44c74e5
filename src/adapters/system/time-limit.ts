/**
 * Does some work with a signal that aborts after so many seconds, or when the outer one does. Not `AbortSignal.any` of an
 * `AbortSignal.timeout`: Node 20 may collect the latter as garbage, and then nothing ever aborts.
 */
export async function withinSeconds<Value>(
  seconds: number,
  outer: AbortSignal | undefined,
  work: (limit: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const stop = new AbortController()
  const abort = () => stop.abort(outer?.reason)
  const late = () => stop.abort(new DOMException(`it took longer than ${seconds} s`, 'TimeoutError'))
  const timer = setTimeout(late, seconds * 1000)
  if (outer?.aborted === true) abort()
  else outer?.addEventListener('abort', abort, { once: true })
  try {
    return await work(stop.signal)
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', abort)
  }
}
