import type { Clock } from '../../ports/clock.ts'
import {
  type Answer,
  LimitReached,
  UnknownOutcome,
  type Verdict,
  verdictOnAnswer,
  verdictOnError,
} from './http-error.ts'

export interface Patience {
  clock: Clock
  /** How often a request is repeated at most, counted for limits and for failures alike. */
  repeats: number
  /** GitHub may ask for more seconds than this; then we give up at once. */
  longestWait: number
}

/**
 * One request by this project's rules. What a limit refused was not done: wait as asked and repeat, be it read or write.
 * What failed is repeated where that is harmless; else nobody knows what was done, and the caller must look.
 */
export async function byTheRules<R extends Answer>(
  send: () => Promise<R>,
  repeatable: boolean,
  patience: Patience,
): Promise<R> {
  for (let repeats = 0; ; repeats += 1) {
    const { verdict, settle, cause } = await tried(send, patience.clock)
    if (verdict.kind === 'answered') return settle()
    if (verdict.kind === 'failed' && verdict.sent && !repeatable) {
      throw new UnknownOutcome('a write to GitHub had no usable answer', { cause })
    }
    const seconds = pause(verdict, repeats)
    if (repeats >= patience.repeats || seconds > patience.longestWait) throw givingUp(verdict, seconds, cause)
    await patience.clock.wait(seconds)
  }
}

interface Tried<R> {
  verdict: Verdict
  settle: () => R
  cause: unknown
}

async function tried<R extends Answer>(send: () => Promise<R>, clock: Clock): Promise<Tried<R>> {
  try {
    const answer = await send()
    return { verdict: verdictOnAnswer(answer, clock.now()), settle: () => answer, cause: undefined }
  } catch (error) {
    const settle = () => {
      throw error
    }
    return { verdict: verdictOnError(error, clock.now()), settle, cause: error }
  }
}

/** GitHub's advice where it names no time: a minute, then longer and longer. */
const pause = (verdict: Exclude<Verdict, { kind: 'answered' }>, repeats: number): number =>
  verdict.kind === 'limited' ? (verdict.seconds ?? 60 * 2 ** repeats) : 2 ** repeats

function givingUp(verdict: Verdict, seconds: number, cause: unknown): unknown {
  if (verdict.kind === 'limited') return new LimitReached(seconds, cause)
  return cause ?? new Error('the answer of GitHub broke off')
}
