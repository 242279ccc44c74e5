import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Files } from '../../../src/ports/sources.ts'
import { git, tempDir } from '../../support/git.ts'
import { treeStage } from './stage.ts'

const START = {
  '.gitignore': 'node_modules/\n*.log\n',
  a: 'needle\n',
  folder: { folder: { b: 'needle\n' } },
  link: { link: 'a' },
  'kept.log': 'needle\n',
  sub: { commit: '1'.repeat(40) },
}

const needles = async (files: Files, glob: string | null = null) => {
  const found = await files.search('needle', { literal: true, glob, most: 50 })
  if (!found.ok) throw new Error(found.why)
  return found.lines.map(({ path, line }) => `${path}:${line}`)
}

describe('the files of a work tree', () => {
  it('are those that git tracks or would, and nothing that it ignores', async () => {
    const { dir, files } = await treeStage(START)
    const at = (...path: string[]) => join(dir, ...path)
    mkdirSync(at('node_modules', 'dep'), { recursive: true })
    writeFileSync(at('node_modules', 'dep', 'index.js'), 'needle\n')
    writeFileSync(at('debug.log'), 'needle\n')
    writeFileSync(at('new'), 'no\nneedle\n')
    rmSync(at('a'))
    expect((await files.list('**', 50)).paths).toEqual(['.gitignore', 'folder/b', 'kept.log', 'new'])
    expect(await needles(files)).toEqual(['folder/b:1', 'kept.log:1', 'new:2'])
  })

  it('are not changed, nor made, where git would leave them out of every commit', async () => {
    const { dir, files } = await treeStage(START)
    const at = (...path: string[]) => join(dir, ...path)
    writeFileSync(at('debug.log'), 'old\n')
    const ignored = { ok: false, why: 'ignored', detail: '' }
    expect(await files.replace('debug.log', [{ old: 'old', by: 'new' }])).toEqual(ignored)
    expect(await files.write('folder/node_modules/ü "x"', 'x')).toEqual(ignored)
    expect(await files.write('src/.gitignore', 'gen.txt\n')).toEqual({ ok: true })
    expect(await files.write('src/gen.txt', '42\n')).toEqual(ignored)
    expect([readFileSync(at('debug.log'), 'utf8'), existsSync(at('folder/node_modules'))]).toEqual(['old\n', false])
    expect(existsSync(at('src/gen.txt'))).toBe(false)
    expect(await files.replace('kept.log', [{ old: 'needle', by: 'new' }]), 'git has it all the same').toEqual({
      ok: true,
    })
    expect(await files.write('../out', 'x')).toMatchObject({ why: 'outside-the-folder' })
    expect(await files.write('link/x', 'x')).toMatchObject({ why: 'symlink' })
  })

  it('are none of a repository inside this one, nor of git itself', async () => {
    const { dir, files } = await treeStage(START)
    mkdirSync(join(dir, 'inner'))
    git(join(dir, 'inner'), ['init', '--quiet', '.'])
    writeFileSync(join(dir, 'inner', 'x'), 'needle\n')
    writeFileSync(join(dir, '.git', 'info', 'needle'), 'needle\n')
    expect((await files.list('**', 50)).paths).toEqual(['.gitignore', 'a', 'folder/b', 'kept.log'])
    expect(await needles(files)).toEqual(['a:1', 'folder/b:1', 'kept.log:1'])
    expect(await needles(files, '.git/**')).toEqual([])
    expect(await files.read('.git/info/needle')).toBeNull()
  })

  it('are not those behind a link that took the place of a folder', async () => {
    const { dir, files } = await treeStage(START)
    const outside = tempDir()
    writeFileSync(join(outside, 'b'), 'a needle outside\n')
    writeFileSync(join(outside, 'c'), 'a needle outside\n')
    renameSync(join(dir, 'folder'), join(dir, 'moved'))
    symlinkSync(outside, join(dir, 'folder'))
    symlinkSync(join(outside, 'c'), join(dir, 'c'))
    expect((await files.list('**', 50)).paths).toEqual(['.gitignore', 'a', 'kept.log', 'moved/b'])
    expect(await needles(files)).toEqual(['a:1', 'kept.log:1', 'moved/b:1'])
  })

  it('hide nothing by attributes that call a text binary', async () => {
    const { dir, files } = await treeStage(START)
    writeFileSync(join(dir, '.gitattributes'), '* binary -diff\n')
    expect(await needles(files)).toEqual(['a:1', 'folder/b:1', 'kept.log:1'])
  })

  it('are searched as they are now, line by line, with odd lines and endings', async () => {
    const { dir, files } = await treeStage(START)
    const texts = {
      one: 'needle',
      two: '\n\r\nneedle\r\n',
      three: '',
      four: `${'x'.repeat(9000)}\0\nneedle\n`,
      five: 'needle\0',
    }
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(dir, name), text)
    writeFileSync(join(dir, 'six'), Buffer.from('caf\xe9\nneedle \xe9\n', 'latin1'))
    expect(await needles(files, '{one,two,three,four,five,six}')).toEqual(['four:2', 'one:1', 'six:2', 'two:3'])
  })

  it('stop a search after a number of lines, over many files', async () => {
    const { dir, files } = await treeStage(START)
    for (let index = 100; index < 400; index += 1) writeFileSync(join(dir, `n${index}`), 'needle\n')
    const found = await files.search('needle', { literal: false, glob: 'n*', most: 5 })
    expect(found).toMatchObject({ ok: true, more: true })
    expect(found.ok && found.lines.map(({ path }) => path)).toEqual(['n100', 'n101', 'n102', 'n103', 'n104'])
  })
})

