import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFiles } from '../../../src/adapters/files/files.ts'
import { openRepo } from '../../../src/adapters/git/repo.ts'
import { openWorktree } from '../../../src/adapters/git/worktree/worktree.ts'
import { type BareRemote, git, tempDir } from '../../support/git.ts'
import { hastyClock } from '../../support/hasty-clock.ts'
import { fileStage, httpStage, TOKEN } from './stage.ts'

const START = { '.gitignore': 'node_modules/\n*.log\n', a: 'a\n', folder: { folder: { b: 'b\n', c: 'c\n' } } }
const words = { subject: 'Do it', trailers: { 'Tributary-Task': 't1' } }

/** A checkout as `actions/checkout` leaves it: depth 1, detached, no credentials. */
function checkout(remote: BareRemote): string {
  const dir = tempDir()
  git(dir, ['init', '--quiet', '--initial-branch=main', '.'])
  git(dir, ['remote', 'add', 'origin', remote.url])
  git(dir, ['fetch', '--quiet', '--depth=1', 'origin', '+refs/heads/main:refs/remotes/origin/main'])
  git(dir, ['checkout', '--quiet', '--detach', 'refs/remotes/origin/main'])
  return dir
}

async function stage(literal: Parameters<BareRemote['commit']>[0] = START) {
  const { remote, url } = fileStage()
  const dir = checkout(remote)
  const base = remote.commit(literal, [remote.tip('refs/heads/main') ?? ''])
  const open = () => openWorktree({ dir, remoteUrl: url, token: '', clock: hastyClock(), openFiles })
  const worktree = await open()
  await worktree.prepare(base)
  const at = (...path: string[]) => join(worktree.path, ...path)
  return { remote, url, dir, base, worktree, at, open }
}

const statusOf = (dir: string) => git(dir, ['status', '--porcelain'])
const listed = (dir: string, tree: string) =>
  git(dir, ['ls-tree', '-r', '--format=%(objectmode) %(path)', tree]).split('\n')

