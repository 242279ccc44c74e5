import { hostOf } from '../../adapters/sandbox/host.ts'
import { probeSandbox } from '../../adapters/sandbox/probe.ts'
import { defaultSettings } from '../../core/settings.ts'
import { redactor } from '../../core/text/redact.ts'
import { bounded } from '../../render/markdown/escape.ts'
import { type Display, wrapped } from '../display.ts'
import type { Terminal } from '../subcommand.ts'

/** The sandbox of the demo's commands. Without one the demo still runs: its programs are known. */
export type DemoSandbox = { kind: 'bubblewrap' } | { kind: 'off'; why: string; fix: readonly string[] }

/** `temp`: a folder in which the probe may create its own. */
export async function findSandbox({ env }: Terminal, temp: string): Promise<DemoSandbox> {
  const probe = await probeSandbox('bubblewrap', { ...hostOf(env, []), temp }, defaultSettings.limits, redactor([]))
  return probe.ok ? { kind: 'bubblewrap' } : { kind: 'off', why: probe.detail, fix: probe.fix }
}

type Missing = Extract<DemoSandbox, { kind: 'off' }>

/** Printed at the start, followed by how to install a sandbox. */
export const noSandboxAtStart = ({ why }: Missing): string =>
  `No sandbox: ${brief(why)}. The demo's programs run without one.`

export const NO_SANDBOX_AT_END =
  'The demo ran without a sandbox. A real run without one needs the setting `sandbox: off`.'

/** Prints a sentence on the missing sandbox, and how to install one. Commands to copy are not wrapped. */
export function printMissingSandbox({ line, columns, colour }: Display, sentence: string, { fix }: Missing): void {
  for (const one of [...wrapped(sentence, columns, '  '), ...installs(fix)]) line(colour.yellow(one))
}

/** The reasons that bubblewrap gives are long. */
const brief = (why: string): string => bounded(why.split(/, |\. /)[0] ?? why, 110)

const installs = (fix: readonly string[]): string[] =>
  fix.length === 0 ? [] : [`  To install one: ${fix.join(' && ')}`]

/** Code that a model writes runs only in a sandbox. */
export const liveNeedsSandbox = ({ why, fix }: Missing): string =>
  [`--live runs what a model writes, which needs a sandbox: ${why}`, ...installs(fix)].join('\n')
