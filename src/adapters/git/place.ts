import { type Sha, shaSchema } from '../../core/ids.ts'

/** Where a git command works, and what it may speak to. */
export interface GitPlace {
  gitDir: string
  /** The folder of checked-out files; a bare repository has none. */
  workTree?: string
}

export interface GitRemote {
  /** Taken literally: no name of a remote, no rewriting by configuration. */
  url: string
  /** Empty: none is sent. */
  token: string
}

const PROTOCOLS = ['https', 'http', 'file']

/** The only protocol that git may speak on behalf of this remote. */
export function protocolOf(url: string): string {
  const protocol = URL.canParse(url) ? new URL(url).protocol.slice(0, -1) : ''
  if (!PROTOCOLS.includes(protocol)) throw new Error(`no address that git may speak to: ${JSON.stringify(url)}`)
  return protocol
}

/** An empty or abbreviated id in a refspec means something else altogether, so each is looked at again before git sees it. */
export function checkedSha(sha: Sha): Sha {
  return shaSchema.parse(sha)
}

const REF = /^refs\/[A-Za-z0-9][A-Za-z0-9._/-]*$/
const NO_REF = /\.\.|\/\/|\/\.|\/-|\.lock(\/|$)|[./]$/

/** Stricter than git, which takes options and shell words for names of branches. */
export function checkedRef(ref: string): string {
  if (!REF.test(ref) || NO_REF.test(ref)) throw new Error(`no ref that can be used: ${JSON.stringify(ref)}`)
  return ref
}
