import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openFiles } from '../../../src/adapters/files/files.ts'
import { anchoredAccess, checkedAccess, type FileAccess } from '../../../src/adapters/files/open-folder.ts'
import type { Files } from '../../../src/ports/sources.ts'
import { tempDir } from '../../support/git.ts'
import { needsLinux } from '../../support/linux.ts'
import { nothingTracked } from './stage.ts'

const SECRET = 'a secret'

/** A work tree with `a`, `folder/b`, and a secret beside it. */
function scene(access?: FileAccess) {
  const around = tempDir()
  const root = join(around, 'tree')
  const at = (...path: string[]) => join(root, ...path)
  const outside = (...path: string[]) => join(around, 'outside', ...path)
  mkdirSync(at('folder'), { recursive: true })
  mkdirSync(outside())
  writeFileSync(at('a'), 'x\n')
  writeFileSync(at('folder', 'b'), 'x\n')
  writeFileSync(outside('b'), `${SECRET} x\n`)
  return { root, at, outside, files: openFiles(root, nothingTracked, access) }
}

/** All that reaches the content of a path. */
async function edited(files: Files, path: string): Promise<string[]> {
  const edits = [await files.replace(path, [{ old: 'x', by: 'y' }]), await files.write(path, 'y\n')]
  const read = await files.read(path)
  return [read === null ? 'null' : 'read', ...edits.map((edit) => (edit.ok ? 'ok' : edit.why))]
}

/** Everything that can be tried on a path. */
async function tried(files: Files, path: string): Promise<string[]> {
  const moved = await files.move(path, 'folder/moved')
  return [...(await edited(files, path)), moved.ok ? 'ok' : moved.why]
}

const intact = ({ outside }: ReturnType<typeof scene>) => {
  expect(readFileSync(outside('b'), 'utf8')).toBe(`${SECRET} x\n`)
  expect(readdirSync(outside())).toEqual(['b'])
}

const accesses: [string, FileAccess][] = [
  ['checked paths', checkedAccess],
  // Held by `/proc/self/fd`.
  ...(process.platform === 'linux' ? [['held folders', anchoredAccess] satisfies [string, FileAccess]] : []),
]

