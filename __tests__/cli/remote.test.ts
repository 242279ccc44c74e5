import { describe, expect, it } from 'vitest'
import { chooseRemote, type NamedRemote, parseRemote, remotePlaceOf, webAddress } from '../../src/cli/remote.ts'

describe('the address of a remote', () => {
  it.each([
    ['https://github.com/octo/demo.git', 'github.com'],
    ['https://github.com/octo/demo', 'github.com'],
    ['https://www.github.com/octo/demo', 'github.com'],
    ['https://x-access-token:secret@github.com/octo/demo.git', 'github.com'],
    ['git@github.com:octo/demo.git', 'github.com'],
    ['ssh://git@ssh.github.com:443/octo/demo.git', 'github.com'],
    ['ssh://git@ghe.example.com:2222/octo/demo.git', 'ghe.example.com:2222'],
    ['http://127.0.0.1:4000/octo/demo.git', '127.0.0.1:4000'],
  ])('%s', (address, host) => {
    expect(parseRemote(address)).toEqual({ host, owner: 'octo', repo: 'demo' })
  })

  it.each(['/srv/git/demo.git', '../demo', 'C:\\demo', ''])('%j is a folder', (address) => {
    expect(parseRemote(address)).toBeNull()
    expect(webAddress(address)).toBeNull()
  })

  it('is turned into one that takes a token', () => {
    expect(webAddress('git@github.com:octo/demo.git')).toBe('https://github.com/octo/demo.git')
    expect(webAddress('file:///srv/git/demo.git')).toBe('file:///srv/git/demo.git')
  })
})

describe('what is behind an address', () => {
  it.each([
    'https://github.com/octo/demo.git',
    'ssh://git@ssh.github.com:443/octo/demo.git',
    'git@octo.ghe.com:octo/demo.git',
    'git@github.com-work:octo/demo.git',
  ])('%s is GitHub', (address) => {
    expect(remotePlaceOf(address)).toMatchObject({ kind: 'github', remote: { owner: 'octo', repo: 'demo' } })
  })

  it.each([
    ['https://octo@dev.azure.com/octo/project/_git/demo', 'Azure DevOps (dev.azure.com)'],
    ['git@ssh.dev.azure.com:v3/octo/project/demo', 'Azure DevOps (ssh.dev.azure.com)'],
    ['https://octo.visualstudio.com/project/_git/demo', 'Azure DevOps (octo.visualstudio.com)'],
    ['https://gitlab.com/octo/demo.git', 'GitLab (gitlab.com)'],
    ['git@gitlab.example.com:group/sub/demo.git', 'GitLab (gitlab.example.com)'],
    ['git@bitbucket.org:octo/demo.git', 'Bitbucket (bitbucket.org)'],
    ['https://codeberg.org/octo/demo.git', 'Forgejo or Gitea (codeberg.org)'],
    ['https://ghe.example.com/octo/demo.git', 'on ghe.example.com; GitHub Enterprise Server cannot run Tributary'],
    ['/srv/git/demo.git', 'a folder (/srv/git/demo.git)'],
    ['file:///srv/git/demo.git', 'a folder (file:///srv/git/demo.git)'],
    ['C:\\git\\demo', 'a folder (C:\\git\\demo)'],
    ['work:octo/demo.git', "behind the alias 'work' of ~/.ssh/config"],
  ])('%s is named', (address, what) => {
    expect(remotePlaceOf(address)).toEqual({ kind: 'elsewhere', what: expect.stringContaining(what) })
  })
})

const remote = (name: string, address: string): NamedRemote => ({ name, place: remotePlaceOf(address) })
const origin = remote('origin', 'https://gitlab.com/octo/demo.git')
const hub = remote('upstream', 'https://github.com/octo/demo.git')
const fork = remote('fork', 'https://github.com/me/demo.git')

describe('of several remotes', () => {
  it('takes the only one on GitHub, and says so', () => {
    expect(chooseRemote([origin, hub], undefined)).toMatchObject({
      name: 'upstream',
      notices: ["the remote 'origin' is a repository on GitLab (gitlab.com), so 'upstream' was checked"],
    })
  })

  it('takes the one that was asked for', () => {
    expect(chooseRemote([origin, hub, fork], 'fork')).toMatchObject({ name: 'fork', remote: { owner: 'me' } })
    expect(chooseRemote([origin, hub], 'origin')).toContain('GitLab')
    expect(chooseRemote([origin, hub], 'nowhere')).toBe(
      "there is no remote 'nowhere'; the remotes are origin, upstream",
    )
  })

  it('asks which, if there is a choice', () => {
    expect(chooseRemote([origin, hub, fork], undefined)).toContain('--remote upstream, --remote fork')
  })

  it('takes origin before others, and names them', () => {
    const own = remote('origin', 'git@github.com-work:me/demo.git')
    expect(chooseRemote([own, hub], undefined)).toMatchObject({
      name: 'origin',
      notices: [
        "'github.com-work' of the remote 'origin' was read as github.com",
        "me/demo ('origin') was checked; --remote upstream checks octo/demo",
      ],
    })
  })

  it('says what to type if there is none', () => {
    expect(chooseRemote([], undefined)).toContain('git remote add origin')
    expect(chooseRemote([origin], undefined)).toContain('--remote NAME')
  })
})
