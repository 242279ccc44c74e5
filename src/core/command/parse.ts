import type { Failure } from '../failure.ts'
import { nearest } from '../text/nearest.ts'
import { quoted } from '../text/quoted.ts'
import { type Command, type CommandName, type CommandWords, readers, readWords } from './grammar.ts'
import { withoutMailTail } from './mail-tail.ts'

/** `null` if it is not one of our commands, and needs no reply. */
export type ParsedCommand = { ok: true; command: Command } | { ok: false; failure: Failure } | null

export interface CommandUsage {
  usage: string
  /** One line for `/help`. */
  help: string
  example: string
  /** Maximum number of arguments before ` -- `; null if the command parses its line itself. */
  arguments: number | null
  options: readonly string[]
  /** Whether words may follow ` -- `. */
  words: 'none' | 'optional' | 'required'
}

const entry = (
  usage: string,
  help: string,
  example: string,
  takes: Partial<Pick<CommandUsage, 'arguments' | 'options' | 'words'>> = {},
): CommandUsage => ({ usage, help, example, arguments: 0, options: [], words: 'none', ...takes })

/** Every command, in the order in which `/help` shows them. */
export const COMMANDS: Readonly<Record<CommandName, CommandUsage>> = {
  plan: entry(
    '/plan [--mode strict|soft|off] [--budget 5usd] [--max-tasks N] [--paths GLOB] [--base BRANCH] [-- words for the planner]',
    'Makes a plan for this issue. If you may approve it, this also lets its checks run once on the base before the approval, in the sandbox, without network or key.',
    '/plan -- keep the public functions as they are',
    { options: ['mode', 'budget', 'max-tasks', 'paths', 'base'], words: 'optional' },
  ),
  'plan-status': entry('/plan status', 'Shows which plan there is and what it waits for.', '/plan status'),
  'plan-off': entry('/plan off', 'Lets this run work without an approval of its plan.', '/plan off'),
  approve: entry(
    '/approve [plan-id | task] [--only t1,t2]',
    'Starts the plan, or part of it. With a task: opens that gate, or lands that pull request.',
    '/approve --only t1,t2',
    { arguments: 1, options: ['only'] },
  ),
  reject: entry('/reject [-- why]', 'Rejects the plan and ends the run.', '/reject -- too large', {
    words: 'optional',
  }),
  revise: entry('/revise -- what to change', 'Asks for a new version of the plan.', '/revise -- split t3 in two', {
    words: 'required',
  }),
  answer: entry('/answer 1b 2: words', "Answers the plan's questions.", '/answer 1b 2: only JSON', { arguments: null }),
  retry: entry(
    '/retry t3 [-- note]',
    'Starts another attempt at a task. `/retry verification` runs the verification again.',
    '/retry t3 -- use the retry helper in src/http',
    {
      arguments: 1,
      words: 'optional',
    },
  ),
  skip: entry('/skip t3', 'Continues without a task.', '/skip t3', { arguments: 1 }),
  steer: entry(
    '/steer t3 -- words',
    'Sends a message to the agent of a running task.',
    '/steer t3 -- no new packages',
    {
      arguments: 1,
      words: 'required',
    },
  ),
  cancel: entry('/cancel [t3] [-- why]', 'Stops the run, or one task.', '/cancel t3', {
    arguments: 1,
    words: 'optional',
  }),
  pause: entry('/pause', 'Starts no new tasks. Running tasks continue.', '/pause'),
  resume: entry('/resume', 'Continues after a pause.', '/resume'),
  status: entry('/status', 'Shows how far the run is.', '/status'),
  budget: entry('/budget 8usd', 'Sets how much this run may spend.', '/budget 8usd', { arguments: 2 }),
  help: entry('/help', 'Shows these commands and who may use them.', '/help', {
    arguments: Number.POSITIVE_INFINITY,
    words: 'optional',
  }),
}

