import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { type SimpleGitOptions, simpleGit } from 'simple-git'
import type { Clock } from '../../../ports/clock.ts'
import { Unauthorized } from '../../../ports/unauthorized.ts'
import { killMarked } from '../../system/marked-processes.ts'
import { withinSeconds } from '../../system/time-limit.ts'
import { encodedToken, type GitEnvironment, gitEnvironment, gitSettings, tokenEnvironment } from '../environment.ts'
import { type GitRemote, type LocalRepo, protocolOf } from '../local-repo.ts'
import { failure } from '../plumbing.ts'

export interface NetworkAnswer {
  code: number
  stdout: string
  stderr: string
}

export interface NetworkOptions {
  seconds?: number
  signal?: AbortSignal
}

/** simple-git takes our hardening settings for unsafe ones. The arguments come only from callers in this folder. */
const unsafe: SimpleGitOptions['unsafe'] = {
  allowUnsafeHooksPath: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeConfigEnvCount: true,
}

/**
 * Runs `fetch`, `ls-remote` or `push`, the commands that get the token (apart from them, only `protocol.ts` sends it).
 * Returns also for a non-zero exit code. Throws if the command was stopped; its effect on the remote is then unknown.
 */
export async function networkGit(
  repo: LocalRepo,
  remote: GitRemote,
  args: readonly string[],
  options: NetworkOptions = {},
): Promise<NetworkAnswer> {
  const answer = await runNetworkGit(repo, remote, args, options)
  const { url } = remote
  if (answer.code === 0 || !REDIRECTED.test(answer.stderr) || !(await followRename(remote))) return answer
  return runNetworkGit(
    repo,
    remote,
    args.map((arg) => (arg === url ? remote.url : arg)),
    options,
  )
}

const REDIRECTED = /returned error: 30[1278]|unable to update url base from redirection/

/**
 * Git follows no redirect, which could lead the token elsewhere. After a rename of the repository the remote gets its new
 * address, if that is on the same server. False: it has not moved.
 */
async function followRename(remote: GitRemote): Promise<boolean> {
  const asked = new URL(`${remote.url}/info/refs?service=git-upload-pack`)
  const headers: Record<string, string> =
    remote.token === '' ? {} : { Authorization: `basic ${encodedToken(remote.token)}` }
  const signal = AbortSignal.timeout(LOOK_MS)
  const answer = await fetch(asked, { redirect: 'manual', headers, signal }).catch(() => null)
  const next = new URL(answer?.headers.get('location') ?? asked, asked)
  if (next.origin !== asked.origin || next.href === asked.href || !next.pathname.endsWith('/info/refs')) return false
  remote.url = next.origin + next.pathname.slice(0, -'/info/refs'.length)
  return true
}

const LOOK_MS = 30_000

function runNetworkGit(
  repo: LocalRepo,
  remote: GitRemote,
  args: readonly string[],
  { seconds = SECONDS, signal }: NetworkOptions,
): Promise<NetworkAnswer> {
  return withinSeconds(seconds, signal, (limit) => gitWithin(limit, repo, remote, args))
}

async function gitWithin(
  limit: AbortSignal,
  repo: LocalRepo,
  remote: GitRemote,
  args: readonly string[],
): Promise<NetworkAnswer> {
  const protocol = protocolOf(remote.url)
  const call = randomUUID()
  const env = { ...gitEnvironment(repo, protocol), ...tokenEnvironment(remote), ...hiddenFromInspect, [CALL]: call }
  const answers: NetworkAnswer[] = []
  const git = simpleGit({
    baseDir: repo.gitDir,
    config: gitSettings(protocol),
    unsafe,
    allowEnvironment: Object.keys(env),
    abort: limit,
    // A helper process that outlives git could keep its output open for ever.
    completion: { onClose: true, onExit: 1000 },
    errors: (error, { exitCode, stdOut, stdErr }) => {
      answers.push({ code: exitCode, stdout: textOf(stdOut), stderr: redacted(textOf(stdErr), remote) })
      return limit.aborted ? error : undefined
    },
  })
  const killed = () => killMarked(CALL, call)
  await orStopped(limit, args, git.env(env).raw([...args]), killed)
  const answer = answers.at(-1)
  if (answer === undefined) throw new Error(`git ${args[0]} gave no answer`)
  if (answer.code !== 0 && REFUSED_TOKEN.test(answer.stderr)) throw new Unauthorized(failure(args, answer).message)
  return answer
}

/** Marks git and its helpers: simple-git starts no process group, and only interrupts git itself. */
const CALL = 'TRIBUTARY_GIT_CALL'

/** Git asks for a user after a 401, and there is no terminal to answer. */
const REFUSED_TOKEN = /Authentication failed|could not read (?:Username|Password)|returned error: 401/

/** simple-git prints its environment if DEBUG is set, and that holds the token. */
const hiddenFromInspect: GitEnvironment = Object.defineProperty({}, inspect.custom, {
  value: () => '[not shown]',
  enumerable: true,
})

/** Ends a call at its own limit, or when the job ends. */
/** Of a call, if its caller says nothing else. */
export const SECONDS = 300

/** Rejects at the limit, without waiting for git to end. */
async function orStopped(
  limit: AbortSignal,
  args: readonly string[],
  work: Promise<string>,
  killed: () => void,
): Promise<void> {
  let abort = () => {}
  const stopped = new Promise<never>((_, reject) => {
    abort = () => {
      killed()
      reject(new Error(`git ${args[0]} was stopped`, { cause: limit.reason }))
    }
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

/** What a remote says may repeat what it was sent. */
export function redacted(text: string, { token }: GitRemote): string {
  return token === '' ? text : text.replaceAll(token, '***').replaceAll(encodedToken(token), '***')
}

const TRIES = 4
const FIRST_WAIT = 0.5

/** Messages of errors that may pass. `not our ref` comes from a replica of the repository that has not seen a push yet. */
const TRANSIENT = new RegExp(
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
  repo: LocalRepo
  remote: GitRemote
  network: NetworkOptions
  clock: Clock
}

/** Runs a command that only reads, and retries it if the error may pass. Throws with git's last message. */
export async function readRemote(
  { repo, remote, network, clock }: RemoteConnection,
  args: readonly string[],
): Promise<NetworkAnswer> {
  for (let tried = 1; ; tried += 1) {
    const answer = await networkGit(repo, remote, args, network)
    if (answer.code === 0) return answer
    if (tried === TRIES || !TRANSIENT.test(answer.stderr)) throw failure(args, answer)
    await clock.wait(FIRST_WAIT * 2 ** (tried - 1), network.signal)
    network.signal?.throwIfAborted()
  }
}
