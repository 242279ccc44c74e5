import { hostOf } from '../adapters/sandbox/host.ts'
import { probeSandbox } from '../adapters/sandbox/probe.ts'
import { defaultSettings } from '../core/settings.ts'
import { redactor } from '../core/text/redact.ts'
import type { Terminal } from './subcommand.ts'

/** The sandbox for commands on this machine, or why there is none and what brings one. */
export type FoundSandbox = { kind: 'bubblewrap' } | { kind: 'off'; why: string; fix: readonly string[] }

/** `temp`: a folder in which the probe may create its own. */
export async function findSandbox({ env }: Pick<Terminal, 'env'>, temp: string): Promise<FoundSandbox> {
  const probe = await probeSandbox('bubblewrap', { ...hostOf(env, []), temp }, defaultSettings.limits, redactor([]))
  return probe.ok ? { kind: 'bubblewrap' } : { kind: 'off', why: probe.detail, fix: probe.fix }
}
