import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { chooseWorker, findAgents, localSettings } from '../../../src/cli/up/agents.ts'
import { browserProgram } from '../../../src/cli/up/browser.ts'
import { noSandboxText } from '../../../src/cli/up/no-sandbox.ts'
import { readSettings } from '../../../src/config/settings.ts'
import { removeFolder, temporary } from '../../hub/support/repository.ts'

function pathWith(...programs: string[]): string {
  const folder = temporary('agents')
  onTestFinished(() => removeFolder(folder))
  for (const name of programs) {
    writeFileSync(join(folder, name), '#!/bin/sh\n')
    chmodSync(join(folder, name), 0o755)
  }
  mkdirSync(join(folder, 'opencode'))
  writeFileSync(join(folder, 'gemini'), 'not a program')
  return `/nonexistent:${folder}:`
}

describe('agents on the PATH', () => {
  it('are found by name, programs only', () => {
    expect(findAgents({ PATH: pathWith('codex', 'claude', 'other') })).toEqual(['claude', 'codex'])
    expect(findAgents({})).toEqual([])
  })

  it('are not used unless a person asks for one', () => {
    const PATH = pathWith('claude')
    expect(chooseWorker(undefined, { PATH, CLAUDE_CODE_OAUTH_TOKEN: 'token-1' })).toEqual({
      name: null,
      secrets: {},
      variables: {},
      settings: {},
      workEnv: {},
    })
  })

  it('plan and work by the settings for other programs, and see their login alone', () => {
    const PATH = pathWith('claude')
    const env = { PATH, CLAUDE_CODE_OAUTH_TOKEN: 'token-1', AWS_SECRET_ACCESS_KEY: 'secret' }
    const worker = chooseWorker('claude', env)
    expect(worker).toMatchObject({ name: 'claude', workEnv: { CLAUDE_CODE_OAUTH_TOKEN: 'token-1' } })
    expect(JSON.stringify(worker)).not.toContain('AWS')
    const settings = readSettings(null, localSettings(worker))
    expect(settings).toMatchObject({
      ok: true,
      value: {
        worker: { command: expect.arrayContaining(['{prompt_file}']), network: true },
        plan: { command: expect.arrayContaining(['{prompt_file}']), network: true },
        limits: { pushes_per_minute: 240 },
      },
    })
  })

  it.each([
    ['cluade', {}, "'cluade' is not an agent that --agent knows; did you mean claude?"],
    ['constructor', {}, 'is not an agent that --agent knows'],
    ['gemini', {}, 'there is no program `gemini` on the PATH'],
    ['claude', {}, 'set CLAUDE_CODE_OAUTH_TOKEN or ANTHROPIC_API_KEY'],
    ['codex', { CODEX_API_KEY: '' }, 'set CODEX_API_KEY'],
  ])('--agent %s with %j is refused: %s', (name, env, words) => {
    expect(() => chooseWorker(name, { PATH: pathWith('claude', 'codex'), ...env })).toThrow(words)
  })
})

it('the key of the environment is used, with the address of its API', () => {
  const env = { ANTHROPIC_API_KEY: 'sk-1', ANTHROPIC_BASE_URL: 'http://127.0.0.1:2' }
  expect(chooseWorker(undefined, env)).toMatchObject({
    name: 'ANTHROPIC_API_KEY',
    secrets: { ANTHROPIC_API_KEY: 'sk-1' },
    variables: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:2' },
    workEnv: {},
  })
})

it('headers that a gateway wants go with the key, as a secret', () => {
  const env = { ANTHROPIC_API_KEY: 'sk-1', ANTHROPIC_CUSTOM_HEADERS: 'x-tenant: 7' }
  expect(chooseWorker(undefined, env).secrets).toEqual(env)
})

it('a browser is opened where there is a screen for one', () => {
  expect(browserProgram('darwin', {})).toBe('open')
  expect(browserProgram('linux', { DISPLAY: ':0' })).toBe('xdg-open')
  expect(browserProgram('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe('xdg-open')
  expect(browserProgram('linux', { DISPLAY: '' })).toBeNull()
  expect(browserProgram('win32', { DISPLAY: ':0' })).toBeNull()
})

it('says what brings a sandbox, or how to do without one by name', () => {
  expect(noSandboxText({ kind: 'bubblewrap' })).toBeNull()
  const text = noSandboxText({ kind: 'off', why: 'bwrap is not installed', fix: ['sudo apt-get install bubblewrap'] })
  expect(text).toContain(
    '(bwrap is not installed); to install one: sudo apt-get install bubblewrap; or write `sandbox: off`',
  )
})
