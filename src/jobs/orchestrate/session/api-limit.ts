import { LimitReached } from '../../../ports/rate-limit.ts'
import type { Session } from './session.ts'

type LimitedSession = Pick<Session, 'limitedUntil'> & { deps: Pick<Session['deps'], 'clock' | 'log'> }

/**
 * What the API gives or, if it refuses every request for now, `otherwise`. The run goes on with what git alone can do, and
 * the next wake-up tries again: until the limit ends, that sends nothing.
 */
export async function unlessLimited<Value>(
  session: LimitedSession,
  work: () => Promise<Value>,
  otherwise: Value,
): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error
    // What only shows can wait, and says nothing of the run.
    if (error.of === 'content') return otherwise
    if (session.limitedUntil?.getTime() !== error.until.getTime()) session.deps.log(error.message)
    session.limitedUntil = error.until
    return otherwise
  }
}

/** For work beside the loop, which can wait as long as it takes. */
export async function afterLimit<Value>(
  session: LimitedSession,
  work: () => Promise<Value>,
  signal: AbortSignal,
): Promise<Value> {
  for (;;) {
    const done = await unlessLimited(session, async () => ({ value: await work() }), null)
    if (done !== null) return done.value
    const until = session.limitedUntil ?? session.deps.clock.now()
    if (signal.aborted) throw new LimitReached(until)
    await session.deps.clock.wait((until.getTime() - session.deps.clock.now().getTime()) / 1000, signal)
  }
}
