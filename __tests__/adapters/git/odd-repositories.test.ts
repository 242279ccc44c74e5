import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFiles } from '../../../src/adapters/files/files.ts'
import { openRepo } from '../../../src/adapters/git/repo.ts'
import { openWorktree } from '../../../src/adapters/git/worktree/worktree.ts'
import { type BareRemote, git, type TreeLiteral, tempDir } from '../../support/git.ts'
import { hastyClock } from '../../support/hasty-clock.ts'
import { fileStage } from './stage.ts'

const words = { subject: 'Do it', trailers: {} }

interface Odd {
  /** What a step of the workflow did in the checkout before the slot began. */
  setUp?: (dir: string, remote: BareRemote) => void
  /** Options of the clone that the checkout is. */
  clone?: string[]
}

/** A slot on a checkout of these files. */
async function slotOn(literal: TreeLiteral, { setUp = () => {}, clone = [] }: Odd = {}) {
  const { remote, url } = fileStage()
  const base = remote.commit(literal, [remote.tip('refs/heads/main') ?? ''])
  remote.point('refs/heads/main', base)
  const dir = join(tempDir(), 'checkout')
  git(tempDir(), ['clone', '--quiet', '--depth=1', ...clone, url, dir])
  setUp(dir, remote)
  const open = () => openWorktree({ dir, remoteUrl: url, token: '', clock: hastyClock(), openFiles })
  const worktree = await open()
  await worktree.prepare(base)
  const repo = await openRepo({ gitDir: join(tempDir(), 'run.git'), remoteUrl: url, token: '', clock: hastyClock() })
  await repo.fetch([base])
  const at = (...path: string[]) => join(worktree.path, ...path)
  /** What the orchestrator sees of the work: path and letter of each change. */
  const handedOver = async () => {
    const commit = await worktree.commitAll(words)
    if (commit === null) return []
    const bundle = join(tempDir(), 'work.bundle')
    await worktree.bundle(commit.head, base, bundle)
    await repo.unbundle(bundle, commit.head)
    return (await repo.changes(base, commit.head)).map(({ status, path }) => `${status} ${path}`)
  }
  return { remote, url, base, dir, open, worktree, repo, at, handedOver }
}

/** As a file is whose change git cannot tell from its time stamp. */
const touch = (path: string) => utimesSync(path, new Date(0), new Date(0))

describe('files that git would store in another way than the base does', () => {
  const ODD = {
    '.gitattributes': '*.bat text eol=crlf\n*.id ident\n*.mixed text eol=crlf\n',
    'stored.bat': 'echo 1\r\necho 2\r\n',
    'right.bat': 'echo 1\necho 2\n',
    'a.id': '$Id: stored with its value $\n',
    'a.mixed': 'one\r\ntwo\n',
    'a.txt': 'a\n',
  }

  it('are not changes of a task that did not touch them, or wrote the same bytes again', async () => {
    const { at, handedOver } = await slotOn(ODD)
    for (const name of Object.keys(ODD)) touch(at(name))
    writeFileSync(at('stored.bat'), readFileSync(at('stored.bat')))
    expect(await handedOver()).toEqual([])
    writeFileSync(at('a.txt'), 'b\n')
    expect(await handedOver()).toEqual(['M a.txt'])
  })

  it('are changes where the task wrote something else, and git stores them as its attributes say', async () => {
    const { at, worktree, handedOver, dir } = await slotOn(ODD)
    writeFileSync(at('stored.bat'), 'echo 1\r\necho 3\r\n')
    writeFileSync(at('right.bat'), 'echo 3\r\n')
    expect(await handedOver()).toEqual(['M right.bat', 'M stored.bat'])
    const { head } = (await worktree.commitAll(words)) ?? { head: '' }
    expect(git(dir, ['cat-file', 'blob', `${head}:stored.bat`])).toBe('echo 1\necho 3')
    writeFileSync(at('stored.bat'), ODD['stored.bat'])
    expect(await handedOver()).toEqual(['M right.bat'])
  })

  it('keep their bytes where a task changes only the attributes', async () => {
    const { at, handedOver } = await slotOn({ 'a.txt': 'a\r\n', 'b.txt': 'b\n' })
    writeFileSync(at('.gitattributes'), '* text\n')
    touch(at('a.txt'))
    expect(await handedOver()).toEqual(['A .gitattributes'])
  })
})

const bytes = (dir: string, name: string) => Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(name, 'latin1')])

