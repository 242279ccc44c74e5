import { git } from './git.ts'

/** A repository on GitHub, as the address of a remote names it. */
export interface Remote {
  host: string
  owner: string
  repo: string
}

const SHAPES = [
  /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?(?<host>[^/]+)\/(?:.*\/)?(?<owner>[^/]+)\/(?<repo>[^/]+?)(?:\.git)?\/?$/,
  /^(?:[^@/]*@)?(?<host>[^:/]+):(?<owner>[^/]+)\/(?<repo>[^/]+?)(?:\.git)?\/?$/,
]

/** Null for folders and whatever else is no address of a repository on a server. */
export function parseRemote(address: string): Remote | null {
  for (const shape of SHAPES) {
    const { host, owner, repo } = shape.exec(address)?.groups ?? {}
    if (host !== undefined && owner !== undefined && repo !== undefined) return { host, owner, repo }
  }
  return null
}

export async function remoteOf(folder: string): Promise<Remote | null> {
  const address = await git(folder, 'remote', 'get-url', 'origin')
  return address === null ? null : parseRemote(address)
}

/** The address that can be read with a token, or with none; null for a folder. */
export function webAddress(address: string): string | null {
  if (/^(https?|file):/.test(address)) return address
  const remote = parseRemote(address)
  return remote === null ? null : `https://${remote.host}/${remote.owner}/${remote.repo}.git`
}
