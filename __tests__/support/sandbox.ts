import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Host, hostOf } from '../../src/adapters/sandbox/host.ts'
import { probeSandbox } from '../../src/adapters/sandbox/probe.ts'
import { type Redact, redactor } from '../../src/core/redact.ts'
import type { Settings } from '../../src/core/settings.ts'
import type { Sandbox } from '../../src/ports/sandbox.ts'

export const testHost = (env: Record<string, string | undefined> = process.env): Host => hostOf(env, [])

/** The real one. Where it cannot run, a test fails with the lines that mend it; it is never skipped. */
export async function realSandbox(
  setting: Settings['sandbox'] = 'bubblewrap',
  {
    host = testHost(),
    secrets = [],
    redact = redactor(secrets),
  }: { host?: Host; secrets?: string[]; redact?: Redact } = {},
): Promise<Sandbox> {
  const probe = await probeSandbox(setting, host, redact)
  if (!probe.ok) throw new Error(probe.detail)
  return probe.sandbox
}

export interface Tree {
  /** The work tree, an own git repository with one commit. */
  path: string
  /** The folder around it, for what a command must not reach. */
  around: string
  remove(): void
}

export function makeTree(within = tmpdir()): Tree {
  const around = realpathSync(mkdtempSync(join(within, 'tributary-sandbox-')))
  const path = join(around, 'tree')
  mkdirSync(path)
  writeFileSync(join(path, 'a.txt'), 'a\n')
  const git = (...words: string[]) => execFileSync('git', ['-C', path, ...words], { stdio: 'pipe' })
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('-c', 'user.name=t', '-c', 'user.email=t@example.invalid', 'commit', '-q', '-m', 'first')
  return { path, around, remove: () => rmSync(around, { recursive: true, force: true }) }
}
