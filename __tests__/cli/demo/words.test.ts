import { describe, expect, it } from 'vitest'
import { openDemoModel } from '../../../src/cli/demo/model.ts'
import { keepHub, whereToLook } from '../../../src/cli/demo/run-demo.ts'
import { noSandboxAtStart, printMissingSandbox } from '../../../src/cli/demo/sandbox.ts'
import { createDisplay } from '../../../src/cli/display.ts'

/** What the demo says on 80 columns, to somebody who started it by npx. */
function saying() {
  const stop = new AbortController()
  const lines: string[] = []
  const terminal = {
    cwd: '/',
    env: {},
    command: 'npx github:corner/tributary',
    home: '/',
    out: (line: string) => lines.push(line),
    error: () => {},
    interruption: () => stop.signal,
  }
  return { terminal, display: createDisplay(terminal, () => 0), lines, stop }
}

describe('what the demo says', () => {
  it('breaks sentences, and never a command to copy', () => {
    const { display, lines } = saying()
    const fix = ['sudo apt-get update', 'sudo apt-get install --yes --no-install-recommends bubblewrap uidmap']
    const missing = { kind: 'off', why: 'bubblewrap is not installed, or not in the path', fix } as const
    printMissingSandbox(display, noSandboxAtStart(missing), missing)
    expect(lines).toEqual([
      "No sandbox: bubblewrap is not installed. The demo's programs run without one.",
      `  To install one: ${fix.join(' && ')}`,
    ])
  })

  it('names commands as they can be typed again', async () => {
    const { terminal } = saying()
    expect(whereToLook(terminal, '/tmp/demo/hub/repository.git', 1)).toContain(
      '  npx github:corner/tributary log 1 --repo /tmp/demo/hub/repository.git',
    )
    await expect(openDemoModel('live', { title: 'x', body: 'x' }, terminal, '/tmp/demo')).rejects.toMatchObject({
      message: '--live needs a key: ANTHROPIC_API_KEY=... npx github:corner/tributary demo --live',
      typing: false,
    })
  })

  it('shows the hub that stays, and ends well when the person stops it', async () => {
    const { display, lines, stop } = saying()
    const tokens = { admin: 'a', writer: 'w', reader: 'r', outsider: 'o' }
    const hub = { url: 'http://127.0.0.1:1', api: 'http://127.0.0.1:1/api', git: 'http://127.0.0.1:1/git', tokens }
    const stayed = keepHub(hub, display, stop.signal)
    expect(lines[0]).toBe('\nThe hub runs until you press Ctrl-C: http://127.0.0.1:1')
    expect(lines).toContain('  outsider  o')
    stop.abort('SIGINT')
    await expect(stayed).resolves.toBeUndefined()
  })
})
