import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { hub } from '../../src/cli/hub.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import { createCheckout, git, removeFolder, temporary } from '../hub/support/repository.ts'

/** A process of git may take its time on a busy machine. */
const SOON = { timeout: 30_000 }

function terminal(env: Record<string, string> = {}) {
  const folder = temporary('hub-command')
  onTestFinished(() => removeFolder(folder))
  const lines: string[] = []
  const errors: string[] = []
  const stop = new AbortController()
  const said = {
    cwd: folder,
    env: { XDG_STATE_HOME: join(folder, 'state'), ...env },
    command: 'tributary',
    home: folder,
    out: (line: string) => void lines.push(line),
    error: (line: string) => void errors.push(line),
    interruption: () => stop.signal,
  }
  return { said, lines, errors, stop, text: () => errors.join('\n') }
}

const run = (words: readonly string[], said: ReturnType<typeof terminal>['said']) => runCli([hub.name, ...words], said)

const checkout = () => {
  const folder = createCheckout({ 'README.md': '# Demo\n' })
  onTestFinished(() => removeFolder(folder))
  return folder
}

it('prints one line of JSON first, and serves until it is interrupted', async () => {
  const { said, lines, stop } = terminal({ API_KEY: 'k' })
  const running = run(['--repo', checkout(), '--json', '--name', 'octo/demo', '--secret', 'API_KEY'], said)
  await expect.poll(() => lines.length, SOON).toBe(1)
  const told = JSON.parse(lines[0] ?? '') as { api: string; git: string; tokens: Record<string, string> }
  expect(Object.keys(told.tokens)).toEqual(['admin', 'writer', 'reader', 'outsider'])
  const secrets = await fetch(`${told.api}/repos/octo/demo/actions/secrets`, {
    headers: { authorization: `token ${told.tokens.admin}` },
  })
  expect(await secrets.json()).toMatchObject({ secrets: [{ name: 'API_KEY' }] })
  stop.abort()
  expect(await running).toBe(0)
  await expect(fetch(told.api)).rejects.toThrow()
})

it('tells a person where everything is, and what to try', async () => {
  const { said, lines, stop } = terminal()
  const running = run(['--repo', checkout()], said)
  await expect.poll(() => lines.at(-1), SOON).toBe('Press Ctrl-C to stop.')
  expect(lines.join('\n')).toMatch(
    /served on http:\/\/127\.0\.0\.1:\d+\n {2}REST .*\n {2}GraphQL .*\n {2}git .*\.git\n {2}pages {4}http:.*\/login\/.+\n {2}admin /,
  )
  stop.abort()
  expect(await running).toBe(0)
})

it.each([
  [[], 'Name its folder: --repo DIR'],
  [['--repo', '.'], 'in it, run: git init && git add . && git commit'],
  [['--repo', '.', '--loud'], 'there is no option --loud'],
  [['--repo', 'nowhere'], 'there is no folder'],
])('says what to change: %j', async (words, hint) => {
  const { said, lines, text } = terminal()
  expect(await run(words, said)).toBe(2)
  expect(lines).toEqual([])
  expect(text()).toMatch(/^tributary hub: /)
  expect(text()).toContain(hint)
})

it('tells a folder that is not there from one that could be made a repository', async () => {
  const { said, text } = terminal()
  await run(['--repo', 'nowhere'], said)
  expect(text()).not.toContain('git init')
})

it.each([
  [['--port', 'x'], "'x' is not a port"],
  [['--port', '99999'], "'99999' is not a port"],
  [['--port', '1e3'], "'1e3' is not a port"],
  [['--port', ''], '--port needs a value'],
  [['--name', 'demo'], "'demo' is not of the form OWNER/NAME"],
  [['--secret', 'NOT_THERE'], 'NOT_THERE is not in your environment'],
  [['--secret', '=x'], "'=x' is not of the form --secret K=V"],
])('holds %j to be a mistake', async (words, hint) => {
  const { said, text } = terminal()
  expect(await run(['--repo', checkout(), ...words], said)).toBe(2)
  expect(text()).toContain(hint)
})

it('says that a port is taken', async () => {
  const first = terminal()
  const running = run(['--repo', checkout(), '--json'], first.said)
  await expect.poll(() => first.lines.length, SOON).toBe(1)
  const { url } = JSON.parse(first.lines[0] ?? '') as { url: string }
  const second = terminal()
  expect(await run(['--repo', checkout(), '--port', new URL(url).port], second.said)).toBe(1)
  expect(second.text()).toMatch(/^tributary hub: port \d+ is in use; choose another one, or 0 for any free port$/)
  first.stop.abort()
  await running
})

it('serves no repository without a commit, and no shallow clone, however often it is started', async () => {
  const empty = temporary('hub-empty')
  const shallow = temporary('hub-shallow')
  const whole = checkout()
  onTestFinished(() => [empty, shallow].forEach(removeFolder))
  git(empty, 'init', '-q')
  git(whole, 'commit', '-q', '--allow-empty', '-m', 'Second')
  git(shallow, 'clone', '-q', '--depth=1', `file://${whole}`, '.')
  for (const [folder, fix] of [
    [empty, 'has no commit to serve; in it, run: git init && git add . && git commit -m "First"'],
    [shallow, 'in it, run: git fetch --unshallow'],
  ] as const) {
    const { said, lines, text } = terminal()
    for (const _ of ['first', 'again']) expect(await run(['--repo', folder], said)).toBe(2)
    expect(lines).toEqual([])
    expect(text()).toContain(fix)
  }
})

it('says what it serves as main where the checkout is on no branch', async () => {
  const { said, text, lines, stop } = terminal()
  const folder = checkout()
  git(folder, 'checkout', '-q', '--detach')
  const running = run(['--repo', folder, '--json'], said)
  await expect.poll(() => lines.length, SOON).toBe(1)
  expect(text()).toMatch(/is on no branch; [0-9a-f]{8} is served as main/)
  stop.abort()
  expect(await running).toBe(0)
})
