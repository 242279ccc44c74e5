import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scratchIn } from '../../../src/adapters/system/scratch.ts'
import type { CommandOptions, CommandRun, Layers } from '../../../src/ports/sandbox.ts'
import { makeTree, needsSandbox, realSandbox, type Tree } from '../../support/sandbox.ts'

let tree: Tree
let changes: string
beforeEach(() => {
  tree = makeTree()
  // In options of a mount, commas and colons mean something.
  changes = join(tree.around, 'changes, of:us')
  mkdirSync(changes)
})
afterEach(() => tree.remove())

/** Folders of the work tree, with a file `one` each, and layers over them. */
function layersOver(...names: string[]): Layers {
  const folders = names.map((name) => join(tree.path, name))
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'one'), 'one\n')
  }
  return { folders, changes }
}

const shell = async (
  script: string,
  layers: Layers | null,
  more: Partial<CommandOptions> = {},
): Promise<CommandRun> => {
  const sandbox = await realSandbox()
  return sandbox.run(['sh', '-c', script], {
    worktree: tree.path,
    seconds: 60,
    ...(layers !== null && { layers }),
    ...more,
  })
}

const filesIn = (path: string): string[] => readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()

describe('a layer over a folder of the work tree', needsSandbox, () => {
  it('is found by the next command, and leaves the folder as it was: files, folders, and what was removed', async () => {
    const layers = layersOver('node_modules', 'a, b:c/x y')
    const script = 'cd "$1" && cat one && rm one && echo two > two && mkdir -p deep/er && echo three > deep/er/three'
    for (const name of ['node_modules', 'a, b:c/x y'])
      expect(await shell(script.replace('$1', name), layers)).toMatchObject({ exitCode: 0, log: 'one\n' })
    for (const folder of layers.folders) {
      expect((await shell(`cd "${folder}" && find . -type f | sort`, layers)).log).toBe('./deep/er/three\n./two\n')
      expect(filesIn(folder)).toEqual(['one'])
    }
    expect((await shell('cat node_modules/one', null)).log).toBe('one\n')
  })

  it('leaves all else of the work tree as ever, and a home beside it', async () => {
    const layers = layersOver('node_modules')
    const home = join(tree.around, 'home')
    mkdirSync(home)
    writeFileSync(join(home, 'made'), 'before\n')
    const script = 'cat ~/made; rm ~/made; echo b > b.txt; ls; id; touch .git/x || true'
    const plain = await shell('id', null)
    const ran = await shell(script, layers, { home: { folder: home, changes: 'go' } })
    expect(ran.log).toMatch(/^before\na\.txt\nb\.txt\nnode_modules\nuid=.*\ntouch: .*Read-only file system\n$/)
    expect(ran.log).toContain(plain.log)
    expect(readFileSync(join(tree.path, 'b.txt'), 'utf8')).toBe('b\n')
    expect(filesIn(home)).toEqual(['made'])
  })

  it('cannot be taken away by a command, nor reached where it lies', async () => {
    const layers = layersOver('node_modules')
    const tries = ['umount node_modules', 'umount -l node_modules', 'unshare -Urm umount -l node_modules']
    const script = `rm node_modules/one; { ${tries.join('; ')}; } 2>&1 | grep -c .; ls node_modules; ls -A "${changes}" 2>&1`
    const ran = await shell(script, layers)
    expect(ran.log).toMatch(/^3\nls: .*No such file or directory\n$/)
  })

  it('says to a command that removes the folder itself that it can be emptied only', async () => {
    const layers = layersOver('node_modules', 'vendor')
    const note = 'Mounts of the sandbox, which can be emptied and not removed or renamed: node_modules.'
    const removed = await shell('rm -rf node_modules', layers)
    expect(removed).toMatchObject({ exitCode: 1, log: expect.stringContaining(note) })
    expect((await shell('ls -A node_modules; mv node_modules other', layers)).log).toContain(note)
    expect((await shell('ls -A node_modules; echo EBUSY; exit 1', layers)).log).not.toContain(note)
  })

  it('is deleted whatever a command left there, by whoever owns it', async () => {
    const layers = layersOver('node_modules')
    await scratchIn(tree.around).use(async (scratch) => {
      const script =
        'cd node_modules && rm one && mkfifo f && mkdir -p shut/in && touch shut/in/x && chmod 0 shut/in shut'
      expect(await shell(script, { ...layers, changes: scratch.path })).toMatchObject({ exitCode: 0 })
    })
    expect(filesIn(tree.around).filter((name) => !name.startsWith('tree'))).toEqual(['changes, of:us'])
  })
})

describe('npm in a layer over node_modules', needsSandbox, () => {
  const NPM = 'npm --offline --no-audit --no-fund --no-update-notifier'
  const write = (name: string, content: unknown) => {
    mkdirSync(join(tree.path, name, '..'), { recursive: true })
    writeFileSync(join(tree.path, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  /** Packages as files of the repository, and what `npm ci` installs of them. */
  async function installed(): Promise<Layers> {
    for (const version of ['1.0.0', '2.0.0']) {
      write(`packages/p${version}/package.json`, { name: 'padder', version, bin: { padder: 'bin.js' } })
      write(`packages/p${version}/bin.js`, `#!/usr/bin/env node\nconsole.log('padder ${version}')\n`)
    }
    write('packages/other/package.json', { name: 'other', version: '1.0.0' })
    const pack = 'npm pack --silent --pack-destination packages ./packages/p1.0.0 ./packages/p2.0.0 ./packages/other'
    write('package.json', {
      name: 'mine',
      version: '1.0.0',
      dependencies: { padder: 'file:packages/padder-1.0.0.tgz' },
    })
    expect(await shell(`${pack} && ${NPM} install`, null)).toMatchObject({ exitCode: 0 })
    return { folders: [join(tree.path, 'node_modules')], changes }
  }

  it('installs again what was changed there', async () => {
    const layers = await installed()
    const again = [
      'echo "console.log(0)" > node_modules/padder/bin.js && NPM ci',
      'rm -r node_modules/padder && NPM install',
      'rm -rf node_modules/* node_modules/.[!.]* && NPM ci',
    ]
    for (const script of again) {
      const ran = await shell(`${script.replace('NPM', NPM)} && node_modules/.bin/padder`, layers)
      expect(ran).toMatchObject({ exitCode: 0, log: expect.stringMatching(/padder 1\.0\.0\n$/) })
    }
  })

  it('adds, updates and removes a package, and `npm ci` follows the lock file', async () => {
    const layers = await installed()
    const says = async (script: string) =>
      (await shell(`${NPM} ${script} >&2 && node_modules/.bin/padder; ls node_modules`, layers)).log
    expect(await says('install ./packages/other-1.0.0.tgz')).toMatch(/padder 1\.0\.0\nother\npadder\n$/)
    expect(await says('install ./packages/padder-2.0.0.tgz')).toMatch(/padder 2\.0\.0\nother\npadder\n$/)
    expect(await says('ci')).toMatch(/padder 2\.0\.0\nother\npadder\n$/)
    expect(await says('uninstall other')).toMatch(/padder 2\.0\.0\npadder\n$/)
    expect((await shell('node_modules/.bin/padder; ls node_modules', null)).log).toBe('padder 1.0.0\npadder\n')
  })
})
