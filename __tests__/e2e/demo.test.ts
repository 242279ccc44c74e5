import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { nightly } from '../support/nightly.ts'

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.js')
const WHY = 'No permissions to create new namespace'
/** The demo gives up by itself when nothing moves; these only keep a test from hanging for ever. */
const MINUTES = 60_000

/** Resolved: on macOS the folder for temporary files is a link. */
const around = realpathSync(mkdtempSync(join(tmpdir(), 'tributary-demo-test-')))
afterAll(() => rmSync(around, { recursive: true, force: true }))

/** A machine whose bubblewrap may make no namespaces, so that commands run in process groups of their own. */
mkdirSync(join(around, 'bin'))
writeFileSync(
  join(around, 'bin', 'bwrap'),
  `#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 9.8.7 && exit\necho "bwrap: ${WHY}" >&2\nexit 1\n`,
  { mode: 0o755 },
)
const env = { ...process.env, PATH: `${join(around, 'bin')}:${process.env.PATH}`, NO_COLOR: '1' }

const git = (folder: string, ...words: string[]): string[] =>
  spawnSync('git', ['-C', folder, ...words], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')

// The demo without agents, in the real sandbox, is played and looked at by scripts/node24.mjs.
describe('npm run demo -- --agents, without a sandbox', () => {
  const folder = join(around, 'agents')
  const repository = join(folder, 'hub', 'repository.git')
  let shown: { status: number | null; stdout: string; stderr: string }
  beforeAll(() => {
    shown = spawnSync(process.execPath, [CLI, 'demo', '--agents', '--folder', folder], { encoding: 'utf8', env })
  }, 15 * MINUTES)

  it('ends by itself, with one sentence of result', () => {
    expect(shown.stderr).toBe('')
    expect(shown.status).toBe(0)
    expect(shown.stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^12 tasks in [0-9.minsh ]+ on \d+ slots; main passes its 28 tests\.$/,
    )
  })

  it('fits into two screens of 80 columns, paths and commands to copy left aside, and draws nothing that is rewritten', () => {
    const lines = shown.stdout.trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(60)
    expect(
      lines.filter((line) => [...line].length > 80 && !line.includes(around) && !line.startsWith('  To install')),
    ).toEqual([])
    for (const control of ['\r', '\u001b']) expect(shown.stdout).not.toContain(control)
  })

  it('says at the start and at the end that its programs ran without a sandbox, once each', () => {
    const text = shown.stdout.replaceAll(/\n {2}(?=\S)/g, ' ')
    expect(text).toContain(`No sandbox: bubblewrap 9.8.7 cannot run a command here: bwrap: ${WHY}`)
    expect(text.match(/The demo's programs run without one\./g)).toHaveLength(1)
    expect(text.match(/The demo ran without a sandbox\./g)).toHaveLength(1)
    expect(git(repository, 'show', 'main:.github/tributary.yml').at(-1)).toBe('sandbox: off')
  })

  it('has landed each task, and refused the outsider', () => {
    expect(shown.stdout.match(/^ *[0-9.]+ s {2}landed {5}/gm)).toHaveLength(11)
    expect(shown.stdout.match(/No: outsider has read permission here/g)).toHaveLength(1)
  })

  it('merges each task and the gate under its own name, and the new package is there', () => {
    const named = git(repository, 'log', '--format=%(trailers:key=Tributary-Task,valueonly,separator=%x2C)', 'main')
    expect(new Set(named.filter((id) => id !== '')).size).toBe(12)
    expect(git(repository, 'show', 'main:packages/money/money.js').join('\n')).toContain('export function money(')
  })

  it('leaves the journal, and no branch but the default one and trunk', () => {
    expect(git(repository, 'for-each-ref', '--format=%(refname)', 'refs/tributary/*/log')).toEqual([
      'refs/tributary/1/log',
    ])
    const heads = git(repository, 'for-each-ref', '--format=%(refname)', 'refs/heads')
    expect(heads.filter((ref) => !ref.endsWith('/trunk'))).toEqual(['refs/heads/main'])
  })

  it('plans and works with agents, and says what they cost', () => {
    const log = git(repository, 'log', '--format=%b', 'refs/tributary/1/log').join('\n')
    expect(shown.stdout).toContain('A scripted model on')
    expect(shown.stdout).toMatch(/^Money: .*USD/m)
    expect(log).toContain('"type":"task_planned"')
    expect(log.match(/"role":"work"/g)).toHaveLength(11)
    expect(log).toContain('"type":"change_described"')
  })

  it('shows where to look, and there is something to see', () => {
    const [, words = ''] = /^ {2}node \S*cli\.js (log .+)$/m.exec(shown.stdout) ?? []
    const log = spawnSync(process.execPath, [CLI, ...words.split(' ')], { encoding: 'utf8' })
    expect(log.status).toBe(0)
    expect(log.stdout).toContain('12 of 12 tasks landed')
  })
})

/** Words and environment of all that runs. */
function processes(): string[] {
  if (!existsSync('/proc/self'))
    return spawnSync('ps', ['-A', '-E', '-ww', '-o', 'command='], { encoding: 'utf8' }).stdout.split('\n')
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map((pid) => ['cmdline', 'environ'].map((file) => textOf(`/proc/${pid}/${file}`)).join(' '))
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

describe('a demo that is stopped', () => {
  let temp: string
  beforeEach(() => {
    temp = mkdtempSync(join(around, 'stopped-'))
  })

  /** What still runs and has something to do with the demo: by its folder, its words or its environment. */
  const leftovers = (): string[] => processes().filter((text) => text.includes(temp))

  async function begun(...words: string[]) {
    const child = spawn(process.execPath, [CLI, 'demo', ...words], { env: { ...env, TMPDIR: temp }, stdio: 'pipe' })
    const said = { out: '', error: '' }
    child.stdout.on('data', (text) => {
      said.out += text
    })
    child.stderr.on('data', (text) => {
      said.error += text
    })
    return { child, said }
  }
  const ended = async (child: ChildProcess): Promise<unknown> => (await once(child, 'close'))[0]

  it('by Ctrl-C in the middle of its work, twice, leaves no process and no folder, and says one line', {
    ...nightly,
    timeout: 15 * MINUTES,
  }, async () => {
    const { child, said } = await begun()
    while (!said.out.includes('  landed ')) await once(child.stdout, 'data')
    expect(leftovers().length).toBeGreaterThan(2)
    child.kill('SIGINT')
    child.kill('SIGINT')
    expect(await ended(child)).toBe(130)
    expect(said.error).toBe('Stopped. Everything is deleted.\n')
    expect(leftovers()).toEqual([])
    expect(readdirSync(temp)).toEqual([])
  })

  it(
    'by SIGTERM before its hub is up, leaves nothing either',
    async () => {
      const { child, said } = await begun('--agents')
      while (readdirSync(temp).length === 0) await new Promise((done) => setImmediate(done))
      child.kill('SIGTERM')
      expect(await ended(child)).toBe(143)
      expect(said).toEqual({
        out: expect.not.stringContaining('A hub on'),
        error: expect.stringMatching(/^Stopped by SIGTERM\. .+\n$/),
      })
      expect(leftovers()).toEqual([])
      expect(readdirSync(temp)).toEqual([])
    },
    5 * MINUTES,
  )
})

/** A person at a screen: `xdg-open` is their browser, which only writes down what it is to open. */
function atScreen(folder: string) {
  const [bin, opened] = [join(folder, 'bin'), join(folder, 'opened')]
  mkdirSync(bin)
  writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\necho "$1" >> '${opened}'\n`, { mode: 0o755 })
  const terminal = ['--import', 'data:text/javascript,process.stdout.isTTY = true']
  return { opened, terminal, env: { ...env, PATH: `${bin}:${env.PATH}`, DISPLAY: ':0', TERM: 'dumb' } }
}

// On macOS a browser is opened by another program.
describe.runIf(process.platform === 'linux')('npm run demo -- --open', () => {
  it('opens its link, leaves the page of the whole run there at the end, and ends well by Ctrl-C', {
    ...nightly,
    timeout: 15 * MINUTES,
  }, async () => {
    const around = mkdtempSync(join(tmpdir(), 'tributary-demo-open-'))
    onTestFinished(() => rmSync(around, { recursive: true, force: true }))
    const [folder, person] = [join(around, 'demo'), atScreen(around)]
    const words = [...person.terminal, CLI, 'demo', '--open', '--folder', folder]
    const child = spawn(process.execPath, words, { env: person.env, stdio: 'pipe' })
    const ended = once(child, 'close')
    let out = ''
    child.stdout.on('data', (text) => {
      out += text
    })
    child.stderr.resume()
    while (!out.includes('until you press Ctrl-C') && child.exitCode === null)
      await Promise.race([once(child.stdout, 'data'), ended])

    const [link = '', ...others] = readFileSync(person.opened, 'utf8').trim().split('\n')
    expect(others).toEqual([])
    expect(out).toContain(`Watch it in a browser:\n  ${link}\n`)
    const entered = await fetch(link, { redirect: 'manual' })
    expect(entered.status).toBe(303)
    const [cookie = ''] = (entered.headers.get('set-cookie') ?? '').split(';')
    const run = new URL('/runs/1', link)
    expect(await (await fetch(run, { headers: { cookie } })).text()).toContain('12 of 12 tasks landed')
    child.kill('SIGINT')
    expect(await ended).toEqual([0, null])
    await expect(fetch(run)).rejects.toThrow('fetch failed')
    expect(processes().filter((text) => text.includes(around))).toEqual([])
    expect(git(join(folder, 'hub', 'repository.git'), 'rev-parse', '--is-bare-repository')).toEqual(['true'])
  })
})

describe('a demo that cannot be', () => {
  const refused = (words: string[], more: Record<string, string> = {}) => {
    const temp = mkdtempSync(join(around, 'refused-'))
    const { status, stderr } = spawnSync(process.execPath, [CLI, 'demo', ...words], {
      encoding: 'utf8',
      env: { ...env, ...more, TMPDIR: temp },
    })
    return { status, said: stderr.split('\n')[0], left: readdirSync(temp) }
  }

  it('runs no code of a real model without a sandbox', () => {
    expect(refused(['--live'], { ANTHROPIC_API_KEY: 'sk-ant-none' })).toEqual({
      status: 2,
      said: expect.stringContaining(
        '--live runs what a model writes, which needs a sandbox: bubblewrap 9.8.7 cannot run',
      ),
      left: [],
    })
  })

  it('names its folder if a part of the package is missing', () => {
    const home = mkdtempSync(join(around, 'package-'))
    cpSync(join(CLI, '..'), join(home, 'dist'), { recursive: true })
    cpSync(join(CLI, '..', '..', 'package.json'), join(home, 'package.json'))
    const temp = mkdtempSync(join(around, 'broken-'))
    const { status, stderr } = spawnSync(process.execPath, [join(home, 'dist', 'cli.js'), 'demo'], {
      encoding: 'utf8',
      env: { ...env, TMPDIR: temp },
    })
    const [left = 'nothing'] = readdirSync(temp)
    expect(status).toBe(1)
    expect(stderr).toContain(`What it made is in ${join(temp, left)}\n`)
  })

  it('puts nothing into a folder that holds something', () => {
    expect(refused(['--folder', around])).toMatchObject({ status: 2, said: expect.stringContaining('is not empty') })
    expect(refused(['--folder', join(CLI, 'below')])).toMatchObject({
      status: 2,
      said: expect.stringContaining('cannot be created'),
    })
  })
})