describe('names that are not UTF-8', () => {
  it('are handed over, whether new, changed or deleted', async () => {
    const { dir, at, worktree, handedOver, open, base } = await slotOn({ 'a.txt': 'a\n' })
    writeFileSync(bytes(at(), 'caf\xe9.txt'), 'x\n')
    writeFileSync(at('café.txt'), 'x\n')
    expect(await handedOver()).toEqual(['A café.txt', String.raw`A caf\351.txt`])
    expect(git(dir, ['ls-tree', '-r', '--name-only', 'HEAD']).split('\n')).toContain(String.raw`"caf\351.txt"`)
    expect(await worktree.putBack((path) => path !== String.raw`caf\351.txt`)).toEqual([String.raw`caf\351.txt`])
    expect(readdirSync(dir, { encoding: 'buffer' }).map((name) => name.toString('latin1'))).not.toContain('caf\xe9.txt')
    await (await open()).prepare(base)
    expect(readdirSync(dir).toSorted()).toEqual(['.git', 'a.txt'])
  })
})

describe('what the set-up step made and git does not ignore', () => {
  it('stays for every task, and is part of no commit', async () => {
    const { at, worktree, base, handedOver } = await slotOn(
      { 'a.txt': 'a\n' },
      {
        setUp: (dir) => {
          mkdirSync(join(dir, '.venv', 'bin'), { recursive: true })
          writeFileSync(join(dir, '.venv', 'bin', 'python'), '')
          for (const name of ['#odd !*name ', 'a[1].cfg', '!x']) writeFileSync(join(dir, name), '')
        },
      },
    )
    writeFileSync(at('b.txt'), 'b\n')
    writeFileSync(at('.venv', 'more'), '')
    expect(await handedOver()).toEqual(['A b.txt'])
    await worktree.removeUntracked()
    await worktree.prepare(base)
    expect(readdirSync(at()).toSorted()).toEqual(['!x', '#odd !*name ', '.git', '.venv', 'a.txt', 'a[1].cfg'])
    expect(readdirSync(at('.venv')).toSorted()).toEqual(['bin', 'more'])
    expect(worktree.notices.join('\n')).toMatch(/`\.venv\/`.*kept.*no commit/)
  })

  it('what it changed in files of the repository is undone, and that is said', async () => {
    const { at, worktree } = await slotOn(
      { 'a.txt': 'a\n', 'b.bat': 'b\r\n', '.gitattributes': '*.bat text\n' },
      { setUp: (dir) => writeFileSync(join(dir, 'a.txt'), 'changed\n') },
    )
    expect(readFileSync(at('a.txt'), 'utf8')).toBe('a\n')
    expect(worktree.notices).toEqual([expect.stringMatching(/changed `a\.txt`.*undone/)])
  })
})

it('lock files of a git that was killed do not stop a slot', async () => {
  const { worktree, base, dir, at } = await slotOn(
    { 'a.txt': 'a\n' },
    {
      setUp: (dir) => {
        for (const name of ['index.lock', 'HEAD.lock', 'shallow.lock', 'packed-refs.lock', 'config.lock'])
          writeFileSync(join(dir, '.git', name), '')
        mkdirSync(join(dir, '.git/refs/tributary'), { recursive: true })
        for (const name of ['slot.lock', 'hand-over.lock']) writeFileSync(join(dir, '.git/refs/tributary', name), '')
      },
    },
  )
  writeFileSync(at('a.txt'), 'b\n')
  const commit = await worktree.commitAll(words)
  await worktree.bundle(commit?.head ?? '', base, join(tempDir(), 'b'))
  expect(git(dir, ['rev-parse', 'HEAD'])).toBe(commit?.head)
  rmSync(at('a.txt'))
  expect(existsSync(join(dir, '.git/index.lock'))).toBe(false)
})

/** As tools of long ago wrote it: the mode of a folder with a zero before it, a time zone that is none, no space before the address. */
function oldCommit({ dir }: BareRemote, parent: string, name = 'lib'): string {
  const write = (kind: string, content: string) =>
    git(dir, ['hash-object', '-w', '--literally', '-t', kind, '--stdin'], content)
  const inner = git(dir, ['mktree'], `100644 blob ${write('blob', 'x\n')}\tx\n`)
  const file = join(tempDir(), 'tree')
  writeFileSync(file, Buffer.concat([Buffer.from(`040000 ${name}\0`), Buffer.from(inner, 'hex')]))
  const tree = git(dir, ['hash-object', '-w', '--literally', '-t', 'tree', file])
  const by = 'Mona<mona@example.com> 1700000000 +051800'
  return write('commit', `tree ${tree}\nparent ${parent}\nauthor ${by}\ncommitter ${by}\n\nOld\n`)
}

