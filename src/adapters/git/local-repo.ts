import { type Sha, shaSchema } from '../../core/ids.ts'

/** The local repository that a git command works in. */
export interface LocalRepo {
  gitDir: string
  /** The folder of checked-out files; a bare repository has none. */
  workTree?: string
}

export interface GitRemote {
  /** Used literally: not the name of a remote, and not rewritten by `url.*.insteadOf`. */
  url: string
  /** If empty, no credentials are sent. */
  token: string
}

const PROTOCOLS = ['https', 'http', 'file']

/** The only protocol that git may use for this remote. */
export function protocolOf(url: string): string {
  const protocol = URL.canParse(url) ? new URL(url).protocol.slice(0, -1) : ''
  if (!PROTOCOLS.includes(protocol)) throw new Error(`no address that git may speak to: ${JSON.stringify(url)}`)
  return protocol
}

/** Checked again before git sees it: in a refspec, an empty id deletes the ref, and a short one may name another object. */
export function checkedSha(sha: Sha): Sha {
  return shaSchema.parse(sha)
}

const REF = /^refs\/[A-Za-z0-9][A-Za-z0-9._/-]*$/
const NO_REF = /\.\.|\/\/|\/\.|\/-|\.lock(\/|$)|[./]$/

/** Stricter than git, which accepts options and shell syntax in branch names. */
export function checkedRef(ref: string): string {
  if (!REF.test(ref) || NO_REF.test(ref)) throw new Error(`no ref that can be used: ${JSON.stringify(ref)}`)
  return ref
}
