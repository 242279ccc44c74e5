import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bubblewrap } from '../../../src/adapters/sandbox/bubblewrap.ts'
import { type CommandLimits, limitsMet, limitsOf } from '../../../src/adapters/sandbox/limits.ts'
import { publicInternet } from '../../../src/adapters/sandbox/network/internet.ts'
import { defaultSettings } from '../../../src/core/settings.ts'
import type { Sandbox } from '../../../src/ports/sandbox.ts'
import { runningProcesses } from '../../support/processes.ts'
import { makeTree, needsSandbox, realSandbox, type Tree, testHost } from '../../support/sandbox.ts'

const MEBIBYTE = 2 ** 20
const SMALL: CommandLimits = {
  memory: 300 * MEBIBYTE,
  tmp: 8 * MEBIBYTE,
  processes: 60,
  openFiles: 100,
  file: 4 * MEBIBYTE,
}
const OFFLINE = { allow: [], internet: publicInternet }
let tree: Tree
let sandbox: Sandbox
beforeEach(() => {
  tree = makeTree()
  sandbox = bubblewrap({ file: '/usr/bin/bwrap', version: '0.8.0' }, testHost(), SMALL, (text) => text, OFFLINE)
})
afterEach(() => tree.remove())

const run = (...argv: string[]) => sandbox.run(argv, { worktree: tree.path, seconds: 30 })
const shell = (script: string) => run('sh', '-c', script)
const node = (script: string) => run('node', '-e', script)

describe('a command that uses too much', needsSandbox, () => {
  it('of memory, by all its processes together, is ended and told', async () => {
    const eat = `const kept = []; setInterval(() => kept.push(Buffer.alloc(${8 * MEBIBYTE}, 1)), 20)`
    const ran = await shell(`node -e '${eat}' & node -e '${eat}'`)
    expect(ran).toMatchObject({ exitCode: 137, timedOut: false })
    expect(ran.log).toMatch(
      /The command was ended: its processes used \d+ MB of memory, and 300 MB are allowed; `limits\.memory_megabytes`/,
    )
  })

  it('of memory that it only reserves, or shares with its children, uses none', async () => {
    const reserve = 'const all = new ArrayBuffer(8, { maxByteLength: 2 ** 31 }); console.log(all.maxByteLength)'
    expect(await node(reserve)).toMatchObject({ exitCode: 0, log: `${2 ** 31}\n` })
    const fork =
      'import os,time\na = b"x" * (100 << 20)\nfor i in range(5):\n  os.fork() or (time.sleep(1), os._exit(0))\ntime.sleep(1)'
    expect(await run('python3', '-c', fork)).toMatchObject({ exitCode: 0 })
  })

  it('of processes is ended and told, and none is left', async () => {
    const ran = await shell('for i in $(seq 200); do sleep 4321 & done; wait')
    expect(ran.exitCode).not.toBe(0)
    expect(ran.log).toMatch(/60 (?:processes and threads|are allowed)/)
    expect(runningProcesses().filter(({ args }) => args === 'sleep 4321')).toEqual([])
  })

  it('of open files is told', async () => {
    const ran = await node('for (;;) fs.openSync("a.txt")')
    expect(ran.log).toMatch(/EMFILE[\s\S]*A command may have 100 open files\.\n$/)
  })

  it('of a file is told, and the file stays as long as it may be', async () => {
    const ran = await shell('head -c 9000000 /dev/zero > big')
    expect(ran.exitCode).not.toBe(0)
    expect(ran.log).toMatch(/A command may write files of 4 MB\.\n$/)
    expect(statSync(join(tree.path, 'big')).size).toBe(SMALL.file)
  })

  it('of /tmp is told, and of its home', async () => {
    const bytes = (path: string) =>
      `dd if=/dev/zero of=${path} bs=1M count=3; dd if=/dev/zero of=${path}2 bs=1M count=3`
    for (const path of ['/tmp/x', '$HOME/x', '/var/tmp/x']) {
      const ran = await shell(`${bytes(path)}; dd if=/dev/zero of=${path}3 bs=1M count=3`)
      expect(ran.log).toContain('8 MB in /tmp, its home and other private folders; `limits.tmp_megabytes`')
    }
  })

  it('is the first that the kernel ends where the machine has no memory left', async () => {
    expect((await shell('cat /proc/self/oom_score_adj')).log).toBe('1000\n')
  })

  it('cannot raise a limit again', async () => {
    expect((await shell('ulimit -n 1000 || echo refused; ulimit -n')).log).toContain('refused')
  })
})

describe('the ordinary limits', needsSandbox, () => {
  it('stop none of the programs that reserve much: node, a test of many threads, a large file', async () => {
    const ordinary = await realSandbox()
    const many = `const { Worker } = require('node:worker_threads'); for (let i = 0; i < 30; i++) new Worker('', { eval: true })`
    for (const script of [many, `fs.ftruncateSync(fs.openSync('sparse', 'w'), ${2 ** 30})`]) {
      expect(await ordinary.run(['node', '-e', script], { worktree: tree.path, seconds: 60 })).toMatchObject({
        exitCode: 0,
      })
    }
  })

  it('say nothing about a command that passes, whatever it prints', async () => {
    expect((await shell('echo Too many open files')).log).toBe('Too many open files\n')
  })
})

it('are shares of the machine, unless the settings say how much', () => {
  const gigabyte = 1024 * MEBIBYTE
  expect(limitsOf(defaultSettings.limits, 16 * gigabyte)).toMatchObject({ memory: 12 * gigabyte, processes: 4096 })
  const settings = { memory_megabytes: 2000, tmp_megabytes: 500 }
  expect(limitsOf(settings, 16 * gigabyte)).toMatchObject({ memory: 2000 * MEBIBYTE, tmp: 500 * MEBIBYTE })
})

it.each([
  ['sh: 0: Cannot fork', '60 processes'],
  ["RuntimeError: can't start new thread", '60 processes'],
  ['java.lang.OutOfMemoryError: unable to create native thread', '60 processes'],
  ['Error: spawn node EAGAIN', '60 processes'],
  ['fork: retry: Resource temporarily unavailable', '60 processes'],
  ['OSError: [Errno 24] Too many open files', '100 open files'],
  ['OSError: [Errno 27] File too large', 'files of 4 MB'],
  ['write /tmp/go-build/x: no space left on device', '8 MB in /tmp'],
])('knows a limit by what a program says: %s', (log, named) => {
  expect(limitsMet(log, SMALL).join()).toContain(named)
})