describe('history that a strict check of today refuses', () => {
  it('is fetched and merged, and work on it is taken', async () => {
    const { remote, url } = fileStage()
    const old = oldCommit(remote, remote.tip('refs/heads/main') ?? '')
    remote.point('refs/heads/main', old)
    const options = { remoteUrl: url, token: '', clock: hastyClock() }
    const repo = await openRepo({ ...options, gitDir: join(tempDir(), 'run.git') })
    await repo.fetch([old])
    const dir = tempDir()
    git(dir, ['init', '--quiet', '.'])
    const worktree = await openWorktree({ ...options, dir, openFiles })
    await worktree.prepare(old)
    writeFileSync(join(dir, 'lib', 'y'), 'y\n')
    const commit = await worktree.commitAll(words)
    await worktree.bundle(commit?.head ?? '', old, join(dir, '..', 'work.bundle'))
    await repo.unbundle(join(dir, '..', 'work.bundle'), commit?.head ?? '')
    expect((await repo.changes(old, commit?.head ?? '')).map(({ path }) => path)).toEqual(['lib/y'])
    expect(await repo.merge(old, commit?.head ?? '', words)).toMatchObject({ ok: true })
  })

  it('is refused from a slot, and from anybody where a name in it is `.git`', async () => {
    const { remote, base, repo, dir } = await slotOn({ 'a.txt': 'a\n' })
    git(dir, ['fetch', '--quiet', remote.url])
    const old = oldCommit({ ...remote, dir: join(dir, '.git') }, base)
    const bundle = join(tempDir(), 'work.bundle')
    git(dir, ['update-ref', 'refs/x', old])
    git(dir, ['bundle', 'create', '--quiet', '--version=2', bundle, 'refs/x', `^${base}`])
    await expect(repo.unbundle(bundle, old)).rejects.toThrow(/zeroPaddedFilemode|badTimezone|missingSpaceBefore/)
    await expect(repo.fetchAlone([oldCommit(remote, base, '.git')])).rejects.toThrow('hasDotgit')
  })
})

describe('what is wrong with the files of a task', () => {
  const POINTER = (id: string) =>
    `version https://git-lfs.github.com/spec/v1\noid sha256:${id.repeat(64)}\nsize 12345\n`

  async function faultsOf(literal: TreeLiteral, work: (at: (...path: string[]) => string) => void) {
    const { at, handedOver, repo, base, dir } = await slotOn(literal)
    work(at)
    await handedOver()
    return repo.treeFaults(base, git(dir, ['rev-parse', 'HEAD']))
  }

  it('is told of links and names, not of those that the base has', async () => {
    const base = { 'a.txt': 'a\n', out: { link: '/usr' }, 'README.md': '1\n', 'b:c': 'x\n' }
    const faults = await faultsOf(base, (at) => {
      symlinkSync('a.txt', at('good'))
      symlinkSync('../x', at('bad'))
      symlinkSync('out/passwd', at('through'))
      writeFileSync(at('readme.md'), '')
      writeFileSync(bytes(at(), 'caf\xe9'), '')
      writeFileSync(at('b:c'), 'y\n')
    })
    expect(faults.links).toEqual(['bad', 'through'])
    expect(faults.names).toEqual([
      expect.stringMatching(/not UTF-8/),
      expect.stringMatching(/^`readme\.md` is the same as `README\.md`/),
    ])
  })

  it('is told of files for LFS, and pointers of the base may be moved, copied and deleted', async () => {
    const base: TreeLiteral = {
      assets: { folder: { '.gitattributes': '*.png filter=lfs diff=lfs merge=lfs -text\n', 'a.png': POINTER('a') } },
    }
    const faults = await faultsOf(base, (at) => {
      renameSync(at('assets', 'a.png'), at('assets', 'moved.png'))
      writeFileSync(at('assets', 'new.png'), 'not a pointer')
      writeFileSync(at('assets', 'text.txt'), 'x\n')
      writeFileSync(at('new.png'), 'x\n')
      writeFileSync(at('pointer'), POINTER('b'))
    })
    expect(faults).toEqual({ links: [], names: [], lfs: ['assets/new.png', 'pointer'] })
  })

  it('pointers stay pointers, whatever filter the checkout configured', async () => {
    const { at, handedOver } = await slotOn(
      { '.gitattributes': '*.png filter=lfs\n', 'a.png': POINTER('a'), 'b.txt': 'b\n' },
      {
        setUp: (dir) => {
          for (const [key, value] of Object.entries({ smudge: 'echo big', clean: 'echo small', required: 'true' }))
            git(dir, ['config', `filter.lfs.${key}`, value])
        },
      },
    )
    rmSync(at('a.png'))
    writeFileSync(at('b.txt'), 'c\n')
    writeFileSync(at('new.png'), 'raw')
    expect(await handedOver()).toEqual(['D a.png', 'M b.txt', 'A new.png'])
    expect(git(at(), ['cat-file', 'blob', 'HEAD:new.png'])).toBe('raw')
  })
})

