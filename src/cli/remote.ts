import { git } from './repository.ts'
import { Mistake, type Terminal } from './subcommand.ts'

/** A repository on a server, as the address of a remote names it. */
export interface Remote {
  host: string
  owner: string
  repo: string
}

const SHAPES = [
  /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?(?<host>[^/]+)\/(?:.*\/)?(?<owner>[^/]+)\/(?<repo>[^/]+?)(?:\.git)?\/?$/,
  /^(?:[^@/]*@)?(?<host>[^:/]+):(?:.*\/)?(?<owner>[^/]+)\/(?<repo>[^/]+?)(?:\.git)?\/?$/,
]

/** Null for folders and anything else that is no address of a repository on a server. */
export function parseRemote(address: string): Remote | null {
  for (const shape of SHAPES) {
    const { host, owner, repo } = shape.exec(address)?.groups ?? {}
    if (host !== undefined && owner !== undefined && repo !== undefined) return { host: realHost(host), owner, repo }
  }
  return null
}

/** GitHub is reached by more names than one; `ssh.github.com:443` is for networks that let only HTTPS out. */
function realHost(host: string): string {
  const plain = host.toLowerCase()
  return /^(www\.|ssh\.)?github\.com(:\d+)?$/.test(plain) ? 'github.com' : plain
}

/** The address that can be read with a token, or with none; null for a folder. */
export function webAddress(address: string): string | null {
  if (/^(https?|file):/.test(address)) return address
  const remote = parseRemote(address)
  return remote === null ? null : `https://${remote.host}/${remote.owner}/${remote.repo}.git`
}

/** A remote of a checkout, by the kind of server. */
export interface NamedRemote {
  name: string
  place: Place
}

type Place =
  | { kind: 'github'; remote: Remote; alias: string | null }
  /** A server without GitHub Actions, or a folder. */
  | { kind: 'elsewhere'; what: string }

const PROVIDERS: readonly [pattern: RegExp, name: string][] = [
  [/(^|\.)dev\.azure\.com$|\.visualstudio\.com$/, 'Azure DevOps'],
  [/(^|\.)gitlab\./, 'GitLab'],
  [/(^|\.)bitbucket\./, 'Bitbucket'],
  [/(^|\.)(codeberg\.org|gitea\.|forgejo\.)/, 'Forgejo or Gitea'],
]

/** What an address of git points to. `own` is a host that is known to speak GitHub's API, such as the hub. */
export function remotePlaceOf(address: string, own: string | null = null): Place {
  const remote = parseRemote(address)
  if (isFolder(address) || remote === null) return { kind: 'elsewhere', what: `a folder (${address})` }
  const host = remote.host.replace(/:\d+$/, '')
  if (remote.host === own || host === 'github.com' || host.endsWith('.ghe.com'))
    return { kind: 'github', remote, alias: null }
  const provider = PROVIDERS.find(([pattern]) => pattern.test(host))
  if (provider !== undefined) return { kind: 'elsewhere', what: `a repository on ${provider[1]} (${host})` }
  // `Host github.com-work` in ~/.ssh/config is how people tell two accounts apart.
  if (/^github\.com-/.test(host)) return { kind: 'github', remote: { ...remote, host: 'github.com' }, alias: host }
  if (!host.includes('.'))
    return {
      kind: 'elsewhere',
      what: `behind the alias '${host}' of ~/.ssh/config (\`ssh -G ${host}\` shows what it means)`,
    }
  return {
    kind: 'elsewhere',
    what: `on ${host}; GitHub Enterprise Server cannot run Tributary, because @actions/artifact does not support it`,
  }
}

const isFolder = (address: string): boolean => /^(file:|[./~]|[A-Za-z]:[\\/])/.test(address)

export async function remotesOf(top: string, own: string | null): Promise<NamedRemote[]> {
  const names = (await git(top, 'remote'))?.split('\n').filter((name) => name !== '') ?? []
  const addresses = await Promise.all(names.map((name) => git(top, 'remote', 'get-url', name)))
  return names.map((name, n) => ({ name, place: remotePlaceOf(addresses[n] ?? '', own) }))
}

export interface ChosenRemote {
  name: string
  remote: Remote
  /** What a person should know about the choice. */
  notices: string[]
}

/** The remote on GitHub: the one that was asked for, else `origin`, else the only one that is on GitHub. A sentence if there is none. */
export function chooseRemote(remotes: readonly NamedRemote[], asked: string | undefined): ChosenRemote | string {
  if (remotes.length === 0)
    return 'this repository has no remote; add the one on GitHub: git remote add origin https://github.com/OWNER/REPO.git'
  const named = remotes.find(({ name }) => name === (asked ?? 'origin'))
  if (asked !== undefined && named === undefined)
    return `there is no remote '${asked}'; the remotes are ${remotes.map(({ name }) => name).join(', ')}`
  if (named?.place.kind === 'github') return chosen(named.name, named.place, othersThan(named, remotes))
  const others = othersThan(named, remotes)
  const [only] = others
  const why =
    named?.place.kind === 'elsewhere'
      ? `the remote '${named.name}' is ${named.place.what}`
      : 'there is no remote `origin`'
  if (asked !== undefined || others.length === 0)
    return `${why}; Tributary runs on github.com: choose a remote there with --remote NAME, or add one`
  if (only === undefined || others.length > 1)
    return `${why}; several others are on GitHub; choose one: ${others.map(({ name }) => `--remote ${name}`).join(', ')}`
  return chosen(only.name, only.place, [], [`${why}, so '${only.name}' was checked`])
}

interface OnGitHub {
  name: string
  place: Extract<Place, { kind: 'github' }>
}

const othersThan = (named: NamedRemote | undefined, remotes: readonly NamedRemote[]): OnGitHub[] =>
  remotes.flatMap(({ name, place }) => (name !== named?.name && place.kind === 'github' ? [{ name, place }] : []))

function chosen(
  name: string,
  place: OnGitHub['place'],
  others: readonly OnGitHub[],
  notices: string[] = [],
): ChosenRemote {
  const { owner, repo } = place.remote
  const alias = place.alias === null ? [] : [`'${place.alias}' of the remote '${name}' was read as github.com`]
  const elsewhere = others.filter(({ place: { remote } }) => remote.owner !== owner || remote.repo !== repo)
  const more = elsewhere.map(
    (other) =>
      `${owner}/${repo} ('${name}') was checked; --remote ${other.name} checks ${other.place.remote.owner}/${other.place.remote.repo}`,
  )
  return { name, remote: place.remote, notices: [...notices, ...alias, ...more] }
}

/** Commands of GitHub's `gh` for a repository; it asks github.com unless another host is named. */
export function ghFor({ host, owner, repo }: Remote) {
  const isDefault = host === 'github.com'
  const onHost = isDefault ? '' : ` --hostname ${host}`
  return {
    token: `gh auth token${onHost}`,
    allowPulls: `gh api${onHost} -X PUT repos/${owner}/${repo}/actions/permissions/workflow -F can_approve_pull_request_reviews=true`,
    setSecret: (name: string) => `gh secret set ${name} --repo ${isDefault ? '' : `${host}/`}${owner}/${repo}`,
  }
}

/** The address of a server in a variable; null if it is not set, or empty. */
export function urlIn({ env }: Pick<Terminal, 'env'>, name: 'GITHUB_API_URL' | 'GITHUB_SERVER_URL'): string | null {
  const text = env[name] ?? ''
  if (text === '') return null
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '')
  throw new Mistake(
    `the variable ${name} holds '${text}', which is not an address; write one that begins with https://, or unset it`,
    {
      typing: false,
    },
  )
}
