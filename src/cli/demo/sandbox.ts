import { bounded } from '../../render/markdown/escape.ts'
import { type Display, wrapped } from '../display.ts'
import type { FoundSandbox } from '../find-sandbox.ts'

type Missing = Extract<FoundSandbox, { kind: 'off' }>

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
