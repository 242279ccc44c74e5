import { describe, expect, it } from 'vitest'
import { type TestHub, testHub, where } from '../support/hub.ts'
import { commitFiles, git, remoteGit, removeFolder, temporary } from '../support/repository.ts'

const push = (hub: TestHub, token: string, ...args: string[]) =>
  remoteGit(hub.checkout, 'push', hub.gitUrl(token), ...args).catch((error: Error) => error.message)

const tips = async (hub: TestHub) => {
  const listed = await remoteGit(hub.checkout, 'ls-remote', hub.git, 'refs/heads/*', 'refs/tributary/*')
  return Object.fromEntries(listed.split('\n').map((line) => line.split('\t').reverse()))
}

describe('who pushes', () => {
  it('must be known, and may write', async () => {
    const hub = await testHub()
    commitFiles(hub.checkout, { 'a.txt': 'a' })
    expect(await push(hub, 'ghp_wrong', 'main')).toMatch(/Authentication failed/)
    expect(await push(hub, hub.tokens.reader, 'main')).toMatch(/error: 403/)
    expect(await push(hub, hub.job({ contents: 'read' }).token, 'main')).toMatch(/error: 403/)
    expect(await push(hub, hub.job({ contents: 'write' }).token, 'main')).not.toMatch(/error/)
    expect(hub.events).toEqual([])
    commitFiles(hub.checkout, { 'a.txt': 'b' })
    expect(await push(hub, hub.tokens.writer, 'main')).not.toMatch(/error/)
    expect(hub.events).toMatchObject([
      { name: 'push', actor: 'writer', payload: { ref: 'refs/heads/main', created: false } },
    ])
  })

  it('has no more to say once the job is over', async () => {
    const hub = await testHub()
    const { token } = hub.job({ contents: 'write' })
    hub.host.revokeToken(token)
    expect(await push(hub, token, 'main:refs/heads/late')).toMatch(/Authentication failed/)
  })

  it('reads without any token, as deep as wanted', async () => {
    const hub = await testHub()
    const folder = temporary('hub-clone')
    await remoteGit(folder, 'clone', '-q', '--depth=1', '--filter=blob:none', hub.git, 'clone')
    expect(git(`${folder}/clone`, 'log', '--format=%s')).toBe('First')
    removeFolder(folder)
  })
})