describe('a submodule', () => {
  const literal = { 'a.txt': 'a\n', sub: { commit: '1'.repeat(40) } }

  it('that is empty is said, and what a task writes into it is refused and not lost', async () => {
    const { worktree, at, handedOver, base } = await slotOn(literal)
    expect(worktree.notices.join()).toMatch(/submodules `sub` are empty.*`submodules: true`/)
    writeFileSync(at('a.txt'), 'b\n')
    expect(await handedOver()).toEqual(['M a.txt'])
    writeFileSync(at('sub', 'x'), 'x\n')
    expect(await handedOver()).toEqual(['M a.txt', 'M sub'])
    rmSync(at('sub', 'x'))
    expect(await handedOver()).toEqual(['M a.txt'])
    writeFileSync(at('sub', 'x'), 'x\n')
    await worktree.prepare(base)
    expect([readdirSync(at('sub')), await handedOver()]).toEqual([[], []])
  })

  it('that the checkout filled keeps its files, may be built in, and must not be changed', async () => {
    const { worktree, at, handedOver, base } = await slotOn(literal, {
      setUp: (dir) => {
        git(join(dir, 'sub'), ['init', '--quiet', '.'])
        writeFileSync(join(dir, 'sub', '.gitignore'), 'build/\n')
        writeFileSync(join(dir, 'sub', 'x.c'), 'x\n')
      },
    })
    mkdirSync(at('sub', 'build'))
    writeFileSync(at('sub', 'build', 'x.o'), '')
    expect([worktree.notices, await handedOver()]).toEqual([[], []])
    await worktree.prepare(base)
    writeFileSync(at('sub', 'x.c'), 'changed\n')
    expect(await handedOver()).toEqual(['M sub'])
    await expect(worktree.prepare(base)).rejects.toThrow('changed files of the submodule sub')
  })
})

describe('a checkout that lacks something', () => {
  const literal = { 'a.txt': 'a\n', lib: { folder: { b: 'b\n' } }, other: { folder: { c: 'c\n' } } }

  it('is made whole where it is sparse, and that is said', async () => {
    const { worktree, at, handedOver } = await slotOn(literal, {
      setUp: (dir) => void git(dir, ['sparse-checkout', 'set', 'lib']),
    })
    expect(readFileSync(at('other', 'c'), 'utf8')).toBe('c\n')
    rmSync(at('other', 'c'))
    expect(await handedOver()).toEqual(['D other/c'])
    expect(worktree.notices.join()).toMatch(/sparse/)
  })

  it('is made whole where its objects are left at the remote', async () => {
    const { remote, worktree, at, base, dir } = await slotOn(literal, {
      clone: ['--filter=blob:none', '--no-checkout'],
    })
    expect(readFileSync(at('other', 'c'), 'utf8')).toBe('c\n')
    const next = remote.commit({ ...literal, 'a.txt': 'a2\n', new: 'n\n' }, [base])
    await worktree.prepare(next)
    expect([readFileSync(at('a.txt'), 'utf8'), readFileSync(at('new'), 'utf8')]).toEqual(['a2\n', 'n\n'])
    expect(git(dir, ['rev-parse', 'HEAD'])).toBe(next)
  })
})

describe('a checkout', () => {
  /** As of a step that runs as another user, or of a container. Only root can give files away. */
  it.skipIf(process.getuid?.() !== 0)('may belong to another user, although git refuses such a folder', async () => {
    const { at, dir, handedOver } = await slotOn(
      { 'a.txt': 'a\n' },
      { setUp: (folder) => void execFileSync('/bin/chown', ['-R', '12345:12345', folder]) },
    )
    expect(() => git(dir, ['status'])).toThrow('dubious ownership')
    writeFileSync(at('a.txt'), 'b\n')
    expect(await handedOver()).toEqual(['M a.txt'])
  })

  it('needs none of the history: a task may begin on a commit before or behind its own', async () => {
    const { remote, base, worktree, dir, at } = await slotOn({ 'a.txt': '2\n' })
    const earlier = git(remote.dir, ['rev-parse', `${base}^`])
    const later = remote.commit({ 'a.txt': '3\n' }, [remote.commit({ 'a.txt': 'between\n' }, [base])])
    remote.point('refs/heads/tributary/1/later', later)
    for (const each of [earlier, later]) {
      await worktree.prepare(each)
      writeFileSync(at('new.txt'), 'new\n')
      const commit = await worktree.commitAll(words)
      await worktree.bundle(commit?.head ?? '', each, join(tempDir(), 'b'))
      expect(git(dir, ['rev-parse', 'HEAD^'])).toBe(each)
    }
    expect(readFileSync(join(dir, '.git/shallow'), 'utf8').split('\n')).toContain(later)
  })
})
