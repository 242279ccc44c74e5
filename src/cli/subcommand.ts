import { type ParseArgsConfig, parseArgs } from 'node:util'
import { Mistake, type Terminal } from './terminal.ts'

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

/** Arguments as the subcommand wants them; what does not fit is the person's mistake, not ours. */
export function readArguments<Asked extends Options>(words: readonly string[], options: Asked, positionals: number) {
  const read = parse(words, options)
  const tooMany = read.positionals[positionals]
  if (tooMany !== undefined) throw new Mistake(`'${tooMany}' is too much`)
  return read
}

function parse<Asked extends Options>(words: readonly string[], options: Asked) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new Mistake(error instanceof Error ? error.message : String(error))
  }
}
