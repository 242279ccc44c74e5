import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commandFolders } from '../../../src/adapters/sandbox/command-folders.ts'
import type { CommandOptions, HomeFolder } from '../../../src/ports/sandbox.ts'
import { runningProcesses } from '../../support/processes.ts'
import { makeTree, needsSandbox, realSandbox, type Tree, testHost } from '../../support/sandbox.ts'

let tree: Tree
let folder: string
beforeEach(() => {
  tree = makeTree()
  folder = join(tree.around, 'home')
  mkdirSync(join(folder, '.cache', 'a'), { recursive: true })
  writeFileSync(join(folder, '.cache', 'a', 'one'), 'one\n')
})
afterEach(() => tree.remove())

const here = (): HomeFolder => ({ folder, changes: 'stay' })
const layered = (): HomeFolder => ({ folder, changes: 'go' })
const filesIn = (path: string): string[] => readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()

describe.each([
  { setting: 'bubblewrap', needs: needsSandbox },
  { setting: 'off', needs: {} },
] as const)('a home folder, with `sandbox: $setting`', ({ setting, needs }) => {
  const shell = async (script: string, options: Partial<CommandOptions> = {}) => {
    const sandbox = await realSandbox(setting, { host: { ...testHost(), temp: tree.around } })
    return sandbox.run(['sh', '-c', script], { worktree: tree.path, seconds: 20, ...options })
  }

  it('keeps what commands change in it, if that is to stay', needs, async () => {
    expect(await shell('cat ~/.cache/a/one; echo two > ~/.cache/a/two', { home: here() })).toMatchObject({
      log: 'one\n',
    })
    expect(readFileSync(join(folder, '.cache/a/two'), 'utf8')).toBe('two\n')
    expect((await shell('cat ~/.cache/a/two', { home: here() })).log).toBe('two\n')
  })

  it('is each time the same, if changes are to go: files, folders, and what was removed', needs, async () => {
    const script =
      'cat ~/.cache/a/one && echo new > ~/.cache/a/one && rm -r ~/.cache && mkdir ~/.cache && ls -A ~/.cache'
    for (const _ of [1, 2])
      expect(await shell(script, { home: layered() })).toMatchObject({ exitCode: 0, log: 'one\n' })
    expect(filesIn(folder)).toEqual(['.cache', '.cache/a', '.cache/a/one'])
    expect(readFileSync(join(folder, '.cache/a/one'), 'utf8')).toBe('one\n')
  })

  it(
    'changes nothing else for a command: user, exit code, tree, time limit, and the end of what it starts',
    needs,
    async () => {
      const asEver = await shell('id; pwd; echo $HOME')
      const ran = await shell('id; pwd; echo $HOME; touch b.txt; exit 7', { home: layered() })
      const words = (log: string) => log.replace(/\/tributary-home-\w+/, '')
      expect({ ...ran, log: words(ran.log) }).toMatchObject({ exitCode: 7, log: words(asEver.log) })
      expect(readdirSync(tree.path)).toContain('b.txt')
      expect(await shell('sleep 600', { home: layered(), seconds: 0.5 })).toMatchObject({ timedOut: true })
      await shell(`sh -c 'while :; do sleep 1; done' ${tree.path} &`, { home: layered() })
      expect(runningProcesses().filter(({ args }) => args.includes(tree.path))).toEqual([])
    },
  )
})

describe('a home folder in the sandbox', needsSandbox, () => {
  it('cannot be reached at the place where it lies, and no mount of it can be undone', async () => {
    const sandbox = await realSandbox('bubblewrap', { host: { ...testHost(), hide: [tree.around] } })
    const script = `ls -A ${tree.around}; umount ~ || mount -t tmpfs none ~ || echo closed`
    const ran = await sandbox.run(['sh', '-c', script], { worktree: tree.path, seconds: 20, home: layered() })
    expect(ran.log).toMatch(/^tree\n[\s\S]*closed\n$/)
  })
})

it('is laid over by the sandbox itself, if that can: since 0.11', async () => {
  const words = async (version: string) =>
    (await commandFolders({ file: '/bin/bwrap', version }, ['--tmpfs'], { home: layered() })).home
  const own = ['--overlay-src', folder, '--tmp-overlay', '/tmp/home']
  for (const version of ['0.11.0', '0.12.3', '1.0.0']) expect(await words(version)).toEqual(own)
  for (const version of ['0.4.1', '0.8.0', '0.10.0', '0.9']) expect(await words(version)).not.toEqual(own)
})