describe('the diff of a work tree', () => {
  it('is empty at first, and shows what came, changed and went', async () => {
    const { dir, files } = await treeStage(START)
    expect(await files.diff(1000)).toBe('')
    writeFileSync(join(dir, 'ü'), 'new\n')
    writeFileSync(join(dir, 'a'), 'thread\n')
    rmSync(join(dir, 'folder'), { recursive: true })
    writeFileSync(join(dir, 'debug.log'), 'noise\n')
    const diff = await files.diff(10_000)
    for (const line of ['-needle', '+thread', '+new', 'diff --git a/ü b/ü', 'deleted file mode 100644']) {
      expect(diff.split('\n')).toContain(line)
    }
    expect(diff).not.toContain('noise')
  })

  it('is that against the commit that was prepared, whatever was committed since', async () => {
    const { dir, worktree, base, files } = await treeStage(START)
    writeFileSync(join(dir, 'a'), 'thread\n')
    await worktree.commitAll({ subject: 'Do it' })
    expect(await files.diff(10_000)).toContain('+thread')
    await worktree.prepare(base)
    expect(await files.diff(10_000)).toBe('')
  })

  it.each([0, 10, 100, 1000, 20_000])('has at most %i characters, from both ends', async (most) => {
    const { dir, files } = await treeStage(START)
    writeFileSync(join(dir, 'z'), Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join(''))
    const diff = await files.diff(most)
    expect(diff.length).toBeLessThanOrEqual(most)
    if (most < 1000) return
    expect(diff).toMatch(/^diff --git a\/z b\/z\n[\s\S]*characters left out[\s\S]*\+line 19999\n$/)
  })

  it('leaves the work tree as it was', async () => {
    const { dir, worktree, files } = await treeStage(START)
    writeFileSync(join(dir, 'a'), 'thread\n')
    const before = await worktree.treeHash()
    await files.diff(1000)
    expect([await worktree.treeHash(), readFileSync(join(dir, 'a'), 'utf8')]).toEqual([before, 'thread\n'])
  })
})

describe('the work of an attempt that was interrupted', () => {
  const ATTEMPT = 'refs/tributary/42/attempts/t3-1'

  it('comes back onto a start commit of its own, also what it deleted, and is handed over as one commit', async () => {
    const { remote, dir, base, worktree } = await treeStage(START)
    const [first, second] = [remote.commit(START, [base], 'start 1'), remote.commit(START, [base], 'start 2')]
    const { a: _gone, ...rest } = START
    const head = remote.commit({ ...rest, new: 'made\n' }, [first], 'attempt 1')
    remote.point(ATTEMPT, head)
    remote.point('refs/heads/t3', second)
    await worktree.prepare(second)
    expect(await worktree.resume(ATTEMPT, head)).toBe(true)
    expect([existsSync(join(dir, 'a')), readFileSync(join(dir, 'new'), 'utf8')]).toEqual([false, 'made\n'])
    const committed = await worktree.commitAll({ subject: 'Both' })
    expect(await worktree.changedPaths(second, committed?.head ?? '')).toEqual(['a', 'new'])
  })

  it('stays away if the files that it started from have changed, or if it is gone', async () => {
    const { remote, dir, base, worktree } = await treeStage(START)
    const head = remote.commit({ ...START, new: 'made\n' }, [base], 'attempt 1')
    const moved = remote.commit({ ...START, a: 'thread\n' }, [base], 'start 2')
    remote.point(ATTEMPT, head)
    remote.point('refs/heads/t3', moved)
    await worktree.prepare(moved)
    expect(await worktree.resume(ATTEMPT, head)).toBe(false)
    expect(await worktree.resume(ATTEMPT, '2'.repeat(40))).toBe(false)
    expect([existsSync(join(dir, 'new')), readFileSync(join(dir, 'a'), 'utf8')]).toEqual([false, 'thread\n'])
  })
})

