import { execFile, execFileSync } from 'node:child_process'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { CommandOptions, Sandbox } from '../../../src/ports/sandbox.ts'
import { runningProcesses } from '../../support/processes.ts'
import { makeTree, needsSandbox, realSandbox, type Tree, testHost } from '../../support/sandbox.ts'

let sandbox: Sandbox
let tree: Tree

beforeEach(async () => {
  // For each test: if there is none, each of them says so.
  sandbox = await realSandbox()
  tree = makeTree()
})
afterEach(() => tree?.remove())

const run = (argv: string[], options: Partial<CommandOptions> = {}) =>
  sandbox.run(argv, { worktree: tree.path, seconds: 20, ...options })
const shell = (script: string, options = {}) => run(['sh', '-c', script], options)
const node = (script: string, options = {}) => run(['node', '-e', script], options)
const file = (name: string) => readFileSync(join(tree.path, name), 'utf8')

describe('what a command may do', needsSandbox, () => {
  it('reads and writes the work tree, and its exit code and output are told', async () => {
    const ran = await shell('cat a.txt; echo b > b.txt; mkdir -p d/e; echo c > d/e/c.txt; exit 7')
    expect(ran).toMatchObject({ exitCode: 7, log: 'a\n', timedOut: false })
    expect([file('b.txt'), file('d/e/c.txt')]).toEqual(['b\n', 'c\n'])
  })

  it('runs in the work tree, reached through a symbolic link too', async () => {
    const link = join(tree.around, 'link')
    symlinkSync(tree.path, link)
    const ran = await sandbox.run(['sh', '-c', 'pwd; touch here'], { worktree: link, seconds: 20 })
    expect(ran.log).toBe(`${tree.path}\n`)
    expect(readdirSync(tree.path)).toContain('here')
  })

  it('finds node and npm, and a home of its own that it may write to', async () => {
    const ran = await shell('node -e "console.log(1 + 1)" && npm --version && touch "$HOME/x" "/tmp/y" && echo $HOME')
    expect(ran.log).toMatch(/^2\n[0-9.]+\n\/tmp\/home\n$/)
  })

  it('a package that is not installed is missed at once, not after minutes of asking a network that is not there', async () => {
    const ran = await run(['npm', 'install', 'left-pad'])
    expect(ran).toMatchObject({ timedOut: false })
    expect(ran.log).toContain('ENOTCACHED')
  })

  it('reads what git knows of the tree', async () => {
    expect((await run(['git', 'log', '--format=%s'])).log).toBe('first\n')
  })

  it('words are passed on as they are, never read by a shell', async () => {
    const words = ['$(touch pwned)', '; touch pwned', '`touch pwned`', '-x', '', 'two words']
    const ran = await run(['node', '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...words])
    expect(JSON.parse(ran.log)).toEqual(words)
    expect(readdirSync(tree.path)).not.toContain('pwned')
  })

  it('a program that is not there fails, and the log says which', async () => {
    const ran = await run(['no-such-program'])
    expect(ran.exitCode).not.toBe(0)
    expect(ran.log).toContain('no-such-program')
  })

  it('a word that no process can be started with fails the command, not the slot', async () => {
    const ran = await run(['echo', 'a\0b'])
    expect(ran).toMatchObject({ exitCode: 127, timedOut: false })
    expect(ran.log).toContain('null bytes')
  })
})

/** A folder of data at the root of the machine, in which this user may write. */
const dataFolder = ['/srv', '/mnt', '/media'].find((path) => {
  try {
    accessSync(path, constants.W_OK)
    return realpathSync(path) === path
  } catch {
    return false
  }
})
const needsData =
  dataFolder === undefined ? { skip: true, meta: { skippedFor: 'this user may write into no /srv or /mnt' } } : {}

describe('what a command may not do', needsSandbox, () => {
  it('sees the system and the work tree, and no other disk or data of the machine', needsData, async () => {
    const folder = dataFolder ?? expect.fail('this machine has none')
    const secret = mkdtempSync(join(folder, 'tributary-data-'))
    onTestFinished(() => rmSync(secret, { recursive: true, force: true }))
    writeFileSync(join(secret, 'data'), 'of the owner')
    const ran = await shell(
      `cat ${secret}/data; ls -A ${folder} | wc -l; ls /usr/bin/env; touch ${folder}/x || echo closed`,
    )
    expect(ran.log).toMatch(/No such file[\s\S]*\n0\n\/usr\/bin\/env\n[\s\S]*closed\n$/)
    expect(readdirSync(secret)).toEqual(['data'])
  })

  it('sees its work tree and the programs of PATH also where they lie among such data', needsData, async () => {
    const folder = dataFolder ?? expect.fail('this machine has none')
    const around = mkdtempSync(join(folder, 'tributary-data-'))
    const inside = makeTree(around)
    onTestFinished(() => rmSync(around, { recursive: true, force: true }))
    mkdirSync(join(around, 'tool', 'bin'), { recursive: true })
    writeFileSync(join(around, 'tool', 'bin', 'hello'), '#!/bin/sh\necho hello\n', { mode: 0o755 })
    const host = testHost({ ...process.env, PATH: `${join(around, 'tool', 'bin')}:${process.env.PATH}` })
    const ran = await (await realSandbox('bubblewrap', { host })).run(
      ['sh', '-c', 'hello && cat a.txt && echo b > b.txt'],
      {
        worktree: inside.path,
        seconds: 20,
      },
    )
    expect(ran).toMatchObject({ exitCode: 0, log: 'hello\na\n' })
    expect(readFileSync(join(inside.path, 'b.txt'), 'utf8')).toBe('b\n')
  })

  it('no network: not even a listener on loopback can be reached', async () => {
    const server = createServer((socket) => socket.end('reached'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const connect = `require('net').connect(${port}, '127.0.0.1').on('data', d => console.log('' + d)).on('error', e => console.log(e.code))`
    expect((await node(connect)).log).toBe('ECONNREFUSED\n')
    expect((await node('console.log(Object.keys(require("os").networkInterfaces()))')).log).toBe("[ 'lo' ]\n")
    server.close()
  })

  it('reaches what the job reaches where it is given the network, and nothing else of ours', async () => {
    const server = createServer((socket) => socket.end('reached'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const connect = `require('net').connect(${port}, '127.0.0.1').on('data', d => console.log('' + d))`
    expect((await node(connect, { network: true })).log).toBe('reached\n')
    const names = `console.log(process.env.npm_config_offline, fs.readFileSync('/etc/resolv.conf', 'utf8').length > 0)`
    expect((await node(names, { network: true })).log).toBe('undefined true\n')
    expect((await shell(`cat /proc/${process.pid}/environ`, { network: true })).exitCode).not.toBe(0)
    server.close()
  })

  it('reads what it is shown besides the tree, and cannot write it', async () => {
    const shown = join(tree.around, 'shown')
    mkdirSync(shown)
    writeFileSync(join(shown, 'prompt.md'), 'do it\n')
    writeFileSync(join(tree.around, 'other.md'), 'not this\n')
    expect((await shell(`cat ${shown}/prompt.md`)).exitCode).not.toBe(0)
    const ran = await shell(`cat ${shown}/prompt.md; ls ${tree.around}; echo x >> ${shown}/prompt.md`, {
      readable: [shown],
    })
    expect(ran.log).toMatch(/^do it\nshown\ntree\n.*Read-only/)
    expect(readFileSync(join(shown, 'prompt.md'), 'utf8')).toBe('do it\n')
  })

  it("sees nothing of a runner's own folder but the tree that lies in it", async () => {
    // Where nothing else would hide it: everything in the folder of temporary files is hidden anyway.
    const around = realpathSync(mkdtempSync(join('node_modules', '.runner-')))
    const work = join(around, '_work', 'repo')
    mkdirSync(work, { recursive: true })
    mkdirSync(join(around, '_work', '_temp'))
    writeFileSync(join(around, '.credentials_rsaparams'), 'a-key-of-the-runner\n')
    const inside = makeTree(work)
    try {
      const host = testHost({ ...process.env, RUNNER_TEMP: join(around, '_work', '_temp') })
      const at = await realSandbox('bubblewrap', { host })
      const script = `cat ${around}/.credentials_rsaparams; ls -A ${around}; cat a.txt; git log --format=%s; echo b > b.txt`
      const ran = await at.run(['sh', '-c', script], { worktree: inside.path, seconds: 20 })
      expect(ran.log).toMatch(/^cat: .*No such file.*\n_work\na\nfirst\n$/)
      expect(readFileSync(join(inside.path, 'b.txt'), 'utf8')).toBe('b\n')
    } finally {
      rmSync(around, { recursive: true, force: true })
    }
  })

  it('what its environment holds is no word of a process that others can list', async () => {
    const ended = new AbortController()
    const listed = 'ps -eo args 2>/dev/null || cat /proc/*/cmdline'
    const seen = shell('touch began; sleep 60', { env: { KEY: 'a-value-of-mine' }, signal: ended.signal })
    const waiting = `until [ -e "${join(tree.path, 'began')}" ]; do :; done`
    const { stdout } = await promisify(execFile)('sh', ['-c', `${waiting}; ${listed}`])
    ended.abort()
    await seen
    expect(stdout).toContain('bwrap')
    expect(stdout).not.toContain('a-value-of-mine')
  })

  it('its environment holds a short list and what its task gives it, nothing of ours', async () => {
    process.env.TRIBUTARY_TEST_SECRET = 'in-our-environment'
    const ran = await node('console.log(Object.keys(process.env).filter((k) => k !== "PWD").sort().join())', {
      env: { TRIBUTARY_TASK: 't1' },
    })
    delete process.env.TRIBUTARY_TEST_SECRET
    const names = ran.log
      .trim()
      .split(',')
      .filter((name) => !(name in testHost().toolchains))
    expect(names).toEqual([
      'CARGO_NET_OFFLINE',
      'CI',
      'HOME',
      'LANG',
      'PATH',
      'TERM',
      'TRIBUTARY_TASK',
      'npm_config_offline',
    ])
  })

  it('sees no process but its own, so that no environment can be read from /proc', async () => {
    const own = `/proc/${process.pid}/environ`
    expect(readFileSync(own, 'utf8').length).toBeGreaterThan(0)
    const ran = await shell(`cat ${own}; cat /proc/$PPID/environ | tr '\\0' '\\n'; ls /proc | grep -c '^[0-9]'`)
    expect(ran.log).not.toContain('VITEST')
    expect(Number(ran.log.trim().split('\n').at(-1))).toBeLessThan(8)
  })

  it('has a session of its own, so that it cannot type into the terminal of whoever started it', async () => {
    // The sixth field is the session; that of a process which the sandbox does not show is 0.
    const ran = await shell(`cut -d' ' -f6 /proc/self/stat`)
    expect(Number(ran.log.trim())).toBeGreaterThan(0)
  })

  it('writes nothing outside the tree', async () => {
    const outside = join(tree.around, 'outside.txt')
    writeFileSync(outside, 'mine\n')
    const system = `/usr/tributary-${process.pid}`
    const ran = await shell(`echo x > ${outside}; touch ${system} || echo refused; touch ../new`)
    expect(ran.log).toContain('refused')
    expect(existsSync(system)).toBe(false)
    expect(readFileSync(outside, 'utf8')).toBe('mine\n')
    expect(readdirSync(tree.around).sort()).toEqual(['outside.txt', 'tree'])
  })

  it('is not left by a script of a package, an alias of git, another language or a job in the background', async () => {
    const outside = join(tree.around, 'outside.txt')
    writeFileSync(outside, 'mine\n')
    const attack = `cat ${outside}; echo x > ${outside}; echo x >> .git/config; echo tried >> tried.txt`
    writeFileSync(join(tree.path, 'package.json'), JSON.stringify({ scripts: { pretest: attack, test: 'true' } }))
    const inNode = `require('node:child_process').spawnSync('sh', ['-c', ${JSON.stringify(attack)}])`
    const config = file('.git/config')
    const ran = [
      await run(['npm', 'test']),
      await run(['git', '-c', `alias.x=!${attack}`, 'x']),
      await node(inNode),
      await shell(`(${attack}) & wait`),
    ]
    expect(file('tried.txt')).toBe('tried\n'.repeat(ran.length))
    expect(ran.map(({ log }) => log).join()).not.toContain('mine\n')
    expect([readFileSync(outside, 'utf8'), file('.git/config')]).toEqual(['mine\n', config])
  })

  it('writes nothing through a symbolic link out of the tree', async () => {
    const outside = join(tree.around, 'outside.txt')
    writeFileSync(outside, 'mine\n')
    await shell(
      `ln -s ${outside} made; ln -s ${tree.around} folder; echo x > made; echo x > folder/outside.txt; ln /etc/passwd hard`,
    )
    expect(readFileSync(outside, 'utf8')).toBe('mine\n')
    expect(readdirSync(tree.path)).not.toContain('hard')
  })

  it('writes nothing into .git, nor puts another in its place', async () => {
    const config = file('.git/config')
    const ran = await shell(
      'echo x >> .git/config; git config core.fsmonitor x; touch .git/hooks/pre-commit; mv .git x; rm -rf .git; ls .git/config',
    )
    expect(file('.git/config')).toBe(config)
    expect(ran.log).toContain('Read-only file system')
    expect(existsSync(join(tree.path, '.git/hooks/pre-commit'))).toBe(false)
    expect(ran.exitCode).toBe(0)
  })

  it('protects the git folder where .git is a file', async () => {
    const linked = join(tree.around, 'linked')
    execFileSync('git', ['-C', tree.path, 'worktree', 'add', '-q', linked], { stdio: 'pipe' })
    const pointer = readFileSync(join(linked, '.git'), 'utf8')
    const script = `git log --format=%s; echo gitdir: /tmp > .git; rm .git; git config core.fsmonitor x; echo x >> ${tree.path}/.git/config; echo y > b`
    const ran = await sandbox.run(['sh', '-c', script], { worktree: linked, seconds: 20 })
    expect(ran.log).toMatch(/^first\n/)
    expect(readFileSync(join(linked, '.git'), 'utf8')).toBe(pointer)
    expect(file('.git/config')).not.toContain('fsmonitor')
    expect(readFileSync(join(linked, 'b'), 'utf8')).toBe('y\n')
  })

  it('runs nothing where .git is a link or is not there', async () => {
    const bare = join(tree.around, 'bare')
    mkdirSync(bare)
    const there = { worktree: bare, seconds: 20 }
    await expect(sandbox.run(['true'], there)).rejects.toThrow('nothing to protect')
    symlinkSync(join(tree.path, '.git'), join(bare, '.git'))
    await expect(sandbox.run(['true'], there)).rejects.toThrow('nothing to protect')
  })

  it('gains no power: no capabilities, no set-uid, no mount made writable again, no kernel setting', async () => {
    const ran = await shell(
      'grep -E "CapEff|CapBnd|NoNewPrivs" /proc/self/status; mount -o remount,rw,bind / && echo remounted; umount .git && echo unmounted; set=$(cat /proc/sys/kernel/dmesg_restrict); echo $set > /proc/sys/kernel/dmesg_restrict && echo set',
    )
    expect(ran.log).toMatch(/CapEff:\t0+\nCapBnd:\t0+\nNoNewPrivs:\t1\n/)
    expect(ran.log).not.toMatch(/remounted|unmounted|^set$/m)
  })

  it('sees no sockets of daemons and none of the files of other jobs', async () => {
    writeFileSync(join(tree.around, 'secret.txt'), 'mine')
    const ran = await shell('ls -A /run /var/run/ /var/tmp; ls -A /tmp; ls -A ..')
    expect(ran.log).not.toContain('secret.txt')
    expect(ran.log).toMatch(/^\/run:\n\n?\/var\/run\/:\n\n?\/var\/tmp:\n/)
  })
})

describe('the folders of people', needsSandbox, () => {
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, text, { mode })
  }
  const program = (name: string) => `#!/bin/sh\necho ${name} "$(cat "$(dirname "$0")/../lib/data" 2>/dev/null)"\n`

  it('a home is hidden, but for the programs that PATH names and what belongs to them', async () => {
    const home = join(tree.around, 'home')
    write(join(home, '.npmrc'), 'secret')
    write(join(home, '.tools/credentials'), 'secret')
    write(join(home, '.tools/bin/shallow'), program('shallow'), 0o755)
    write(join(home, '.tools/lib/data'), 'a')
    write(join(home, '.nvm/versions/v20/bin/deep'), program('deep'), 0o755)
    write(join(home, '.nvm/versions/v20/lib/data'), 'b')
    symlinkSync(join(home, '.nvm/versions/v20'), join(home, '.current'))
    write(join(home, 'bin/own'), program('own'), 0o755)
    const path = ['bin', '.tools/bin', '.current/bin', ''].map((folder) => join(home, folder)).join(':')
    const host = testHost({ ...process.env, HOME: home, PATH: `${path}:${process.env.PATH}` })
    const hiding = await realSandbox('bubblewrap', { host })
    const script = `shallow; deep; own; find ${home} -type f; touch ${home}/.tools/bin/new`
    const ran = await hiding.run(['sh', '-c', script], { worktree: tree.path, seconds: 20 })
    expect(ran.log).toMatch(/^shallow a\ndeep b\nown \n/)
    expect(ran.log).not.toMatch(/npmrc|credentials/)
    expect(ran.log).toContain('Read-only file system')
  })

  it("the runner's and the action's own folders are hidden, the tree in them is not", async () => {
    const temp = join(tree.around, 'temp')
    write(join(temp, 'set_env'), 'secret')
    const host = testHost({ ...process.env, RUNNER_TEMP: temp })
    const hiding = await realSandbox('bubblewrap', { host: { ...host, hide: [...host.hide, tree.around, '/opt'] } })
    const ran = await hiding.run(['sh', '-c', `cat a.txt; ls -A ${temp} ${tree.around} /opt`], {
      worktree: tree.path,
      seconds: 20,
    })
    expect(ran.log).toContain(`a\n`)
    expect(ran.log).toContain(`/opt:\n\n${tree.around}:\ntree\n`)
    expect(ran.log).not.toContain('set_env')
  })
})

describe('how a command ends', needsSandbox, () => {
  const heartbeat = (name: string) =>
    `setsid sh -c "while :; do date +%s%N > ${name}; sleep 0.02; done" > /dev/null 2>&1 &`
  /** Whether something still writes to the file: two looks, longer apart than two of its beats. */
  const beats = async (name: string) => {
    const before = file(name)
    execFileSync('sleep', ['0.15'])
    return file(name) !== before
  }

  it('a time-out ends grandchildren too, those that left the group and ignore signals included', async () => {
    const ran = await shell(`trap '' TERM INT HUP; ${heartbeat('beat')} echo started; sleep 600`, { seconds: 1 })
    expect(ran).toMatchObject({ timedOut: true, exitCode: 137, log: 'started\n' })
    expect(ran.seconds).toBeLessThan(5)
    expect(await beats('beat')).toBe(false)
  })

  it('what a command leaves running ends with it', async () => {
    const ran = await shell(`${heartbeat('beat')} while [ ! -s beat ]; do sleep 0.01; done; sleep 600 & exit 0`)
    expect(ran).toMatchObject({ exitCode: 0, timedOut: false })
    expect(ran.seconds).toBeLessThan(5)
    expect(await beats('beat')).toBe(false)
  })

  it('the signal ends a command that runs, and keeps one from starting', async () => {
    const abort = new AbortController()
    const running = shell(`${heartbeat('beat')} sleep 600`, { signal: abort.signal })
    while (!existsSync(join(tree.path, 'beat')) || file('beat') === '') await new Promise((go) => setImmediate(go))
    abort.abort()
    expect(await running).toMatchObject({ timedOut: false, exitCode: 137 })
    expect(await beats('beat')).toBe(false)
    await shell('touch late', { signal: abort.signal })
    expect(existsSync(join(tree.path, 'late'))).toBe(false)
  })

  it('an abort at any moment while the sandbox is being set up leaves nothing behind', async () => {
    for (let round = 0; round < 60; round += 1) {
      const abort = new AbortController()
      const running = run(['sleep', '600'], { signal: abort.signal })
      const moment = performance.now() + round * 0.25
      while (performance.now() < moment) await new Promise((go) => setImmediate(go))
      abort.abort()
      await running
    }
    expect(runningProcesses().filter(({ args }) => args.includes(tree.path))).toEqual([])
  })

  it('reads nothing from anybody: input is at its end', async () => {
    expect((await shell('cat; echo done', { seconds: 5 })).log).toBe('done\n')
  })
})

describe('what is kept of the output', needsSandbox, () => {
  it('both streams, in the order in which they were written', async () => {
    const ran = await shell('for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done')
    expect(ran.log).toBe([1, 2, 3, 4, 5].map((i) => `out ${i}\nerr ${i}\n`).join(''))
  })

  it('head and tail of much of it, and how much is missing', async () => {
    const ran = await shell('echo first; yes 0123456789 | head -c 30000000; echo; echo last')
    expect(ran.log).toMatch(/^first\n/)
    expect(ran.log).toMatch(/\nlast\n$/)
    expect(ran.log).toContain('… 29,980,012 characters left out …')
    expect(ran.log.length).toBeLessThan(20_100)
  })

  it('no secret, by value', async () => {
    const redacting = await realSandbox('bubblewrap', { secrets: ['ghs_abcdefgh'] })
    const script = 'printf ghs_abc; sleep 0.05; echo defgh; printf "x:ghs_abcdefgh" | base64'
    const ran = await redacting.run(['sh', '-c', script], { worktree: tree.path, seconds: 20 })
    expect(ran.log).toMatch(/^\*\*\*\n\S*\*\*\*\S*\n$/)
  })
})

describe('its name', needsSandbox, () => {
  it('says the version', () => expect(sandbox.name).toMatch(/^bubblewrap [0-9.]+$/))
})
