import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { runHubCommand } from '../../src/hub/command.ts'
import { createCheckout, removeFolder, temporary } from './support/repository.ts'

function terminal(env: Record<string, string> = {}) {
  const folder = temporary('hub-command')
  onTestFinished(() => removeFolder(folder))
  const lines: string[] = []
  const errors: string[] = []
  const stop = new AbortController()
  const said = {
    cwd: folder,
    env: { XDG_STATE_HOME: join(folder, 'state'), ...env },
    home: folder,
    out: (line: string) => void lines.push(line),
    error: (line: string) => void errors.push(line),
    interruption: () => stop.signal,
  }
  return { said, lines, errors, stop, text: () => errors.join('\n') }
}

const checkout = () => {
  const folder = createCheckout({ 'README.md': '# Demo\n' })
  onTestFinished(() => removeFolder(folder))
  return folder
}

it('prints one line of JSON first, and serves until it is interrupted', async () => {
  const { said, lines, stop } = terminal({ API_KEY: 'k' })
  const running = runHubCommand(['--repo', checkout(), '--json', '--name', 'octo/demo', '--secret', 'API_KEY'], said)
  await expect.poll(() => lines.length).toBe(1)
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
  const running = runHubCommand(['--repo', checkout()], said)
  await expect.poll(() => lines.at(-1)).toBe('Ctrl-C ends it.')
  expect(lines.join('\n')).toMatch(
    /served on http:\/\/127\.0\.0\.1:\d+\n {2}REST .*\n {2}GraphQL .*\n {2}git .*\.git\n {2}admin /,
  )
  stop.abort()
  expect(await running).toBe(0)
})

it.each([
  [[], 'Give its folder: --repo DIR'],
  [['--repo', '.'], 'git init'],
  [['--repo', '.', '--loud'], "Unknown option '--loud'"],
])('says what to change: %j', async (words, hint) => {
  const { said, lines, text } = terminal()
  expect(await runHubCommand(words, said)).toBe(2)
  expect(lines).toEqual([])
  expect(text()).toContain(hint)
  expect(text()).toContain('tributary hub --repo DIR')
})

it.each([
  [['--port', 'x'], "'x' is no port"],
  [['--name', 'demo'], "'demo' is no OWNER/NAME"],
  [['--secret', 'NOT_THERE'], 'NOT_THERE is not in the environment'],
  [['--secret', '=x'], "'=x' does not fit --secret K=V"],
])('holds %j to be a mistake', async (words, hint) => {
  const { said, text } = terminal()
  expect(await runHubCommand(['--repo', checkout(), ...words], said)).toBe(2)
  expect(text()).toContain(hint)
})

it('says that a port is taken', async () => {
  const first = terminal()
  const running = runHubCommand(['--repo', checkout(), '--json'], first.said)
  await expect.poll(() => first.lines.length).toBe(1)
  const { url } = JSON.parse(first.lines[0] ?? '') as { url: string }
  const second = terminal()
  expect(await runHubCommand(['--repo', checkout(), '--port', new URL(url).port], second.said)).toBe(2)
  expect(second.text()).toContain('That port is taken')
  first.stop.abort()
  await running
})