describe('the diff of another commit', () => {
  const ATTEMPT = 'refs/tributary/42/attempts/t3-1'

  it('is that against its first parent, fetched by the ref', async () => {
    const { remote, base, worktree } = await treeStage(START)
    const start = remote.commit(START, [base], 'start')
    const head = remote.commit({ ...START, a: 'thread\n' }, [start], 'attempt')
    remote.point(ATTEMPT, head)
    const diff = await worktree.diffOf(ATTEMPT, head, 10_000)
    expect(diff?.split('\n')).toEqual(expect.arrayContaining(['-needle', '+thread']))
    expect((await worktree.diffOf(ATTEMPT, head, 90))?.length).toBeLessThanOrEqual(90)
  })

  it('is that of a merge against what it was merged into', async () => {
    const { remote, base, worktree } = await treeStage(START)
    const [one, other] = [
      remote.commit({ ...START, one: '1\n' }, [base]),
      remote.commit({ ...START, other: '2\n' }, [base]),
    ]
    const merged = remote.commit({ ...START, one: '1\n', other: '2\n' }, [one, other])
    remote.point('refs/heads/trunk', merged)
    const diff = await worktree.diffOf('refs/heads/trunk', merged, 10_000)
    expect(diff).toContain('+2')
    expect(diff).not.toContain('+1\n')
  })

  it('is that of the commit that was asked for, when the ref has moved on', async () => {
    const { remote, base, worktree } = await treeStage(START)
    const head = remote.commit({ ...START, a: 'thread\n' }, [base])
    remote.point(ATTEMPT, remote.commit({ ...START, a: 'yarn\n' }, [head]))
    expect(await worktree.diffOf(ATTEMPT, head, 10_000)).toContain('+thread')
  })

  it('cannot be had of a commit that is gone, or has no parent', async () => {
    const { remote, worktree } = await treeStage(START)
    const root = remote.commit({ a: 'alone\n' })
    remote.point(ATTEMPT, root)
    expect(await worktree.diffOf(ATTEMPT, root, 1000)).toBeNull()
    expect(await worktree.diffOf(ATTEMPT, '2'.repeat(40), 1000)).toBeNull()
    expect(await worktree.diffOf('refs/heads/none', '2'.repeat(40), 1000)).toBeNull()
    await expect(worktree.diffOf('--upload-pack=x', root, 1000)).rejects.toThrow('no ref')
    await expect(worktree.diffOf(ATTEMPT, 'HEAD', 1000)).rejects.toThrow('full commit id')
  })

  it('changes nothing for the work that goes on', async () => {
    const { remote, dir, base, worktree } = await treeStage(START)
    const head = remote.commit({ ...START, a: 'thread\n' }, [base])
    remote.point(ATTEMPT, head)
    writeFileSync(join(dir, 'a'), 'yarn\n')
    await worktree.diffOf(ATTEMPT, head, 1000)
    const done = await worktree.commitAll({ subject: 'Do it' })
    const file = join(tempDir(), 'work.bundle')
    await worktree.bundle(done?.head ?? '', base, file)
    expect(git(dir, ['bundle', 'list-heads', file])).toContain(done?.head)
    expect(git(dir, ['rev-parse', `${done?.head}^`])).toBe(base)
  })

  it('runs nothing that a task named for diffs', async () => {
    const { remote, dir, base, worktree, files } = await treeStage(START)
    const trace = join(tempDir(), 'trace')
    const program = join(tempDir(), 'trap')
    writeFileSync(program, `#!/bin/sh\ntouch ${trace}\n`, { mode: 0o755 })
    writeFileSync(
      join(dir, '.git', 'config'),
      `[diff "evil"]\n\ttextconv = ${program}\n\tcommand = ${program}\n[core]\n\tfsmonitor = ${program}\n`,
      { flag: 'a' },
    )
    writeFileSync(join(dir, '.gitattributes'), '* diff=evil\n')
    const head = remote.commit({ ...START, a: 'thread\n' }, [base])
    for (const act of [
      () => files.diff(1000),
      () => files.list('**', 5),
      () => files.search('needle', { literal: true, glob: null, most: 5 }),
      () => worktree.diffOf(ATTEMPT, head, 1000),
    ]) {
      await act()
      expect(() => readFileSync(trace)).toThrow('ENOENT')
    }
  })
})