describe('a job’s push', () => {
  it('changes no workflow file, on no branch, however it is dressed', async () => {
    const hub = await testHub()
    const { token } = hub.job({ contents: 'write' })
    const before = await tips(hub)
    commitFiles(hub.checkout, { '.github/workflows/evil.yml': 'on: push\n' })
    const refusal =
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/evil.yml` without `workflows` permission'
    expect(await push(hub, token, 'main:refs/heads/new')).toContain(refusal)
    commitFiles(hub.checkout, { 'a.txt': 'innocent' })
    expect(await push(hub, token, 'main')).toContain(refusal)
    git(hub.checkout, 'rm', '-q', '.github/workflows/evil.yml')
    git(hub.checkout, 'commit', '-q', '-m', 'Hide it')
    expect(await push(hub, token, 'main')).toContain(refusal)
    expect(await tips(hub)).toEqual(before)
    expect(await push(hub, hub.tokens.writer, 'main')).not.toContain('refusing')
  })

  it('may bring commits whose workflow files others have changed before', async () => {
    const hub = await testHub()
    const { token } = hub.job({ contents: 'write' })
    const fork = git(hub.checkout, 'rev-parse', 'HEAD')
    commitFiles(hub.checkout, { '.github/workflows/new.yml': 'on: push\n' })
    await push(hub, hub.tokens.writer, 'main')
    git(hub.checkout, 'checkout', '-q', '-b', 'topic', fork)
    commitFiles(hub.checkout, { 'a.txt': 'a' })
    git(hub.checkout, 'merge', '-q', '--no-edit', 'main')
    expect(await push(hub, token, 'topic')).not.toMatch(/refusing|error/)
    expect((await tips(hub))['refs/heads/topic']).toBe(git(hub.checkout, 'rev-parse', 'topic'))
  })

  it('moves several refs at once or none, with a lease on each', async () => {
    const hub = await testHub()
    const { token } = hub.job({ contents: 'write' })
    const first = git(hub.checkout, 'rev-parse', 'HEAD')
    const log = 'refs/tributary/42/log'
    const trunk = 'refs/heads/tributary/42/trunk'
    await push(hub, token, '--atomic', `main:${log}`, `main:${trunk}`)
    commitFiles(hub.checkout, { 'a.txt': 'a' })
    const both = ['--atomic', `main:${log}`, `main:${trunk}`]
    const stale = await push(
      hub,
      token,
      `--force-with-lease=${log}:${'1'.repeat(40)}`,
      `--force-with-lease=${trunk}:${first}`,
      ...both,
    )
    expect(stale).toMatch(/stale info/)
    expect((await tips(hub))[trunk]).toBe(first)
    await push(hub, token, `--force-with-lease=${log}:${first}`, `--force-with-lease=${trunk}:${first}`, ...both)
    const now = git(hub.checkout, 'rev-parse', 'main')
    expect(await tips(hub)).toMatchObject({ [trunk]: now, [log]: now })
  })
})

describe('a remote that refuses custom refs', () => {
  it('takes none outside heads and tags, and tells so', async () => {
    const hub = await testHub({ settings: { refuseCustomRefs: true } })
    const { token } = hub.job({ contents: 'write' })
    expect(await push(hub, token, 'main:refs/tributary/42/log')).toMatch(/deny updating a hidden ref/)
    expect(await push(hub, token, '--atomic', 'main:refs/tributary/42/log', 'main:refs/heads/x')).toMatch(
      /atomic push failed|hidden ref/,
    )
    expect(Object.keys(await tips(hub))).toEqual(['refs/heads/main'])
    expect(await push(hub, token, 'main:refs/heads/tributary/42/log')).not.toMatch(/error/)
    await hub.hub('settings', 'POST', { refuseCustomRefs: false })
    expect(await push(hub, token, 'main:refs/tributary/42/log')).not.toMatch(/error/)
  })
})

describe('what is made to go wrong with a push', () => {
  const words = 'error: GH013: Repository rule violations found for refs/heads/one.'
  const fault = (hub: TestHub, more: object) => hub.hub('faults', 'POST', { kind: 'refuse-ref', words, ...more })

  it('is the refusal of refs by name, so often, in the words given', async () => {
    const hub = await testHub()
    await fault(hub, { ref: '^refs/heads/one$', count: 2 })
    const { token } = hub.job({ contents: 'write' })
    const both = ['main:refs/heads/one', 'main:refs/heads/two']
    const parts = await push(hub, token, ...both)
    expect(parts).toContain(`remote: ${words}`)
    expect(parts).toMatch(/\[remote rejected\] main -> one/)
    expect(Object.keys(await tips(hub))).toEqual(['refs/heads/main', 'refs/heads/two'])
    expect(await push(hub, token, '--atomic', 'main:refs/heads/one', 'main:refs/heads/three')).toContain('rejected')
    expect(await push(hub, token, '--atomic', 'main:refs/heads/one', 'main:refs/heads/three')).not.toContain('rejected')
  })

  it('is the refusal of what they hold, or of the whole push, for which git blames every ref', async () => {
    const hub = await testHub()
    const { token } = hub.job({ contents: 'write' })
    await fault(hub, { ref: '.', contains: 'a pointer', whole: true })
    expect(await push(hub, token, 'main:refs/heads/clean')).not.toContain('rejected')
    commitFiles(hub.checkout, { 'big.bin': 'a pointer\n' })
    const answer = await push(hub, token, 'main:refs/heads/one', 'main~1:refs/heads/two')
    expect(answer.match(/pre-receive hook declined/g)).toHaveLength(2)
  })
})

describe('rules of a ruleset on tributary/**', () => {
  it('refuse what they forbid, by GitHub’s words, on those branches alone', async () => {
    const hub = await testHub({ settings: { branchRules: ['creation', 'non_fast_forward'] } })
    const { token } = hub.job({ contents: 'write' })
    const refused = await push(hub, token, 'main:refs/heads/tributary/1/a')
    expect(refused).toContain('GH013: Repository rule violations found for refs/heads/tributary/1/a.')
    expect(refused).toContain('Cannot create ref due to creations being restricted.')
    expect(await push(hub, token, 'main:refs/heads/other')).not.toContain('rejected')
    await hub.hub('settings', 'POST', { bypass: 'always' })
    expect(await push(hub, token, 'main:refs/heads/tributary/1/a')).not.toContain('rejected')
  })
})

describe('a remote that compares workflow files with the default branch', () => {
  it('refuses a branch that is merely behind, on any ref', async () => {
    const hub = await testHub({ settings: { workflowRule: 'trees' } })
    const { token } = hub.job({ contents: 'write' })
    commitFiles(hub.checkout, { '.github/workflows/new.yml': 'on: push\n' })
    await push(hub, hub.tokens.writer, 'main')
    const old = git(hub.checkout, 'rev-parse', 'HEAD')
    commitFiles(hub.checkout, { '.github/workflows/new.yml': 'on: [push]\n' })
    await push(hub, hub.tokens.writer, 'main')
    for (const ref of ['refs/heads/x', 'refs/tributary/1/attempts/a-1'])
      expect(await push(hub, token, `${old}:${ref}`)).toContain(
        'refusing to allow a GitHub App to create or update workflow',
      )
    expect(await push(hub, token, 'main:refs/heads/x')).not.toContain('rejected')
    await hub.hub('settings', 'POST', { workflowRule: 'commits' })
    expect(await push(hub, token, `${old}:refs/heads/y`)).not.toContain('rejected')
  })
})

describe('pull requests after a push', () => {
  async function withPull() {
    const hub = await testHub()
    git(hub.checkout, 'checkout', '-q', '-b', 'topic')
    const head = commitFiles(hub.checkout, { 'a.txt': 'a' })
    await push(hub, hub.tokens.writer, 'topic')
    await hub.as('writer').pulls.create({ ...where, title: 'Topic', head: 'topic', base: 'main' })
    hub.events.length = 0
    const pull = async () => (await hub.as('reader').pulls.get({ ...where, pull_number: 1 })).data
    const heard = () => hub.events.filter(({ name }) => name === 'pull_request').map(({ payload }) => payload.action)
    return { hub, head, pull, heard, job: hub.job({ contents: 'write' }).token }
  }

  it('have the new head', async () => {
    const { hub, pull, heard, job } = await withPull()
    const second = commitFiles(hub.checkout, { 'a.txt': 'b' })
    await push(hub, job, 'topic')
    expect(await pull()).toMatchObject({ state: 'open', head: { sha: second }, commits: 2 })
    expect(heard()).toEqual([])
    const third = commitFiles(hub.checkout, { 'a.txt': 'c' })
    await push(hub, hub.tokens.writer, 'topic')
    expect(await pull()).toMatchObject({ head: { sha: third } })
    expect(heard()).toEqual(['synchronize'])
  })

  it('are merged once their head is in the base, also when both move in one push', async () => {
    const { hub, pull, heard, job } = await withPull()
    commitFiles(hub.checkout, { 'b.txt': 'b' })
    await push(hub, job, '--atomic', 'topic', 'topic:main')
    expect(await pull()).toMatchObject({
      state: 'closed',
      merged: true,
      merged_by: { login: 'github-actions[bot]' },
      merge_commit_sha: git(hub.checkout, 'rev-parse', 'topic'),
    })
    expect(heard()).toEqual([])
  })

  it('are closed when their branch goes, or goes back', async () => {
    const { hub, pull, heard } = await withPull()
    await push(hub, hub.tokens.writer, ':topic')
    expect(await pull()).toMatchObject({ state: 'closed', merged: false })
    expect(heard()).toEqual(['closed'])
    const again = await withPull()
    await push(again.hub, again.job, '-f', 'main:topic')
    expect(await again.pull()).toMatchObject({ state: 'closed', merged: false })
  })
})
