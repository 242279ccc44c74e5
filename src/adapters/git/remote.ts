import { inspect } from 'node:util'
import { type SimpleGitOptions, simpleGit } from 'simple-git'
import type { Clock } from '../../ports/clock.ts'
import { encodedToken, type GitEnvironment, gitEnvironment, gitSettings, tokenEnvironment } from './environment.ts'
import { type GitPlace, type GitRemote, protocolOf } from './place.ts'
import { failure } from './plumbing.ts'

export interface NetworkAnswer {
  code: number
  stdout: string
  stderr: string
}

export interface NetworkOptions {
  seconds?: number
  signal?: AbortSignal
}

/** Our own hardening is what these allow; the arguments are fixed by the callers in this folder. */
const unsafe: SimpleGitOptions['unsafe'] = {
  allowUnsafeHooksPath: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeConfigEnvCount: true,
}

/**
 * `fetch`, `ls-remote` and `push`: the commands that get the token, which only `protocol.ts` sends besides. An exit code is an
 * answer here; a command that was stopped throws, and what it did at the remote is then unknown.
 */
export async function networkGit(
  place: GitPlace,
  remote: GitRemote,
  args: readonly string[],
  options: NetworkOptions = {},
): Promise<NetworkAnswer> {
  const protocol = protocolOf(remote.url)
  const env = { ...gitEnvironment(place, protocol), ...tokenEnvironment(remote), ...unseen }
  const limit = limitOf(options)
  const answers: NetworkAnswer[] = []
  const git = simpleGit({
    baseDir: place.gitDir,
    config: gitSettings(protocol),
    unsafe,
    allowEnvironment: Object.keys(env),
    abort: limit,
    // A helper that outlives git could hold its output open for ever.
    completion: { onClose: true, onExit: 1000 },
    errors: (error, { exitCode, stdOut, stdErr }) => {
      answers.push({ code: exitCode, stdout: textOf(stdOut), stderr: redacted(textOf(stdErr), remote) })
      return limit.aborted ? error : undefined
    },
  })
  await until(limit, args, git.env(env).raw([...args]))
  const answer = answers.at(-1)
  if (answer === undefined) throw new Error(`git ${args[0]} gave no answer`)
  return answer
}

/** simple-git shows its environment where DEBUG asks for it, and the token is in it. */
const unseen: GitEnvironment = Object.defineProperty({}, inspect.custom, {
  value: () => '[not shown]',
  enumerable: true,
})

const limitOf = ({ seconds = 300, signal }: NetworkOptions): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(seconds * 1000), ...(signal === undefined ? [] : [signal])])

/** Stopping git is asked for politely; whether it listens or not, nobody waits for it. */
async function until(limit: AbortSignal, args: readonly string[], work: Promise<string>): Promise<void> {
  let abort = () => {}
  const stopped = new Promise<never>((_, reject) => {
    abort = () => reject(new Error(`git ${args[0]} was stopped`, { cause: limit.reason }))
    if (limit.aborted) abort()
    else limit.addEventListener('abort', abort)
  })
  try {
    await Promise.race([work, stopped])
  } finally {
    limit.removeEventListener('abort', abort)
    work.catch(() => {})
  }
}

const textOf = (chunks: Buffer[]): string => Buffer.concat(chunks).toString('utf8')

function redacted(text: string, { token }: GitRemote): string {
  return token === '' ? text : text.replaceAll(token, '***').replaceAll(encodedToken(token), '***')
}

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

export interface RemoteConnection {
  place: GitPlace
  remote: GitRemote
  network: NetworkOptions
  clock: Clock
}

/** A command that only reads may simply be repeated. Throws with what git said last. */
export async function readRemote(
  { place, remote, network, clock }: RemoteConnection,
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
