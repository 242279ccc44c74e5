import { inspect } from 'node:util'
import { ownOf } from '../core/own.ts'
import { EnvironmentError, Mistake } from './subcommand.ts'

interface Explained {
  lines: string[]
  code: number
}

/** The variable that adds the stack trace to the message. */
export const DEBUG = 'TRIBUTARY_DEBUG'

const LONGEST = 400

/**
 * The one place that turns an error into words: a person's mistake (2), a broken world (1), or a bug of ours (1). Never a
 * line of the bundle, which is what Node would print.
 */
export function explainError(error: unknown, typed: string, debug: boolean, help = `${typed} --help`): Explained {
  const trace = debug ? traceOf(error) : []
  if (error instanceof Mistake) {
    const how = error.typing ? [`\`${help}\` shows how to use it.`] : []
    return { lines: [`${typed}: ${error.message}`, ...how, ...trace], code: 2 }
  }
  const environmentFault = error instanceof EnvironmentError ? error.message : systemErrorWords(error)
  if (environmentFault !== null) return { lines: [`${typed}: ${environmentFault}`, ...trace], code: 1 }
  return { lines: [`${typed}: ${bugWords(error, debug)}`, ...trace], code: 1 }
}

/** A trace is meant to be shared: the part of a URL before the host may be a password. */
const traceOf = (error: unknown): string[] =>
  inspect(error)
    .replace(/(\w+:\/\/)[^/\s@'"]+@/g, '$1***@')
    .split('\n')

function bugWords(error: unknown, debug: boolean): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const first = message.split('\n', 1)[0] ?? ''
  const short = first.length > LONGEST ? `${first.slice(0, LONGEST)}…` : first
  const how = debug ? 'these lines' : `what the command prints with ${DEBUG}=1 in front of it`
  return `this is a bug in Tributary (${short}); please report it, with ${how}`
}

/** The parts of an error of Node, or of fetch, that say what it was about. */
type SystemError = Error & {
  code: string
  syscall?: unknown
  path?: unknown
  hostname?: unknown
  address?: unknown
  port?: unknown
}

/** The message for a host that does not answer. */
export const unreachableHost = (host: string, why: string): string => `${host} cannot be reached: ${why}`

/** One sentence for an error of the operating system or the network; null for any other. */
export function systemErrorWords(error: unknown): string | null {
  const found = systemErrorIn(error)
  if (found === null) return requestWords(error)
  const why = ownOf(HOSTS, found.code)
  if (why !== undefined) return unreachableHost(hostOf(found), `${why} (${found.code})`)
  return localWords(found)
}

/** fetch says no more than that it failed; its cause says why. */
const requestWords = (error: unknown): string | null =>
  error instanceof TypeError && error.message === 'fetch failed' && error.cause instanceof Error
    ? `a request over the network failed: ${error.cause.message}`
    : null

/** The first of them among an error and its causes. */
function systemErrorIn(error: unknown): SystemError | null {
  if (!(error instanceof Error)) return null
  if (error instanceof AggregateError && error.errors.length > 0) return systemErrorIn(error.errors[0])
  if ('code' in error && typeof error.code === 'string' && isKnown(error.code)) return error as SystemError
  return systemErrorIn(error.cause)
}

const HOSTS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name does not exist',
  EAI_AGAIN: 'its name cannot be looked up; check your network',
  ECONNREFUSED: 'nothing is listening there',
  ECONNRESET: 'it closed the connection',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no network',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_HEADERS_TIMEOUT: 'it does not answer',
  UND_ERR_BODY_TIMEOUT: 'its answer was cut off',
  UND_ERR_SOCKET: 'it closed the connection',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; set NODE_EXTRA_CA_CERTS to trust it',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted; set NODE_EXTRA_CA_CERTS to trust it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted; set NODE_EXTRA_CA_CERTS to trust it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted; set NODE_EXTRA_CA_CERTS to trust it',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
}

const PATHS: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `there is no ${path}`,
  EACCES: (path) => `${path} cannot be read or written by this user`,
  EPERM: (path) => `${path} cannot be read or written by this user`,
  EISDIR: (path) => `${path} is a folder, not a file`,
  ENOTDIR: (path) => `${path} is not a folder, or leads through a file`,
  EEXIST: (path) => `${path} exists already`,
  ENOTEMPTY: (path) => `${path} is not empty`,
  ELOOP: (path) => `${path} is a link that leads back to itself`,
  ENAMETOOLONG: (path) => `${path.slice(0, 60)}… is too long a path`,
  ENOSPC: (path) => `the disk is full, so ${path} cannot be written`,
  EDQUOT: (path) => `your disk quota is used up, so ${path} cannot be written`,
  EROFS: (path) => `${path} is on a read-only disk`,
  EMFILE: (path) => `too many files are open, so ${path} cannot be opened; \`ulimit -n\` raises the limit`,
  ENFILE: (path) => `too many files are open on this machine, so ${path} cannot be opened`,
  EIO: (path) => `the disk cannot read or write ${path}`,
}

const isKnown = (code: string): boolean =>
  Object.hasOwn(HOSTS, code) || Object.hasOwn(PATHS, code) || code === 'EADDRINUSE'

/** fetch names the host if its name cannot be resolved, else the address. */
function hostOf({ hostname, address, port }: SystemError): string {
  if (typeof hostname === 'string') return hostname
  if (typeof address === 'string') return typeof port === 'number' ? `${address}:${port}` : address
  return 'the host'
}

function localWords({ code, syscall, path, port, message }: SystemError): string {
  if (code === 'EADDRINUSE') return `port ${port} is in use; choose another one, or 0 for any free port`
  if (syscall === 'listen') return `port ${port} cannot be opened by this user; choose one above 1023`
  if (syscall === 'uv_cwd') return 'the current folder no longer exists; change to another one'
  if (typeof syscall === 'string' && syscall.startsWith('spawn') && code === 'ENOENT')
    return `the program \`${path}\` is not installed; install it, or put it on your PATH`
  return typeof path === 'string' ? (PATHS[code]?.(path) ?? message) : message
}
