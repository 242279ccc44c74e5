import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openRepo } from '../../../src/adapters/git/repo.ts'
import { sourcesContract, type Texts } from '../../contract/sources.contract.ts'
import { type BareRemote, git, line, tempDir } from '../../support/git.ts'
import { hastyClock } from '../../support/hasty-clock.ts'
import { nested } from '../../support/nested.ts'
import { fileStage, TOKEN } from './stage.ts'

const repoAt = (remoteUrl: string, gitDir = join(tempDir(), 'repo.git')) =>
  openRepo({ gitDir, remoteUrl, token: TOKEN, clock: hastyClock() })

async function sourcesOf(literal: Parameters<BareRemote['commit']>[0]) {
  const { remote, url } = fileStage()
  const repo = await repoAt(url)
  const sha = remote.commit(literal)
  await repo.fetch([sha])
  return repo.sources(sha)
}

sourcesContract('a commit', (texts: Texts) => sourcesOf(nested(texts)))

describe('the files of a commit', () => {
  it('are plain files: no link, submodule or folder can be read or listed', async () => {
    const sources = await sourcesOf({
      a: 'x\n',
      link: { link: 'a' },
      out: { link: '/etc/hostname' },
      sub: { commit: '1'.repeat(40) },
      program: { program: '#!/bin/sh\n' },
      folder: { folder: { b: 'x\n' } },
    })
    for (const path of ['link', 'out', 'sub', 'folder', 'link/b', 'sub/x']) expect(await sources.read(path)).toBeNull()
    expect(await sources.read('program')).toEqual({ text: '#!/bin/sh\n', binary: false, bytes: 10 })
    expect(await sources.list('**', 9)).toEqual({ paths: ['a', 'folder/b', 'program'], more: false })
    const found = await sources.search('etc', { literal: true, glob: null, most: 9 })
    expect(found).toEqual({ ok: true, lines: [], more: false })
  })

  it('are the tree together with links and submodules', async () => {
    const sources = await sourcesOf({
      a: 'x\n',
      link: { link: 'a' },
      sub: { commit: '1'.repeat(40) },
      folder: { folder: { b: 'x\n' } },
    })
    expect(await sources.tree(9)).toEqual({ paths: ['a', 'folder/b', 'link', 'sub'], more: false })
    expect(await sources.tree(3)).toEqual({ paths: ['a', 'folder/b', 'link'], more: true })
  })

  it('have links beside them, told with what they hold and never followed', async () => {
    const sources = await sourcesOf({
      a: 'x\n',
      'AGENTS.md': { link: 'docs/agents.md' },
      folder: { folder: { 'AGENTS.md': { link: '/etc/passwd' }, long: { link: 'x'.repeat(5000) } } },
    })
    expect(await sources.links('**/AGENTS.md', 9)).toEqual([
      { path: 'AGENTS.md', target: 'docs/agents.md' },
      { path: 'folder/AGENTS.md', target: '/etc/passwd' },
    ])
    expect(await sources.links('**', 1)).toHaveLength(1)
    expect(await sources.links('folder/long', 9)).toEqual([])
  })

  it('are read up to a mebibyte, without half a character', async () => {
    const sources = await sourcesOf({
      huge: `${'x'.repeat(1024 * 1024 - 1)}€ more\n`,
      binary: `\0${'x'.repeat(2_000_000)}`,
    })
    const huge = await sources.read('huge')
    expect([huge?.text.length, huge?.bytes, huge?.binary]).toEqual([1024 * 1024 - 1, 1024 * 1024 + 8, false])
    expect(await sources.read('binary')).toEqual({ text: '', binary: true, bytes: 2_000_001 })
  })

  it('are found under odd names, which mean nothing else to git', async () => {
    const names = ['-x', '--all', ':(exclude)a', 'a*', '[a]', 'new\nline', 'tab\t', '"q"', 'HEAD', '%s', 'ü']
    const sources = await sourcesOf(Object.fromEntries(names.map((name) => [name, 'in it\n'])))
    for (const name of names) expect([name, (await sources.read(name))?.bytes]).not.toEqual([name, undefined])
    const found = await sources.search('in', { literal: true, glob: null, most: 50 })
    expect(found.ok && found.lines.map(({ path }) => path).toSorted()).toEqual(names.toSorted())
    const one = await sources.search('in', { literal: true, glob: '[a]', most: 50 })
    expect(one.ok && one.lines.map(({ path }) => path)).toEqual(['[a]'])
  })

  it('give a very long line its beginning only, and flood nobody', async () => {
    const sources = await sourcesOf({ long: `${'x'.repeat(9_000_000)}needle\n`, short: 'needle\n' })
    const found = await sources.search('needle', { literal: true, glob: 'short', most: 5 })
    expect(found).toEqual({ ok: true, lines: [{ path: 'short', line: 1, text: 'needle' }], more: false })
    expect(await sources.search('needle', { literal: true, glob: null, most: 5 })).toMatchObject({
      ok: true,
      more: true,
    })
  })

  it('must be here', async () => {
    const { url } = fileStage()
    const repo = await repoAt(url)
    const sources = repo.sources('1'.repeat(40))
    await expect(sources.read('a')).rejects.toThrow('git ls-tree failed')
    await expect(sources.list('**', 9)).rejects.toThrow('git ls-tree failed')
    expect(await sources.log(null, 9)).toEqual([])
    expect(() => repo.sources('HEAD')).toThrow('full commit id')
  })
})

