import { chmodSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { runCli } from '../../../src/cli/run-cli.ts'
import { commitFiles, createCheckout, git, removeFolder, temporary } from '../../hub/support/repository.ts'

const GIT_FETCH = (repository: string) => `/local/${basename(repository)}.git/info/refs?service=git-upload-pack`
const SOON = { timeout: 60_000 }

function setting() {
  const repository = createCheckout({ 'README.md': '# Demo\n' })
  const folder = temporary('up')
  onTestFinished(() => [repository, folder].forEach(removeFolder))
  writeFileSync(join(folder, 'claude'), '#!/bin/sh\nexit 1\n')
  chmodSync(join(folder, 'claude'), 0o755)
  const env = { PATH: `${folder}:${process.env.PATH}`, XDG_STATE_HOME: join(folder, 'state') }
  return { repository, env }
}

/** `tributary up` as a person types it, until `stop`. */
function upIn({ repository, env }: ReturnType<typeof setting>, ...words: string[]) {
  const lines: string[] = []
  const stop = new AbortController()
  const ended = runCli(['up', ...words], {
    cwd: repository,
    env,
    home: repository,
    command: 'tributary',
    out: (line) => void lines.push(line),
    error: (line) => void lines.push(line),
    interruption: () => stop.signal,
  })
  return { lines, ended, stop: () => stop.abort('SIGINT'), text: () => lines.join('\n') }
}

it('says where the page is and what works there, offers agents without using them, and goes on with new commits', async () => {
  const here = setting()
  const first = upIn(here)
  await expect.poll(first.text, SOON).toContain('Ctrl-C ends it, and `tributary up` continues where it was.')
  expect(first.text()).toMatch(/: http:\/\/127\.0\.0\.1:\d+/)
  expect(first.text()).toContain('Who plans and works: you, with plans by hand that have a `run` for each task')
  expect(first.text()).toContain('Found, and not used: claude. `tributary up --agent claude` lets it plan and work.')
  // Another user of this machine reaches the port, and has no token.
  const [hub = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(first.text()) ?? []
  for (const path of [`/api/v3/repos/local/${basename(here.repository)}/issues`, GIT_FETCH(here.repository)])
    expect((await fetch(`${hub}${path}`)).status, path).toBeOneOf([401, 404])
  const other = upIn(here, '--port', '1')
  expect(await other.ended).toBe(0)
  expect(other.text()).toContain(`This repository is served already, by process ${process.pid}.`)
  expect(other.text()).toContain('It keeps its port. End it, then start it with --port 1.')
  first.stop()
  expect(await first.ended).toBe(0)

  commitFiles(here.repository, { 'a.txt': 'a' })
  git(here.repository, 'checkout', '-q', '-b', 'feature')
  const again = upIn(here, '--no-open')
  await expect.poll(again.text, SOON).toContain('Ctrl-C ends it')
  expect(again.text()).toContain('1 new commit of main came to the hub.')
  expect(again.text()).toContain(
    'Plans start from main; `/plan --base feature` makes one for the branch that you are on.',
  )
  again.stop()
  expect(await again.ended).toBe(0)
})