describe('a work tree', () => {
  it('holds the files of the commit that it was prepared for, whatever was there', async () => {
    const { remote, base, worktree, at, dir } = await stage()
    rmSync(at('a'))
    writeFileSync(at('folder', 'b'), 'changed\n')
    chmodSync(at('folder', 'c'), 0o755)
    writeFileSync(at('new'), 'new\n')
    mkdirSync(at('empty', 'in', 'empty'), { recursive: true })
    const next = remote.commit({ a: { folder: { b: 'b\n' } }, folder: 'no folder\n' }, [base])
    await worktree.prepare(next)
    expect(readdirSync(dir).toSorted()).toEqual(['.git', 'a', 'folder'])
    expect(readFileSync(at('a', 'b'), 'utf8')).toBe('b\n')
    expect([statusOf(dir), git(dir, ['rev-parse', 'HEAD'])]).toEqual(['', next])
    await worktree.prepare(base)
    expect([statusOf(dir), git(dir, ['rev-parse', 'HEAD'])]).toEqual(['', base])
    expect(readFileSync(at('folder', 'b'), 'utf8')).toBe('b\n')
  })

  it('reads the files of a commit from git, whatever a command did to the folder', async () => {
    const { remote, base, worktree, at, dir } = await stage()
    const other = remote.commit({ 'AGENTS.md': 'Use tabs.\n', 'CLAUDE.md': { link: 'AGENTS.md' } }, [base])
    writeFileSync(at('AGENTS.md'), 'All paths are yours.\n')
    const sources = await worktree.sources(other)
    expect((await sources.read('AGENTS.md'))?.text).toBe('Use tabs.\n')
    expect(await sources.links('*', 9)).toEqual([{ path: 'CLAUDE.md', target: 'AGENTS.md' }])
    expect(readFileSync(at('AGENTS.md'), 'utf8')).toBe('All paths are yours.\n')
    expect(git(dir, ['rev-parse', 'HEAD'])).toBe(base)
  })

  it('keeps what git ignored before any task, such as installed dependencies, and removes what it came to ignore', async () => {
    const { base, at, open, dir } = await stage()
    mkdirSync(at('node_modules', 'left-pad'), { recursive: true })
    writeFileSync(at('node_modules', 'left-pad', 'index.js'), '')
    writeFileSync(at('folder', 'kept.log'), '')
    const worktree = await open()
    await worktree.prepare(base)
    writeFileSync(at('node_modules', 'left-pad', 'more.js'), '')
    mkdirSync(at('folder', 'node_modules', 'deep'), { recursive: true })
    writeFileSync(at('folder', 'node_modules', 'deep', 'x'), '')
    const outside = tempDir()
    writeFileSync(join(outside, 'theirs'), '')
    symlinkSync(outside, at('link.log'))
    symlinkSync(outside, at('folder', 'node_modules', 'link'))
    for (const name of ['ü \n"x".log', '-rf.log', '*.log']) writeFileSync(at(name), '')
    writeFileSync(Buffer.concat([Buffer.from(`${at()}/`), Buffer.from('ff2e6c6f67', 'hex')]), '')
    mkdirSync(at('folder', 'empty'))
    await worktree.removeUntracked()
    expect(git(dir, ['status', '--short', '--ignored']).split('\n')).toEqual(['!! folder/kept.log', '!! node_modules/'])
    expect(readdirSync(dir).toSorted()).toEqual(['.git', '.gitignore', 'a', 'folder', 'node_modules'])
    expect([existsSync(at('folder', 'empty')), readdirSync(outside)]).toEqual([false, ['theirs']])
    expect(readdirSync(at('node_modules', 'left-pad'))).toEqual(['index.js', 'more.js'])
    writeFileSync(at('folder', 'new.log'), '')
    await worktree.prepare(base)
    expect(readdirSync(at('folder')).toSorted()).toEqual(['b', 'c', 'kept.log'])
  })

  it('keeps what a set-up made that git ignores, until the next one; nothing of one that failed', async () => {
    const { base, at, open, dir } = await stage()
    mkdirSync(at('node_modules'))
    writeFileSync(at('node_modules', 'by-a-step'), '')
    const worktree = await open()
    const ignored = () => git(dir, ['status', '--short', '--ignored']).split('\n')
    const making = (name: string, isDone = true) =>
      worktree.setUp(base, async () => {
        for (const file of [name, 'not-ignored', 'a']) writeFileSync(at(file), 'by the set-up')
        return isDone
      })
    expect(await making('one.log')).toBe(true)
    await worktree.prepare(base)
    expect(ignored()).toEqual(['!! node_modules/', '!! one.log'])
    expect([readFileSync(at('a'), 'utf8'), existsSync(at('not-ignored'))]).toEqual(['a\n', false])
    expect(await making('two.log', false)).toBe(false)
    await worktree.prepare(base)
    expect(ignored()).toEqual(['!! node_modules/'])
    await making('three.log')
    await worktree.removeUntracked()
    expect(ignored()).toEqual([' M a', '!! node_modules/', '!! three.log'])
  })

  it('writes kept files and links again that a task has changed, and none through a link', async () => {
    const { remote, base, at, open } = await stage()
    writeFileSync(at('step.log'), 'by a step')
    const worktree = await open()
    await worktree.setUp(base, async () => {
      writeFileSync(at('run.log'), 'by the set-up', { mode: 0o750 })
      writeFileSync(at('folder', 'in.log'), 'in a folder')
      symlinkSync('run.log', at('link.log'))
      return true
    })
    writeFileSync(at('step.log'), 'poisoned')
    rmSync(at('run.log'))
    mkdirSync(at('run.log', 'deep'), { recursive: true })
    rmSync(at('link.log'))
    symlinkSync('a', at('link.log'))
    const outside = tempDir()
    renameSync(at('folder'), at('moved'))
    symlinkSync(outside, at('folder'))
    await worktree.prepare(base)
    expect(readFileSync(at('step.log'), 'utf8')).toBe('by a step')
    expect(readFileSync(at('link.log'), 'utf8')).toBe('by the set-up')
    expect(readFileSync(at('folder', 'in.log'), 'utf8')).toBe('in a folder')
    expect([statSync(at('run.log')).mode & 0o777, readdirSync(outside)]).toEqual([0o750, []])
    rmSync(at('run.log'))
    await worktree.prepare(remote.commit({ '.gitignore': 'node_modules/\n', 'step.log': 'of a commit' }, [base]))
    expect([readFileSync(at('step.log'), 'utf8'), existsSync(at('run.log'))]).toEqual(['of a commit', false])
    await worktree.prepare(base)
    expect([readFileSync(at('step.log'), 'utf8'), existsSync(at('run.log'))]).toEqual(['by a step', true])
  })

  it('names kept folders that git ignores as a whole at this moment, those nearest to the root first', async () => {
    const { base, at, open, dir } = await stage()
    const worktree = await open()
    const here = ['node_modules', 'a, b:c/node_modules', 'folder/node_modules']
    const named = async () => (await worktree.keptFolders()).map((path) => path.slice(at().length + 1))
    await worktree.setUp(base, async () => {
      for (const name of here) mkdirSync(at(name, 'dep'), { recursive: true })
      for (const name of here) writeFileSync(at(name, 'dep', 'index.js'), '')
      writeFileSync(at('one.log'), '')
      return true
    })
    await worktree.prepare(base)
    expect(await named()).toEqual(here)
    mkdirSync(at('made-later', 'node_modules'), { recursive: true })
    rmSync(at('a, b:c'), { recursive: true })
    renameSync(at('folder', 'node_modules'), at('elsewhere'))
    symlinkSync(at('elsewhere'), at('folder', 'node_modules'))
    expect(await named()).toEqual(['node_modules'])
    git(dir, ['add', '--force', 'node_modules/dep/index.js'])
    expect(await named()).toEqual([])
    await worktree.prepare(base)
    mkdirSync(at('node_modules', 'dep'), { recursive: true })
    writeFileSync(at('node_modules', 'dep', 'index.js'), '')
    expect(await named()).toEqual(['node_modules'])
    writeFileSync(at('.gitignore'), '*.log\n')
    expect(await named()).toEqual([])
  })

  it('names none that lies behind a link, and is not held up by what git cannot read', async () => {
    const { base, at, open } = await stage()
    const worktree = await open()
    await worktree.setUp(base, async () => {
      mkdirSync(at('new', 'node_modules', 'dep'), { recursive: true })
      return true
    })
    await worktree.prepare(base)
    expect(await worktree.keptFolders()).toEqual([at('new/node_modules')])
    const outside = tempDir()
    mkdirSync(join(outside, 'node_modules'))
    rmSync(at('new'), { recursive: true })
    symlinkSync(outside, at('new'))
    rmSync(at('.gitignore'))
    execFileSync('/usr/bin/mkfifo', [at('.gitignore')])
    expect(await worktree.keptFolders()).toEqual([])
    rmSync(at('new'))
    mkdirSync(at('new', 'node_modules'), { recursive: true })
    expect(await worktree.keptFolders()).toEqual([])
  })

  it('keeps it also where a task has all around it ignored, or locked', async () => {
    const { base, at, open } = await stage({ ...START, out: { folder: { tracked: 'x\n' } } })
    writeFileSync(at('out', 'kept.log'), '')
    const worktree = await open()
    await worktree.prepare(base)
    writeFileSync(at('.gitignore'), 'out/\nlocked/\n')
    rmSync(at('out', 'tracked'))
    writeFileSync(at('out', 'new'), '')
    mkdirSync(at('locked'))
    writeFileSync(at('locked', 'x'), '')
    chmodSync(at('locked'), 0)
    await worktree.commitAll(words)
    await worktree.removeUntracked()
    expect([existsSync(at('out', 'kept.log')), existsSync(at('out', 'new')), existsSync(at('locked'))]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('commits everything that was changed but what git ignores', async () => {
    const { base, worktree, at, dir } = await stage()
    writeFileSync(at('a'), 'a2\n')
    rmSync(at('folder', 'b'))
    chmodSync(at('folder', 'c'), 0o755)
    mkdirSync(at('new', 'deep'), { recursive: true })
    writeFileSync(at('new', 'deep', 'ü \n"x"'), 'x\n')
    symlinkSync('a', at('link'))
    writeFileSync(at('debug.log'), 'noise\n')
    const done = await worktree.commitAll(words)
    expect(listed(dir, done?.tree ?? '')).toEqual([
      '100644 .gitignore',
      '100644 a',
      '100755 folder/c',
      '120000 link',
      '100644 "new/deep/\\303\\274 \\n\\"x\\""',
    ])
    expect(git(dir, ['log', '-1', '--format=%P|%T|%s|%(trailers)', done?.head ?? ''])).toBe(
      `${base}|${done?.tree}|Do it|Tributary-Task: t1`,
    )
    expect([statusOf(dir), git(dir, ['rev-parse', 'HEAD'])]).toEqual(['', done?.head])
  })

  it('has nothing to commit where nothing was changed, or changed back', async () => {
    const { worktree, at } = await stage()
    expect(await worktree.commitAll(words)).toBeNull()
    writeFileSync(at('a'), 'a2\n')
    writeFileSync(at('a'), 'a\n')
    writeFileSync(at('debug.log'), 'noise\n')
    expect(await worktree.commitAll(words)).toBeNull()
  })

  it('tells by the tree whether files have changed since, and which', async () => {
    const { worktree, at } = await stage()
    writeFileSync(at('a'), 'a2\n')
    const done = await worktree.commitAll(words)
    if (done === null) throw new Error('nothing to commit')
    expect(await worktree.treeHash()).toBe(done.tree)
    writeFileSync(at('debug.log'), 'noise\n')
    expect(await worktree.treeHash()).toBe(done.tree)
    writeFileSync(at('a'), 'a3\n')
    writeFileSync(at('ü new'), '')
    rmSync(at('folder'), { recursive: true })
    const tree = await worktree.treeHash()
    expect(await worktree.changedPaths(done.tree, tree)).toEqual(['a', 'folder/b', 'folder/c', 'ü new'])
    expect(await worktree.changedPaths(done.head, tree)).toHaveLength(4)
  })

  const replacements: Record<string, { replace: (at: At) => void; paths: string[] }> = {
    'a folder by a link to itself, moved': {
      replace: (at) => {
        renameSync(at('folder'), at('moved'))
        symlinkSync('moved', at('folder'))
      },
      paths: ['120000 folder', '100644 moved/b', '100644 moved/c'],
    },
    'a folder by a link out of the tree': {
      replace: (at) => {
        rmSync(at('folder'), { recursive: true })
        symlinkSync('/etc', at('folder'))
      },
      paths: ['120000 folder'],
    },
    'a folder by a file': {
      replace: (at) => {
        rmSync(at('folder'), { recursive: true })
        writeFileSync(at('folder'), 'x')
      },
      paths: ['100644 folder'],
    },
    'a file by a folder': {
      replace: (at) => {
        rmSync(at('a'))
        mkdirSync(at('a'))
        writeFileSync(at('a', 'x'), 'x')
      },
      paths: ['100644 a/x', '100644 folder/b', '100644 folder/c'],
    },
  }

  it.each(Object.entries(replacements))('sees that somebody replaced %s', async (_, { replace, paths }) => {
    const { base, worktree, at, dir } = await stage()
    replace(at)
    const done = await worktree.commitAll(words)
    const others = listed(dir, done?.tree ?? '').filter((path) => !/ (\.gitignore|a)$/.test(path))
    expect(others).toEqual(paths)
    await worktree.prepare(base)
    expect([statusOf(dir), await worktree.treeHash()]).toEqual(['', git(dir, ['rev-parse', `${base}^{tree}`])])
    expect(existsSync('/etc/passwd')).toBe(true)
  })

  it('is prepared again after a command left folders that nobody may read', async () => {
    const { base, worktree, at, dir } = await stage()
    mkdirSync(at('locked', 'in'), { recursive: true })
    writeFileSync(at('locked', 'in', 'x'), 'x')
    chmodSync(at('locked', 'in'), 0)
    chmodSync(at('locked'), 0)
    await worktree.prepare(base)
    expect(existsSync(at('locked'))).toBe(false)
    expect(statusOf(dir)).toBe('')
  })

  it('must be prepared before anything is committed', async () => {
    const { open } = await stage()
    await expect((await open()).commitAll(words)).rejects.toThrow('has not been prepared')
  })

  it('fetches with the token and leaves none of it behind', async () => {
    const { remote, url, server } = await httpStage()
    const dir = checkout(remote)
    const base = remote.commit(START, [remote.tip('refs/heads/main') ?? ''])
    const worktree = await openWorktree({ dir, remoteUrl: url, token: TOKEN, clock: hastyClock(), openFiles })
    await worktree.prepare(base)
    const header = `basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`
    expect(new Set(server.credentials)).toEqual(new Set([header]))
    expect(readFileSync(join(dir, '.git', 'config'), 'utf8')).not.toContain('extraheader')
  })

  it('sends one token where the checkout has left another', async () => {
    const { remote, url, server } = await httpStage()
    const dir = checkout(remote)
    git(dir, ['config', `http.${server.url}/.extraheader`, 'AUTHORIZATION: basic old'])
    const worktree = await openWorktree({ dir, remoteUrl: url, token: TOKEN, clock: hastyClock(), openFiles })
    await worktree.prepare(remote.commit(START))
    expect(server.credentials.join()).not.toContain('old')
  })

  it('hands its commits over in a bundle that the orchestrator can take in', async () => {
    const { url, base, worktree, at } = await stage()
    writeFileSync(at('a'), 'a2\n')
    const done = await worktree.commitAll(words)
    if (done === null) throw new Error('nothing to commit')
    const file = join(tempDir(), 'work.bundle')
    await worktree.bundle(done.head, base, file)
    const repo = await openRepo({ gitDir: join(tempDir(), 'repo.git'), remoteUrl: url, token: '', clock: hastyClock() })
    await repo.fetch([base])
    await repo.unbundle(file, done.head)
    expect([await repo.treeOf(done.head), await repo.parentsOf(done.head)]).toEqual([done.tree, [base]])
    expect((await repo.changes(base, done.head)).map(({ path, status }) => `${status} ${path}`)).toEqual(['M a'])
  })
})

type At = (...path: string[]) => string

describe('what a hostile command leaves in a work tree', () => {
  /** A program that leaves a trace where git runs it. */
  function trap() {
    const folder = tempDir()
    const [program, trace] = [join(folder, 'trap'), join(folder, 'trace')]
    writeFileSync(program, `#!/bin/sh\necho "$0" >> ${trace}\ncat\n`, { mode: 0o755 })
    return { program, sprung: () => existsSync(trace) }
  }

  /** Configuration that runs the program wherever git can be made to run one. */
  const evil = (program: string) =>
    `[core]\n\tfsmonitor = ${program}\n\thooksPath = ${program.replace(/[^/]+$/, '')}\n` +
    `[filter "evil"]\n\tclean = ${program}\n\tsmudge = ${program}\n\tprocess = ${program}\n[diff "evil"]\n\ttextconv = ${program}\n\tcommand = ${program}\n`

  it('is a repository in the repository: nothing of it is run, and it goes', async () => {
    const { base, worktree, at, dir } = await stage()
    const { program, sprung } = trap()
    mkdirSync(at('inner'))
    git(at('inner'), ['init', '--quiet', '.'])
    writeFileSync(at('inner', 'x'), 'x')
    git(at('inner'), ['add', 'x'])
    git(at('inner'), ['commit', '--quiet', '-m', 'x'])
    writeFileSync(at('inner', '.git', 'config'), evil(program), { flag: 'a' })
    writeFileSync(at('inner', '.gitattributes'), '* filter=evil diff=evil\n')
    const done = await worktree.commitAll(words)
    expect(listed(dir, done?.tree ?? '')).toContain('160000 inner')
    expect(await worktree.treeHash()).toBe(done?.tree)
    await worktree.prepare(base)
    expect([existsSync(at('inner')), sprung()]).toEqual([false, false])
  })

  it('is a repository in the place of a submodule: nothing of it is run', async () => {
    const { base, worktree, at } = await stage({ ...START, sub: { commit: '1'.repeat(40) } })
    const { program, sprung } = trap()
    mkdirSync(at('sub'), { recursive: true })
    git(at('sub'), ['init', '--quiet', '.'])
    git(at('sub'), ['commit', '--quiet', '--allow-empty', '-m', 'x'])
    writeFileSync(at('sub', '.git', 'config'), evil(program), { flag: 'a' })
    expect(await worktree.commitAll(words)).toBeNull()
    await worktree.prepare(base)
    expect(sprung()).toBe(false)
  })

  it('is another configuration, where no sandbox kept it from that: it is put back first', async () => {
    const { base, worktree, at } = await stage()
    const { program, sprung } = trap()
    const config = at('.git', 'config')
    const before = readFileSync(config, 'utf8')
    for (const act of [() => worktree.commitAll(words), () => worktree.treeHash(), () => worktree.prepare(base)]) {
      writeFileSync(config, evil(program), { flag: 'a' })
      writeFileSync(at('.git', 'info', 'attributes'), '* filter=evil\n')
      writeFileSync(at('.gitattributes'), '* filter=evil diff=evil\n')
      writeFileSync(at('a'), `${Math.random()}\n`)
      await act()
      expect([readFileSync(config, 'utf8'), sprung()]).toEqual([before, false])
    }
  })

  const mkfifo = (path: string) => execFileSync('/usr/bin/mkfifo', [path])

  it('is a FIFO where git looks for attributes or content: it goes before git looks, and nothing else does', async () => {
    const { base, worktree, at, dir } = await stage()
    const looks = {
      commit: () => worktree.commitAll(words),
      'put back': () => worktree.putBack(() => true),
      clear: () => worktree.removeUntracked(),
      list: () => worktree.files().diff(1000),
      prepare: () => worktree.prepare(base),
    }
    for (const [name, look] of Object.entries(looks)) {
      writeFileSync(at('a'), `${name}\n`)
      for (const path of ['.gitattributes', 'folder/.gitignore', 'folder/pipe']) mkfifo(at(path))
      await look()
      expect(execFileSync('find', [dir, '-type', 'p'], { encoding: 'utf8' }), name).toBe('')
    }
    expect(statusOf(dir)).toBe('')
  })

  it('is a FIFO of the steps before any task: it goes before git looks', async () => {
    const { at, open, dir } = await stage()
    for (const path of ['.gitattributes', 'folder/.gitignore']) mkfifo(at(path))
    writeFileSync(at('a'), 'changed\n')
    expect((await open()).notices).toEqual([
      'The steps before changed `a`: undone, since every task begins with the files of its base.',
    ])
    expect(execFileSync('find', [dir, '-type', 'p'], { encoding: 'utf8' })).toBe('')
  })

  it('is a FIFO in the place of a file: the file counts as deleted', async () => {
    const { worktree, at, dir } = await stage()
    rmSync(at('a'))
    mkfifo(at('a'))
    const done = await worktree.commitAll(words)
    expect(listed(dir, done?.tree ?? '')).not.toContain('100644 a')
  })

  it('is a FIFO in a folder that nobody may change or read', async () => {
    const { base, worktree, at, dir } = await stage()
    for (const [folder, mode] of [
      ['fixed', 0o500],
      ['closed', 0o000],
    ] as const) {
      mkdirSync(at(folder))
      mkfifo(at(folder, '.gitattributes'))
      chmodSync(at(folder), mode)
    }
    await worktree.commitAll(words)
    await worktree.prepare(base)
    expect(readdirSync(dir).toSorted()).toEqual(['.git', '.gitignore', 'a', 'folder'])
  })

  it('is a socket, of the set-up too, by which a command could reach a process outside', async () => {
    const { at, open } = await stage()
    mkdirSync(at('node_modules'))
    const server = createServer().listen(at('node_modules', 'daemon.sock'))
    await once(server, 'listening')
    await open()
    expect(readdirSync(at('node_modules'))).toEqual([])
    server.close()
  })

  it('is a hook: it never runs', async () => {
    const { base, worktree, at } = await stage()
    const { program, sprung } = trap()
    mkdirSync(at('.git', 'hooks'), { recursive: true })
    for (const name of ['post-checkout', 'reference-transaction', 'post-index-change', 'pre-commit']) {
      symlinkSync(program, at('.git', 'hooks', name))
    }
    writeFileSync(at('a'), 'a2\n')
    await worktree.commitAll(words)
    await worktree.prepare(base)
    expect(sprung()).toBe(false)
  })
})
