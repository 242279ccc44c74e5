import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/ports/sandbox.ts'
import { needsLinux } from '../../support/linux.ts'
import { runningProcesses } from '../../support/processes.ts'
import { makeTree, realSandbox, type Tree, testHost } from '../../support/sandbox.ts'

let sandbox: Sandbox
let tree: Tree
beforeEach(async () => {
  tree = makeTree()
  sandbox = await realSandbox('off', { host: { ...testHost(), temp: tree.around }, secrets: ['ghs_abcdefgh'] })
})
afterEach(() => tree.remove())

const shell = (script: string, options: { seconds?: number; signal?: AbortSignal } = {}) =>
  sandbox.run(['sh', '-c', script], { worktree: tree.path, seconds: 20, env: { TRIBUTARY_TASK: 't1' }, ...options })

describe('without a sandbox', () => {
  it('says so in its name', () => expect(sandbox.name).toBe('off'))

  it('a command still gets a short environment and a home of its own, which goes with it', async () => {
    const ran = await sandbox.run(['node', '-e', 'console.log(JSON.stringify(process.env))'], {
      worktree: tree.path,
      seconds: 20,
    })
    const env: Record<string, string> = JSON.parse(ran.log)
    const names = Object.keys(env).filter((name) => name !== 'PWD' && !(name in testHost().toolchains))
    expect(names.sort()).toEqual(['CI', 'HOME', 'LANG', 'PATH', 'TERM'])
    expect(env.HOME).toMatch(/\/tributary-home-/)
    expect(readdirSync(tree.around)).toEqual(['tree'])
  })

  it('exit code, output in order and secrets are as with one', async () => {
    const ran = await shell('echo out; echo err >&2; echo ghs_abcdefgh; echo $TRIBUTARY_TASK; pwd; exit 5')
    expect(ran).toMatchObject({ exitCode: 5, log: `out\nerr\n***\nt1\n${tree.path}\n`, timedOut: false })
    expect(await sandbox.run(['no-such-program'], { worktree: tree.path, seconds: 5 })).toMatchObject({ exitCode: 127 })
  })

  it('a time-out and a signal end the whole group', async () => {
    const beat = (name: string) => `(while :; do date +%s%N > ${name}; sleep 0.02; done) & sleep 600`
    expect(await shell(beat('a'), { seconds: 0.5 })).toMatchObject({ timedOut: true, exitCode: 137 })
    const abort = new AbortController()
    const running = shell(beat('b'), { signal: abort.signal })
    while (!existsSync(join(tree.path, 'b'))) await new Promise((go) => setImmediate(go))
    abort.abort()
    expect(await running).toMatchObject({ timedOut: false, exitCode: 137 })
    const beats = () => ['a', 'b'].map((name) => readFileSync(join(tree.path, name), 'utf8'))
    const before = beats()
    await pause(150)
    expect(beats()).toEqual(before)
  })

  it('what a command leaves in its group ends with it; what left the group holds nobody up', needsLinux, async () => {
    const ran = await shell('sleep 600 & setsid sleep 3 & echo done')
    expect(ran).toMatchObject({ exitCode: 0, log: 'done\n' })
    expect(ran.seconds).toBeLessThan(2.5)
  })

  it('what left the group ends with the command all the same', needsLinux, async () => {
    const marked = `60${process.pid}`
    expect((await shell(`setsid sleep ${marked} & sleep 0.2`)).exitCode).toBe(0)
    await expect.poll(() => runningProcesses().filter(({ args }) => args === `sleep ${marked}`)).toEqual([])
  })
})