const NAMES = Object.keys(COMMANDS).filter((name): name is CommandName => name in COMMANDS)
/** The first words of commands; `/plan status` begins with `/plan`. */
const WORDS = NAMES.filter((name) => COMMANDS[name].usage.startsWith(`/${name}`))

/** Parses a command that `commandLine` has found in a comment. */
export function parseCommand(text: string): ParsedCommand {
  const said = readWords(text)
  const word = said.word.toLowerCase()
  const name = WORDS.find((known) => known === word)
  if (name === undefined) return unknown(word)
  const [first, ...positional] = said.positional
  if (name !== 'plan' || first === undefined) return read(name, said)
  const sub = first.toLowerCase()
  if (sub !== 'status' && sub !== 'off') return refused('plan', strayWords(said.positional))
  return read(`plan-${sub}`, { ...said, positional })
}

function unknown(word: string): ParsedCommand {
  const suggestion = nearest(word, NAMES)
  if (suggestion === null) return null
  const known = NAMES.find((name) => name === suggestion)
  return { ok: false, failure: { reason: 'unknown-command', word, suggestion: known?.replace('-', ' ') ?? suggestion } }
}

function strayWords(words: readonly string[]): string {
  const close = nearest(words[0]?.toLowerCase() ?? '', ['status', 'off'])
  const meant = close === null ? 'Words for the planner come after ` -- `.' : `Did you mean \`/plan ${close}\`?`
  return `${quoted(words.join(' '))} stands before \` -- \`. ${meant}`
}

function read(name: CommandName, given: CommandWords): ParsedCommand {
  const takes = COMMANDS[name]
  const said = takes.words === 'none' ? given : { ...given, data: given.data ?? wordsBelow(given.below) }
  const detail = misfit(takes, said)
  if (detail !== null) return refused(name, detail)
  const unread = takes.words === 'none' && takes.arguments !== null ? unreadWords(given) : ''
  if (unread !== '')
    return { ok: false, failure: { reason: 'words-not-read', command: name, typed: given.head, words: unread } }
  const result = readers[name](said)
  return result.ok ? { ok: true, command: result.value } : refused(name, result.error)
}

/** The lines below a command as its words; a ` -- ` may stand there too. */
const wordsBelow = (below: string): string | null => (below === '' ? null : below.replace(/^\s*--(?:\s+|$)/, ''))

/** What a person says to a command that takes no words. It must not be passed over: it may be a condition. */
const unreadWords = ({ data, below }: CommandWords): string => (data ?? withoutMailTail(below)).trim()

const refused = (name: CommandName, detail: string): ParsedCommand => ({
  ok: false,
  failure: { reason: 'bad-arguments', command: name.replace('-', ' '), detail, usage: COMMANDS[name].usage },
})

/** Checks options, number of arguments and words against the usage; null if all fit. */
function misfit(takes: CommandUsage, said: CommandWords): string | null {
  if (takes.arguments === null) return null
  return misfitOptions(takes, said) ?? misfitArguments(takes.arguments, said) ?? misfitWords(takes, said)
}

function misfitOptions({ options }: CommandUsage, said: CommandWords): string | null {
  for (const [name, values] of said.options) {
    if (!options.includes(name)) {
      const close = nearest(name, options)
      return `${quoted(`--${name}`)} is not an option here.${close === null ? '' : ` Did you mean \`--${close}\`?`}`
    }
    if (values.includes(null) || values.includes('')) return `\`--${name}\` has no value.`
    if (values.length > 1 && name !== 'paths') return `\`--${name}\` is there twice.`
  }
  return null
}

const misfitArguments = (most: number, { positional }: CommandWords): string | null =>
  positional.length > most ? `${quoted(positional.slice(most).join(' '))} is too much.` : null

const misfitWords = ({ words }: CommandUsage, { data }: CommandWords): string | null =>
  words === 'required' && (data ?? '') === '' ? 'The words after ` -- ` are missing.' : null
