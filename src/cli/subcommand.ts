import { type ParseArgsConfig, parseArgs } from 'node:util'
import { nearest } from '../core/text/nearest.ts'

/** One word after `tributary`. */
export interface Subcommand {
  name: string
  /** One line for `tributary --help`. */
  summary: string
  help: readonly string[]
  /** Answers with the exit code. */
  run(words: readonly string[], terminal: Terminal): Promise<number>
}

type Options = NonNullable<ParseArgsConfig['options']>
type OptionToken = { name: string; rawName: string; index: number; value?: string; inlineValue?: boolean }

/** Parses the arguments. Invalid ones throw a Mistake, in our words. */
export function readArguments<Asked extends Options>(words: readonly string[], options: Asked, positionals: number) {
  const args = [...words]
  const { tokens } = parseArgs({ args, options, allowPositionals: true, strict: false, tokens: true })
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    refuseOption(token, words, options)
    if (seen.has(token.name) && options[token.name]?.multiple !== true)
      throw new Mistake(`--${token.name} is given twice; remove one`)
    seen.add(token.name)
  }
  const read = parseArgs({ args, options, allowPositionals: true, strict: true })
  if (read.positionals.includes('')) throw new Mistake('one of the arguments is empty')
  const tooMany = read.positionals[positionals]
  if (tooMany !== undefined) throw new Mistake(`'${tooMany}' is one argument too many`)
  return read
}

function refuseOption(token: OptionToken, words: readonly string[], options: Options): void {
  const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined
  if (option === undefined) throw new Mistake(unknownOption(words[token.index] ?? token.rawName, options))
  const name = `--${token.name}`
  const { value, inlineValue = false } = token
  if (option.type === 'boolean') {
    if (value !== undefined) throw new Mistake(`${name} takes no value; write it alone`)
    return
  }
  if (value === undefined || value === '') throw new Mistake(`${name} needs a value`)
  if (inlineValue || !value.startsWith('-')) return
  throw new Mistake(
    isOption(value, options)
      ? `${name} needs a value before ${value}`
      : `${name} needs a value, and '${value}' looks like an option; if you mean it as the value, write ${name}=${value}`,
  )
}

const isOption = (word: string, options: Options): boolean =>
  Object.hasOwn(options, word.replace(/^--/, '').split('=')[0] ?? '')

function unknownOption(word: string, options: Options): string {
  const typed = word.split('=')[0] ?? word
  const names = Object.keys(options)
  if (names.length === 0) return `there is no option ${typed}; this command has no options`
  const meant = nearest(typed.replace(/^-+/, ''), names)
  return meant === null
    ? `there is no option ${typed}; the options are ${names.map((name) => `--${name}`).join(', ')}`
    : `there is no option ${typed}, did you mean --${meant}?`
}

/** The terminal: working directory, environment and outputs of a command. */
export interface Terminal {
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  /** The folder with action.yml, dist and examples. */
  home: string
  /** How this command was started, to be typed again: `node ../tributary/dist/cli.js`. */
  command: string
  out(line: string): void
  error(line: string): void
  /** The window that `out` goes to; none if that is a file or a pipe. */
  screen?: Screen
  /** Asks the person for a line; null: the input has ended. Only if a person is there to answer. */
  ask?(question: string, signal: AbortSignal): Promise<string | null>
  /** Fires when the person interrupts; the reason is the signal's name. A command that never calls this is ended by the signal. */
  interruption(): AbortSignal
}

interface Screen {
  columns(): number
  /** Without an end of the line. */
  write(text: string): void
}

/** A mistake of the person at the terminal: said in one sentence with the fix, no trace. Exit code 2. */
export class Mistake extends Error {
  override name = 'Mistake'
  /** Whether the help of the subcommand would help: it was typed wrongly, and not in the wrong place. */
  readonly typing: boolean

  constructor(message: string, { typing = true }: { typing?: boolean } = {}) {
    super(message)
    this.typing = typing
  }
}

/** A fault of the environment: a network, a disk, a permission. One sentence, no trace. Exit code 1. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError'
}
