import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cappedLog } from '../../core/capped-log.ts'
import type { Redact } from '../../core/redact.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import { commandEnvironment, type Host } from './host.ts'
import { runCommand } from './run-command.ts'

/** No isolation, as somebody asked for by name. A clear environment and an end to what was started is all there is. */
export const noSandbox = (host: Host, redact: Redact): Sandbox => ({
  name: 'off',
  async run(argv, { worktree, seconds, signal, env }) {
    const home = await mkdtemp(join(host.temp, 'tributary-home-'))
    try {
      const log = cappedLog(redact)
      return await runCommand({
        argv,
        cwd: worktree,
        env: { ...env, ...commandEnvironment(host, home) },
        seconds,
        signal,
        log,
      })
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  },
})
