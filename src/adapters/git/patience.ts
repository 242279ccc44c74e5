import type { Clock } from '../../ports/clock.ts'
import { type NetworkAnswer, type NetworkOptions, networkGit } from './network.ts'
import type { GitPlace, Remote } from './place.ts'
import { failure } from './plumbing.ts'

const TRIES = 4
const FIRST_WAIT = 0.5

/** What may be gone a moment later; `not our ref` is said by a copy of the repository that has not heard of a push yet. */
const PASSING = new RegExp(
  [
    'returned error: (?:429|5\\d\\d)',
    'not our ref',
    'early EOF',
    'hung up unexpectedly',
    'unexpected disconnect',
    'RPC failed',
    'Could not resolve host',
    'Failed to connect',
    'Connection (?:reset|refused|timed out)',
    'Operation (?:timed out|too slow)',
    'Empty reply from server',
    'SSL|TLS|HTTP/2',
  ].join('|'),
)

export interface Line {
  place: GitPlace
  remote: Remote
  network: NetworkOptions
  clock: Clock
}

/** A command that only reads may simply be repeated. Throws with what git said last. */
export async function readRemote(
  { place, remote, network, clock }: Line,
  args: readonly string[],
): Promise<NetworkAnswer> {
  for (let tried = 1; ; tried += 1) {
    const answer = await networkGit(place, remote, args, network)
    if (answer.code === 0) return answer
    if (tried === TRIES || !PASSING.test(answer.stderr)) throw failure(args, answer)
    await clock.wait(FIRST_WAIT * 2 ** (tried - 1), network.signal)
    network.signal?.throwIfAborted()
  }
}
