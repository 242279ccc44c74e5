import { hostOf } from '../../adapters/sandbox/host.ts'
import { probeSandbox } from '../../adapters/sandbox/probe.ts'
import { redactor } from '../../core/text/redact.ts'
import { bounded } from '../../render/markdown/escape.ts'
import { type Display, wrapped } from '../display.ts'
import type { Terminal } from '../subcommand.ts'

/** What keeps the demo's commands apart from the machine. Without one it runs all the same: its programs are its own. */
export type DemoSandbox = { kind: 'bubblewrap' } | { kind: 'off'; why: string; fix: readonly string[] }

/** `temp`: a folder that the probe may put its own into. */
export async function findSandbox({ env }: Terminal, temp: string): Promise<DemoSandbox> {
  const probe = await probeSandbox('bubblewrap', { ...hostOf(env, []), temp }, redactor([]))
  return probe.ok ? { kind: 'bubblewrap' } : { kind: 'off', why: probe.detail, fix: probe.fix }
}

type Missing = Extract<DemoSandbox, { kind: 'off' }>

/** Said at the start, and followed by what installs one. */
export const noSandboxAtStart = ({ why }: Missing): string =>
  `No sandbox: ${brief(why)}. The demo's programs run without one.`

export const NO_SANDBOX_AT_END = 'The demo ran without a sandbox. A real run asks for `sandbox: off` by name.'

/** A sentence on the missing sandbox, and what installs one. Words to copy are never broken. */
export function printMissingSandbox({ line, columns, colour }: Display, sentence: string, { fix }: Missing): void {
  for (const one of [...wrapped(sentence, columns, '  '), ...installs(fix)]) line(colour.yellow(one))
}

/** bubblewrap explains itself at length. */
const brief = (why: string): string => bounded(why.split(/, |\. /)[0] ?? why, 110)

const installs = (fix: readonly string[]): string[] =>
  fix.length === 0 ? [] : [`  To install one: ${fix.join(' && ')}`]

/** What a model writes runs nowhere else. */
export const liveNeedsSandbox = ({ why, fix }: Missing): string =>
  [`--live runs what a model writes, which takes a sandbox: ${why}`, ...installs(fix)].join('\n')