describe('the log of a commit', () => {
  async function grown(older: number) {
    const { remote, url } = fileStage()
    const history = line(remote, older)
    const changed = remote.commit({ 'count.txt': `${older}\n`, a: '1\n' }, history.slice(-1), 'Add a')
    const head = remote.commit({ 'count.txt': `${older}\n`, a: '2\n' }, [changed], 'Change a\n\nBecause.')
    remote.point('refs/heads/main', head)
    const gitDir = join(tempDir(), 'repo.git')
    const repo = await repoAt(url, gitDir)
    await repo.fetch([head])
    return { remote, url, repo, gitDir, head, history }
  }

  it('is fetched when it is asked for, newest first, of all or of a path', async () => {
    const { repo, head } = await grown(5)
    const sources = repo.sources(head)
    const subjects = async (path: string | null, most: number) =>
      (await sources.log(path, most)).map((told) => told.replace(/^[0-9a-f]{7,} /, ''))
    expect(await subjects(null, 3)).toEqual(['Change a', 'Add a', 'Commit 5'])
    expect(await subjects('a', 9)).toEqual(['Change a', 'Add a'])
    expect(await subjects('count.txt', 2)).toEqual(['Commit 5', 'Commit 4'])
    for (const path of ['none', '', '..', '/etc', ':(top)a', '--all', '*']) {
      expect([path, await subjects(path, 9)]).toEqual([path, []])
    }
  })

  it('leaves the history from which merges are made as it was', async () => {
    const { repo, gitDir, head, history } = await grown(5)
    await repo.sources(head).log(null, 9)
    await expect(repo.treeOf(history.at(-1) ?? '')).rejects.toThrow('is not here')
    expect(git(gitDir, ['rev-list', '--count', head])).toBe('1')
  })

  it('does not say of the oldest commit that it knows that this made every file', async () => {
    const { repo, head } = await grown(230)
    const sources = repo.sources(head)
    const all = await sources.log('count.txt', 500)
    expect(all).toHaveLength(197)
    expect(all.at(-1)).toMatch(/ Commit 34$/)
    expect(await sources.log(null, 500)).toHaveLength(200)
  })

  it('tells how many of the newest commits changed each path', async () => {
    const { repo, head } = await grown(5)
    expect(await repo.sources(head).changedLately()).toEqual(
      new Map([
        ['a', 2],
        ['count.txt', 5],
      ]),
    )
    const { repo: large, head: last } = await grown(230)
    expect(await large.sources(last).changedLately()).toEqual(
      new Map([
        ['a', 2],
        ['count.txt', 98],
      ]),
    )
  })

  it('brings no file along', async () => {
    const { repo, gitDir, head } = await grown(5)
    await repo.sources(head).log('a', 9)
    const types = git(join(gitDir, 'code-history'), ['cat-file', '--batch-check=%(objecttype)', '--batch-all-objects'])
    expect(new Set(types.split('\n'))).toEqual(new Set(['commit', 'tree']))
  })

  it('is empty where the remote is gone, and all else goes on', async () => {
    const { remote, repo, head } = await grown(5)
    rmSync(remote.dir, { recursive: true })
    const sources = repo.sources(head)
    expect(await sources.log(null, 9)).toEqual([])
    expect(await sources.changedLately()).toEqual(new Map())
    expect((await sources.read('a'))?.text).toBe('2\n')
  })
})
