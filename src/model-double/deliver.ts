import type { ServerResponse } from 'node:http'
import { apiErrorBody, type ScriptedFault } from './fault.ts'
import { event, type StreamStep } from './stream.ts'

/** A fault while an answer is being sent. */
export type MidFault = Exclude<ScriptedFault, { kind: 'status' }>

/** The other end of a request. */
export interface Connection {
  readonly res: ServerResponse
  /** Fires when the client has left or the server is closed. */
  readonly signal: AbortSignal
  readonly headers: Readonly<Record<string, string>>
  readonly requestId: string
  wait(seconds: number, signal: AbortSignal): Promise<void>
  /** Called once, right before the first byte. */
  begun(): void
}

/** Sends the steps, `milliseconds` before each chunk of content; a fault ends them where it says. */
export async function deliver(
  steps: readonly StreamStep[],
  line: Connection,
  milliseconds: number,
  fault: MidFault | null,
): Promise<void> {
  const total = steps.reduce((sum, step) => sum + (step.type === 'send' ? Buffer.byteLength(step.text) : 0), 0)
  const limit = fault === null ? Number.POSITIVE_INFINITY : (fault.after ?? Math.floor(total / 2))
  let sent = 0
  for (const step of steps) {
    if (line.signal.aborted) return
    if (step.type === 'hold') {
      await untilClosed(line.signal, step.until)
      continue
    }
    if (sent >= limit) break
    if (step.delta && milliseconds > 0) await line.wait(milliseconds / 1000, line.signal)
    const bytes = Buffer.from(step.text)
    // An error event stands between two events: only the other faults cut one in two.
    const fitting = fault?.kind === 'error-event' ? bytes : bytes.subarray(0, limit - sent)
    await write(line, fitting)
    sent += fitting.length
  }
  if (line.signal.aborted) return
  await (fault === null ? end(line) : strike(fault, line))
}

async function strike(fault: MidFault, line: Connection): Promise<void> {
  switch (fault.kind) {
    case 'reset':
      line.res.destroy()
      return
    case 'clean-eof':
      return end(line)
    case 'stall':
      return untilClosed(line.signal, new Promise(() => {}))
    case 'error-event':
      await write(
        line,
        Buffer.from(event(apiErrorBody(fault.error, `The stream broke off: ${fault.error}`, line.requestId))),
      )
      return end(line)
  }
}

function begin(line: Connection): void {
  if (line.res.headersSent) return
  line.begun()
  line.res.writeHead(200, line.headers)
}

async function end(line: Connection): Promise<void> {
  begin(line)
  await untilClosed(line.signal, new Promise<void>((done) => line.res.end(done)))
}

async function write(line: Connection, bytes: Buffer): Promise<void> {
  if (bytes.length === 0 || line.signal.aborted) return
  begin(line)
  await untilClosed(line.signal, new Promise<void>((done) => line.res.write(bytes, () => done())))
}

/** Waits for the promise until the client leaves or the server closes; then returns undefined. */
export async function untilClosed<T>(signal: AbortSignal, promise: Promise<T>): Promise<T | undefined> {
  if (signal.aborted) return undefined
  let leave = (): void => {}
  const left = new Promise<undefined>((resolve) => {
    leave = () => resolve(undefined)
  })
  signal.addEventListener('abort', leave, { once: true })
  try {
    return await Promise.race([promise, left])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
