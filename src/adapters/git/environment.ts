import { type GitRemote, type LocalRepo, protocolOf } from './local-repo.ts'

/** Fixed, so that a folder that a job prepended to PATH cannot supply another git. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin'

export type GitEnvironment = Record<string, string>

/** The complete environment of a git command: inherits nothing from the machine, the user or the job. */
export function gitEnvironment(repo: LocalRepo, protocol = ''): GitEnvironment {
  return {
    PATH,
    HOME: '/nonexistent',
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_DIR: repo.gitDir,
    ...(repo.workTree === undefined ? {} : { GIT_WORK_TREE: repo.workTree }),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ALLOW_PROTOCOL: protocol,
  }
}

/**
 * Faults that tools of long ago left in the history of well-known repositories, and that do no harm. What a remote has may have
 * them; a bundle of a slot may not, since `index-pack` alone does not read these settings.
 */
const HARMLESS = [
  ...['zeroPaddedFilemode', 'badFilemode', 'treeNotSorted', 'duplicateEntries', 'nullSha1', 'nulInCommit'],
  ...['missingNameBeforeEmail', 'missingSpaceBeforeEmail', 'missingEmail', 'badEmail', 'badName', 'multipleAuthors'],
  ...['missingSpaceBeforeDate', 'badDate', 'badDateOverflow', 'zeroPaddedDate', 'badTimezone'],
  ...['badTagName', 'missingTaggerEntry'],
]

/** No task may speak to an LFS server: pointers stay pointers, and the audit refuses what is put in their place. */
const WITHOUT_LFS = ['clean=', 'smudge=', 'process=', 'required=false'].map((setting) => `filter.lfs.${setting}`)
/** What is verified is the whole tree, so all of it is checked out. */
const LOCAL_ONLY = [...WITHOUT_LFS, 'core.sparseCheckout=false', 'index.sparse=false']

/** Settings that hold for every command and override a repository's own configuration. */
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
    ...(protocol === '' ? LOCAL_ONLY : [`protocol.${protocol}.allow=always`]),
    'http.followRedirects=false',
    'http.proxy=',
    // Ends an idle connection long before the command's own time-out.
    'http.lowSpeedLimit=1',
    'http.lowSpeedTime=60',
    'transfer.fsckObjects=true',
    ...HARMLESS.map((fault) => `fetch.fsck.${fault}=ignore`),
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
    // An empty value drops a header that a checkout may have configured: GitHub refuses two tokens at once.
    GIT_CONFIG_KEY_0: key,
    GIT_CONFIG_VALUE_0: '',
    GIT_CONFIG_KEY_1: key,
    GIT_CONFIG_VALUE_1: `AUTHORIZATION: basic ${encodedToken(remote.token)}`,
  }
}

export const encodedToken = (token: string): string => Buffer.from(`x-access-token:${token}`).toString('base64')
