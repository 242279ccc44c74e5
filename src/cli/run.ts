import { nearest } from '../core/nearest.ts'
import { demo } from './demo/subcommand.ts'
import { doctor } from './doctor/subcommand.ts'
import { hub } from './hub.ts'
import { init } from './init.ts'
import { log } from './log.ts'
import { simulate } from './simulate.ts'
import type { Subcommand } from './subcommand.ts'
import { Mistake, type Terminal } from './terminal.ts'
import { versionOf } from './version.ts'

const SUBCOMMANDS: readonly Subcommand[] = [init, doctor, log, simulate, hub, demo]
const USAGE_ERROR = 2

/** `tributary WORD ...`: answers with the exit code. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [word, ...rest] = argv
  if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
    for (const line of overview(terminal.command)) terminal.out(line)
    return word === undefined ? USAGE_ERROR : 0
  }
  if (word === '--version' || word === '-v') {
    terminal.out(await versionOf(terminal.home))
    return 0
  }
  const subcommand = SUBCOMMANDS.find(({ name }) => name === word)
  if (subcommand === undefined) return unknown(word, terminal)
  if (rest.includes('--help') || rest.includes('-h')) {
    for (const line of subcommand.help) terminal.out(line)
    return 0
  }
  return attempt(subcommand, rest, terminal)
}

async function attempt(subcommand: Subcommand, words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await subcommand.run(words, terminal)
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    terminal.error(`tributary ${subcommand.name}: ${error.message}`)
    terminal.error(`\`${terminal.command} ${subcommand.name} --help\` says how it is typed.`)
    return USAGE_ERROR
  }
}

function unknown(word: string, terminal: Terminal): number {
  const names = SUBCOMMANDS.map(({ name }) => name)
  const meant = nearest(word, names)
  terminal.error(
    `tributary: there is no '${word}'. ${meant === null ? `There are ${names.join(', ')}.` : `Did you mean '${meant}'?`}`,
  )
  return USAGE_ERROR
}

const overview = (command: string): string[] => [
  'tributary WORD [options]',
  '',
  ...SUBCOMMANDS.map(({ name, summary }) => `  ${name.padEnd(8)} ${summary}`),
  '',
  `\`${command} WORD --help\` says more, \`--version\` which version this is.`,
]
