import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hostOf, type SandboxHost } from '../../src/adapters/sandbox/host.ts'
import type { LimitSettings } from '../../src/adapters/sandbox/limits.ts'
import { publicInternet } from '../../src/adapters/sandbox/network/internet.ts'
import type { NetworkAccess } from '../../src/adapters/sandbox/network/proxy.ts'
import { probeSandbox } from '../../src/adapters/sandbox/probe.ts'
import { defaultSettings, type Settings } from '../../src/core/settings.ts'
import { type Redact, redactor } from '../../src/core/text/redact.ts'
import type { Sandbox } from '../../src/ports/sandbox.ts'
import { onDisk } from './on-disk.ts'
import { removeLocked } from './remove-locked.ts'

export const testHost = (env: Record<string, string | undefined> = process.env): SandboxHost => hostOf(env, [])

/** Why there is none, and what brings one. */
function told({ detail, fix }: { detail: string; fix: readonly string[] }): string {
  return fix.length === 0 ? detail : `${detail} (${fix.join(' && ')})`
}

const required = process.env.CI === 'true' || process.env.TRIBUTARY_SANDBOX === 'required'
const probed = await probeSandbox('bubblewrap', testHost(), defaultSettings.limits, (text) => text)
const missing = probed.ok ? null : `the sandbox cannot run here: ${told(probed)}`

/** What a plan's settings say here: the sandbox, or `off` by name if none can run and none is required. */
export function sandboxHere(): Settings['sandbox'] {
  if (missing === null) return 'bubblewrap'
  if (required) throw new Error(`${missing} (it is required: CI or TRIBUTARY_SANDBOX says so)`)
  return 'off'
}

/** What a report of a run calls the sandbox here. */
export const sandboxName = (): RegExp => (sandboxHere() === 'off' ? /^off$/ : /^bubblewrap [0-9.]+$/)

/**
 * For tests whose point is the isolation: `describe('...', needsSandbox, ...)`. Without a sandbox they are skipped, and
 * counted with the reason; if it is required they run, and fail with the line that installs it.
 */
export const needsSandbox = missing === null || required ? {} : { skip: true, meta: { skippedFor: missing } }

/** The real one. If it cannot run, a test that was not skipped fails with the commands that fix that. */
export async function realSandbox(
  setting: Settings['sandbox'] = 'bubblewrap',
  {
    host = testHost(),
    secrets = [],
    redact = redactor(secrets),
    limits = defaultSettings.limits,
    network = { allow: [], internet: publicInternet },
  }: {
    host?: SandboxHost
    secrets?: string[]
    redact?: Redact
    limits?: LimitSettings
    network?: NetworkAccess
  } = {},
): Promise<Sandbox> {
  const probe = await probeSandbox(setting, host, limits, redact, { network })
  if (!probe.ok) throw new Error(told(probe))
  return probe.sandbox
}

declare module 'vitest' {
  interface TaskMeta {
    /** Why a test did not run. */
    skippedFor?: string
  }
}

export interface Tree {
  /** The work tree, an own git repository with one commit. */
  path: string
  /** The folder around it, for what a command must not reach. */
  around: string
  remove(): void
}

export function makeTree(within = onDisk()): Tree {
  const around = realpathSync(mkdtempSync(join(within, 'tributary-sandbox-')))
  const path = join(around, 'tree')
  mkdirSync(path)
  writeFileSync(join(path, 'a.txt'), 'a\n')
  const git = (...words: string[]) => execFileSync('git', ['-C', path, ...words], { stdio: 'pipe' })
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('-c', 'user.name=t', '-c', 'user.email=t@example.invalid', 'commit', '-q', '-m', 'first')
  return { path, around, remove: () => removeLocked(around) }
}
