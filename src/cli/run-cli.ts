import { nearest } from '../core/text/nearest.ts'
import { versionOf } from './address.ts'
import { check } from './check/subcommand.ts'
import { demo } from './demo/subcommand.ts'
import { screenWidth, wrappedHelp } from './display.ts'
import { doctor } from './doctor/subcommand.ts'
import { DEBUG, explainError } from './explain-error.ts'
import { hub } from './hub.ts'
import { init } from './init.ts'
import { log } from './log.ts'
import { run } from './run/subcommand.ts'
import { simulateSubcommand } from './simulate.ts'
import type { Subcommand, Terminal } from './subcommand.ts'
import { up } from './up/subcommand.ts'

const SUBCOMMANDS: readonly Subcommand[] = [up, run, init, doctor, check, simulateSubcommand, log, hub, demo]
const USAGE_ERROR = 2

/** `tributary WORD ...`: answers with the exit code. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [word, ...rest] = argv
  if (word === 'help' && rest[0] !== undefined) return runCli([rest[0], '--help'], terminal)
  if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
    printHelp(overview(terminal.command), terminal)
    return word === undefined ? USAGE_ERROR : 0
  }
  if (word === '--version' || word === '-v') {
    terminal.out(await versionOf(terminal.home))
    return 0
  }
  const subcommand = SUBCOMMANDS.find(({ name }) => name === word)
  if (subcommand === undefined) return unknown(word, terminal)
  if (rest.includes('--help') || rest.includes('-h')) {
    printHelp(subcommand.help, terminal)
    return 0
  }
  return attempt(subcommand, rest, terminal)
}

async function attempt(subcommand: Subcommand, words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await subcommand.run(words, terminal)
  } catch (error) {
    const typed = `tributary ${subcommand.name}`
    const help = `${terminal.command} ${subcommand.name} --help`
    const { lines, code } = explainError(error, typed, isDebugged(terminal.env), help)
    for (const line of lines) terminal.error(line)
    return code
  }
}

function printHelp(lines: readonly string[], { screen, out }: Terminal): void {
  for (const line of screen === undefined ? lines : wrappedHelp(lines, screenWidth(screen))) out(line)
}

/** Whether traces are asked for. */
export const isDebugged = (env: Terminal['env']): boolean => (env[DEBUG] ?? '') !== ''

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