describe.each(accesses)('a work tree with traps, reached by %s', (_, access) => {
  it('has a link to a file, inside or outside: it is not followed, and stays what it is', async () => {
    const all = scene(access)
    const { files, at, outside } = all
    symlinkSync(outside('b'), at('out'))
    symlinkSync('a', at('in'))
    symlinkSync('nowhere', at('dangling'))
    symlinkSync('loop', at('loop'))
    for (const path of ['out', 'in', 'dangling', 'loop']) {
      expect([path, ...(await edited(files, path))]).toEqual([path, 'null', 'symlink', 'symlink'])
      expect(lstatSync(at(path)).isSymbolicLink()).toBe(true)
    }
    expect(readFileSync(at('a'), 'utf8')).toBe('x\n')
    intact(all)
  })

  it('has a link to a folder, first, in the middle or to itself: nothing behind it is there', async () => {
    const all = scene(access)
    const { files, at, outside } = all
    symlinkSync(outside(), at('out'))
    symlinkSync(outside(), at('folder', 'out'))
    symlinkSync('.', at('self'))
    symlinkSync('folder', at('in'))
    for (const path of ['out/b', 'folder/out/b', 'self/a', 'self/self/a', 'in/b', 'out/new', 'folder/out/deep/new']) {
      expect([path, ...(await tried(files, path))]).toEqual([path, 'null', 'symlink', 'symlink', 'symlink'])
    }
    expect(readlinkSync(at('out'))).toBe(outside())
    intact(all)
  })

  it('has a second name of a file: it is neither shown nor changed', async () => {
    const all = scene(access)
    linkSync(all.outside('b'), all.at('hard'))
    expect(await edited(all.files, 'hard')).toEqual(['null', 'hard-link', 'hard-link'])
    intact(all)
  })

  it('has special files: none is opened, so nothing waits', async () => {
    const { files, at } = scene(access)
    execFileSync('/usr/bin/mkfifo', [at('fifo')])
    const server = createServer().listen(at('socket'))
    onTestFinished(() => void server.close())
    await new Promise((listening) => server.on('listening', listening))
    for (const path of ['fifo', 'socket']) {
      expect([path, ...(await tried(files, path))]).toEqual([path, 'null', 'not-a-file', 'not-a-file', 'not-a-file'])
      expect([path, ...(await tried(files, `${path}/x`))]).toEqual([
        path,
        'null',
        'not-a-file',
        'not-a-file',
        'not-a-file',
      ])
    }
  })

  it('has folders where a file is asked for, and files where a folder is', async () => {
    const { files } = scene(access)
    expect(await tried(files, 'folder')).toEqual(['null', 'not-a-file', 'not-a-file', 'not-a-file'])
    expect(await tried(files, 'a/b')).toEqual(['null', 'not-a-file', 'not-a-file', 'not-a-file'])
  })

  it('loses a link or a second name, never what it leads to', async () => {
    const all = scene(access)
    const { files, at, outside } = all
    symlinkSync(outside('b'), at('out'))
    symlinkSync(outside(), at('folder', 'out'))
    linkSync(outside('b'), at('hard'))
    for (const path of ['out', 'folder/out', 'hard']) expect(await files.remove(path)).toEqual({ ok: true })
    expect([readdirSync(at()).toSorted(), readdirSync(at('folder'))]).toEqual([['a', 'folder'], ['b']])
    intact(all)
  })

  it('has links and second names that are moved themselves, whatever they lead to', async () => {
    const all = scene(access)
    const { files, at, outside } = all
    symlinkSync(outside('b'), at('folder', 'out'))
    symlinkSync('nowhere', at('folder', 'dangling'))
    linkSync(outside('b'), at('folder', 'hard'))
    for (const name of ['b', 'out', 'dangling', 'hard'])
      expect(await files.move(`folder/${name}`, `new/${name}`)).toEqual({ ok: true })
    expect(readdirSync(at()).toSorted()).toEqual(['a', 'new'])
    expect([readlinkSync(at('new', 'out')), readlinkSync(at('new', 'dangling'))]).toEqual([outside('b'), 'nowhere'])
    expect(statSync(at('new', 'hard')).ino).toBe(statSync(outside('b')).ino)
    symlinkSync('a', at('link'))
    expect(await files.move('link', 'new/out')).toMatchObject({ why: 'exists' })
    intact(all)
  })

  it('loses nothing behind a link, and takes nothing there', async () => {
    const all = scene(access)
    const { files, at, outside } = all
    symlinkSync(outside(), at('out'))
    symlinkSync(outside('b'), at('link'))
    expect(await files.remove('out/b')).toMatchObject({ why: 'symlink' })
    expect(await files.move('a', 'out/a')).toMatchObject({ why: 'symlink' })
    expect(await files.move('a', 'link')).toMatchObject({ why: 'exists' })
    expect(await files.move('a', 'folder')).toMatchObject({ why: 'exists' })
    expect(await files.move('a', '../outside/a')).toMatchObject({ why: 'outside-the-folder' })
    expect(await files.remove('../outside/b')).toMatchObject({ why: 'outside-the-folder' })
    expect(await files.remove('folder')).toMatchObject({ why: 'not-a-file' })
    expect(readFileSync(at('a'), 'utf8')).toBe('x\n')
    intact(all)
  })

  it('loses its folders with their last file, and no other', async () => {
    const { files, at } = scene(access)
    await files.write('deep/er/c', 'c\n')
    await files.write('deep/d', 'd\n')
    expect(await files.remove('deep/er/c')).toEqual({ ok: true })
    expect(readdirSync(at('deep'))).toEqual(['d'])
    expect(await files.move('deep/d', 'folder/d')).toEqual({ ok: true })
    expect([readdirSync(at()).toSorted(), readdirSync(at('folder')).toSorted()]).toEqual([
      ['a', 'folder'],
      ['b', 'd'],
    ])
  })

  it('keeps the mode of what is moved or written', async () => {
    const { files, at } = scene(access)
    chmodSync(at('a'), 0o755)
    await files.move('a', 'folder/a')
    await files.write('folder/a', 'new\n')
    expect([statSync(at('folder', 'a')).mode & 0o777, readFileSync(at('folder', 'a'), 'utf8')]).toEqual([
      0o755,
      'new\n',
    ])
  })

  it('has names that are too long, and none that is longer is made', async () => {
    const { files, at } = scene(access)
    const name = 'x'.repeat(300)
    expect(await tried(files, name)).toEqual(['null', 'no-such-file', 'no-such-file', 'no-such-file'])
    expect(await tried(files, `${name}/x`)).toEqual(['null', 'no-such-file', 'no-such-file', 'no-such-file'])
    expect(readdirSync(at()).toSorted()).toEqual(['a', 'folder'])
  })

  it.each([
    '../outside/b',
    'folder/../../outside/b',
    '/etc/hostname',
    './a',
    'folder//b',
    'a/',
    '.git/config',
    '.GIT/config',
    'folder/.git/hooks/post-checkout',
    'git~1/config',
    '.git./config',
    '.g\u200cit/config',
    '.git::$INDEX_ALLOCATION/config',
    'folder\\.git\\config',
    'a\0b',
  ])('has no path %j', async (path) => {
    const all = scene(access)
    mkdirSync(all.at('.git'))
    writeFileSync(all.at('.git', 'config'), 'x\n')
    expect(await tried(all.files, path)).toEqual([
      'null',
      'outside-the-folder',
      'outside-the-folder',
      'outside-the-folder',
    ])
    expect(readFileSync(all.at('.git', 'config'), 'utf8')).toBe('x\n')
    intact(all)
  })

  it('is gone itself: that is no mistake of a model', async () => {
    const { files, root, outside } = scene(access)
    rmSync(root, { recursive: true })
    await expect(files.read('a')).rejects.toThrow('is no folder')
    symlinkSync(outside(), root)
    await expect(files.read('b')).rejects.toThrow('is no folder')
  })
})

