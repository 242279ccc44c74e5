import { type GitPlace, type GitRemote, protocolOf } from './place.ts'

/** Fixed, so that no folder that a job put in front of it can bring a git of its own. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin'

export type GitEnvironment = Record<string, string>

/** The whole environment of a git command: nothing of the machine, the person or the job gets through. */
export function gitEnvironment(place: GitPlace, protocol = ''): GitEnvironment {
  return {
    PATH,
    HOME: '/nonexistent',
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_DIR: place.gitDir,
    ...(place.workTree === undefined ? {} : { GIT_WORK_TREE: place.workTree }),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ALLOW_PROTOCOL: protocol,
  }
}

/** Settings that hold for every command, whatever a repository's own configuration says. */
export function gitSettings(protocol = ''): string[] {
  return [
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'core.attributesFile=/dev/null',
    'core.excludesFile=/dev/null',
    'core.protectHFS=true',
    'core.protectNTFS=true',
    'core.logAllRefUpdates=false',
    'safe.bareRepository=explicit',
    'protocol.allow=never',
    ...(protocol === '' ? [] : [`protocol.${protocol}.allow=always`]),
    'http.followRedirects=false',
    'http.proxy=',
    // A connection that has gone silent ends by itself, long before the time-out.
    'http.lowSpeedLimit=1',
    'http.lowSpeedTime=60',
    'transfer.fsckObjects=true',
    'submodule.recurse=false',
    'push.recurseSubmodules=no',
    'push.gpgSign=false',
    'merge.directoryRenames=false',
    'gc.auto=0',
    'maintenance.auto=false',
    'advice.detachedHead=false',
  ]
}

/** The token, scoped to the remote's origin; never in argv, where any process of the machine could read it. */
export function tokenEnvironment(remote: GitRemote): GitEnvironment {
  if (remote.token === '' || protocolOf(remote.url) === 'file') return {}
  const key = `http.${new URL(remote.url).origin}/.extraheader`
  return {
    GIT_CONFIG_COUNT: '2',
    // An empty value drops what a checkout may have left in its configuration: two tokens at once are refused.
    GIT_CONFIG_KEY_0: key,
    GIT_CONFIG_VALUE_0: '',
    GIT_CONFIG_KEY_1: key,
    GIT_CONFIG_VALUE_1: `AUTHORIZATION: basic ${encodedToken(remote.token)}`,
  }
}

export const encodedToken = (token: string): string => Buffer.from(`x-access-token:${token}`).toString('base64')