type Act = (world: ReturnType<typeof scene>) => void

/** Swaps something right before the `turn`-th time that something is held, and again before it is read. */
function swapping(turn: number, act: () => void): FileAccess {
  let count = 0
  const tick = () => {
    count += 1
    if (count === turn) act()
  }
  return {
    openEntry(path) {
      tick()
      return anchoredAccess.openEntry(path)
    },
    reader(held) {
      tick()
      return anchoredAccess.reader(held)
    },
  }
}

describe('something that is swapped while it is used', needsLinux, () => {
  const acts: Record<string, Act> = {
    'the folder becomes a link to the outside': ({ at, outside }) => {
      renameSync(at('folder'), at('moved'))
      symlinkSync(outside(), at('folder'))
    },
    'the file becomes a link to the outside': ({ at, outside }) => {
      rmSync(at('folder', 'b'))
      symlinkSync(outside('b'), at('folder', 'b'))
    },
    'the file becomes a second name of one outside': ({ at, outside }) => {
      rmSync(at('folder', 'b'))
      linkSync(outside('b'), at('folder', 'b'))
    },
    'the file becomes a fifo': ({ at }) => {
      rmSync(at('folder', 'b'))
      execFileSync('/usr/bin/mkfifo', [at('folder', 'b')])
    },
    'the file becomes a folder': ({ at }) => {
      rmSync(at('folder', 'b'))
      mkdirSync(at('folder', 'b'))
    },
    'the folder goes': ({ at }) => rmSync(at('folder'), { recursive: true }),
  }

  describe.each(Object.entries(acts))('%s', (_, act) => {
    it.each([1, 2, 3, 4])('at moment %i: nothing outside is read or changed', async (turn) => {
      for (const deed of [
        async (files: Files) => (await files.read('folder/b'))?.text,
        async (files: Files) => files.replace('folder/b', [{ old: 'x', by: 'y' }]),
        async (files: Files) => files.write('folder/new', 'new\n'),
        async (files: Files) => files.write('folder/b', 'new\n'),
        async (files: Files) => files.remove('folder/b'),
        async (files: Files) => files.move('folder/b', 'moved/b'),
        async (files: Files) => files.move('a', 'folder/new'),
      ]) {
        const world = scene()
        const files = openFiles(
          world.root,
          nothingTracked,
          swapping(turn, () => act(world)),
        )
        expect(JSON.stringify(await deed(files)) ?? '').not.toContain(SECRET)
        intact(world)
      }
    })
  })

  it('swaps as fast as it can, and still nothing outside is read or changed', async () => {
    const world = scene()
    const { root, at, outside, files } = world
    const stop = swapProcess(root, outside())
    const seen = new Set<string>()
    for (let turn = 0; turn < 600; turn += 1) {
      const read = await files.read('folder/b')
      seen.add(read?.text ?? 'null')
      const edited = await files.replace('folder/b', [{ old: 'x', by: 'x' }])
      seen.add(edited.ok ? 'edited' : edited.why)
      await files.write(`folder/new-${turn}`, 'new\n')
    }
    await stop()
    intact(world)
    expect([...seen].filter((what) => what.includes(SECRET))).toEqual([])
    // Had the swaps not come in between, this would show nothing.
    for (const what of ['x\n', 'null', 'edited', 'symlink']) expect(seen).toContain(what)
    const left = ['folder', 'moved'].flatMap((name) =>
      lstatSync(at(name), { throwIfNoEntry: false })?.isDirectory() ? readdirSync(at(name)) : [],
    )
    expect(left.filter((name) => name.startsWith('.tributary-'))).toEqual([])
    expect(left.length).toBeGreaterThan(10)
  })
})

/** A process that makes `folder` a link to the outside and back, staying at each a moment, until it is told to stop. */
function swapProcess(root: string, outside: string): () => Promise<void> {
  const script = `
    const { renameSync, rmSync, symlinkSync } = require('node:fs')
    const [root, outside] = process.argv.slice(1)
    process.chdir(root)
    symlinkSync(outside, 'link')
    const swaps = [['folder', 'moved'], ['link', 'folder'], ['folder', 'link'], ['moved', 'folder']]
    for (let turn = 0, tried = 0; tried < 2_000_000; tried += 1) {
      try {
        // One may have been made meanwhile, where none was.
        if (turn % 2 === 1) rmSync('folder', { recursive: true, force: true })
        renameSync(...swaps[turn % 4])
        turn += 1
      } catch {}
      for (let spin = Math.random() * 50_000; spin > 0; spin -= 1);
    }`
  const child = spawn(process.execPath, ['-e', script, root, outside], { stdio: 'ignore' })
  const gone = new Promise<void>((ended) => child.on('close', () => ended()))
  onTestFinished(() => void child.kill('SIGKILL'))
  return () => {
    child.kill('SIGKILL')
    return gone
  }
}
