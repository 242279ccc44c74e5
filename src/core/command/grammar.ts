import { type TaskId, taskIdSchema } from '../ids.ts'
import { validGlob } from '../plan/glob.ts'
import { err, ok, type Result } from '../result.ts'
import { quoted } from '../text/quoted.ts'
import { withoutMailTail } from './mail-tail.ts'

type PlanMode = 'strict' | 'soft' | 'off'

/** A parsed command. Authority and feasibility are decided elsewhere. */
export type Command =
  | {
      name: 'plan'
      mode: PlanMode | null
      budget: number | null
      maxTasks: number | null
      base: string | null
      paths: string[]
      words: string
    }
  | { name: 'plan-status' }
  | { name: 'plan-off' }
  | { name: 'approve'; planId: string | null; task: TaskId | null; only: TaskId[] | null }
  | { name: 'reject'; why: string }
  | { name: 'revise'; words: string }
  | { name: 'answer'; words: string }
  | { name: 'retry'; task: TaskId; note: string }
  | { name: 'skip'; task: TaskId }
  | { name: 'steer'; task: TaskId; words: string }
  | { name: 'cancel'; task: TaskId | null; why: string }
  | { name: 'pause' }
  | { name: 'resume' }
  | { name: 'status' }
  | { name: 'budget'; usd: number }
  | { name: 'help' }

export type CommandName = Command['name']
type CommandOf<Name extends CommandName> = Extract<Command, { name: Name }>

/** A reader returns the command, or a sentence about what is wrong with its arguments. */
type Readers = { readonly [Name in CommandName]: (said: CommandWords) => Result<CommandOf<Name>, string> }

const PLAN_ID = /^[0-9a-f]{12,64}$/i
const DIGITS = /^[0-9a-f]+$/i
const USD = /^\$?(\d{1,7}(?:\.\d{1,2})?)(?:usd|\$)?$/i

export const readers: Readers = {
  plan: readPlan,
  'plan-status': () => ok({ name: 'plan-status' }),
  'plan-off': () => ok({ name: 'plan-off' }),
  approve: readApprove,
  reject: ({ data }) => ok({ name: 'reject', why: data ?? '' }),
  revise: ({ data }) => ok({ name: 'revise', words: data ?? '' }),
  answer: ({ line }) => {
    const words = withoutMailTail(line)
    return words === '' ? err('The answers are missing.') : ok({ name: 'answer', words })
  },
  retry: ({ positional, data }) => map(readTask(positional[0]), (task) => ({ name: 'retry', task, note: data ?? '' })),
  skip: ({ positional }) => map(readTask(positional[0]), (task) => ({ name: 'skip', task })),
  steer: ({ positional, data }) => map(readTask(positional[0]), (task) => ({ name: 'steer', task, words: data ?? '' })),
  cancel: ({ positional, data }) =>
    map(optional(positional[0], readTask), (task) => ({ name: 'cancel', task, why: data ?? '' })),
  pause: () => ok({ name: 'pause' }),
  resume: () => ok({ name: 'resume' }),
  status: () => ok({ name: 'status' }),
  budget: ({ positional }) => map(readUsd(positional.join('')), (usd) => ({ name: 'budget', usd })),
  help: () => ok({ name: 'help' }),
}

const map = <From, To>(result: Result<From, string>, change: (value: From) => To): Result<To, string> =>
  result.ok ? ok(change(result.value)) : result

const optional = <Value>(
  text: string | null | undefined,
  read: (text: string) => Result<Value, string>,
): Result<Value | null, string> => (text === null || text === undefined ? ok(null) : read(text))

const option = (said: CommandWords, name: string): string | null => said.options.get(name)?.[0] ?? null

/** Accepts capitals, since phones capitalise the first letter; ids are always lower-case. */
function readTask(text: string | undefined): Result<TaskId, string> {
  if (text === undefined) return err('The task is missing.')
  const id = taskIdSchema.safeParse(text.toLowerCase())
  return id.success ? ok(id.data) : err(`${quoted(text)} is not a task's id.`)
}

function readTasks(text: string): Result<TaskId[], string> {
  const ids = new Set<TaskId>()
  for (const part of text.split(',').map((id) => id.trim())) {
    if (part === '') continue
    const id = readTask(part)
    if (!id.ok) return id
    ids.add(id.value)
  }
  return ids.size === 0 ? err('`--only` names no task.') : ok([...ids])
}

function readUsd(text: string): Result<number, string> {
  const usd = Number(USD.exec(text)?.[1] ?? 0)
  return usd > 0
    ? ok(usd)
    : err(
        `${text === '' ? 'The amount is missing' : `${quoted(text)} is not an amount`}: write US dollars, such as \`8usd\`.`,
      )
}

function readApprove(said: CommandWords): Result<CommandOf<'approve'>, string> {
  const [given] = said.positional
  const only = optional(option(said, 'only'), readTasks)
  if (!only.ok) return only
  if (given === undefined) return ok({ name: 'approve', planId: null, task: null, only: only.value })
  if (PLAN_ID.test(given)) return ok({ name: 'approve', planId: given.toLowerCase(), task: null, only: only.value })
  const task = readTask(given)
  if (!task.ok)
    return DIGITS.test(given) ? err(`${quoted(given)} is not a plan's id, which has 12 to 64 digits.`) : task
  if (only.value !== null) return err('`--only` starts a part of a plan; one task alone needs no `--only`.')
  return ok({ name: 'approve', planId: null, task: task.value, only: null })
}

function readPlan(said: CommandWords): Result<CommandOf<'plan'>, string> {
  const mode = optional(option(said, 'mode'), readMode)
  if (!mode.ok) return mode
  const budget = optional(option(said, 'budget'), readUsd)
  if (!budget.ok) return budget
  const maxTasks = optional(option(said, 'max-tasks'), readCount)
  if (!maxTasks.ok) return maxTasks
  const base = optional(option(said, 'base'), readBranch)
  if (!base.ok) return base
  const paths = (said.options.get('paths') ?? []).flatMap((path) => path ?? [])
  const badPath = paths.find((path) => validGlob(path) !== null)
  if (badPath !== undefined) return err(`\`--paths\` ${quoted(badPath)}: ${validGlob(badPath)}.`)
  return ok({
    name: 'plan',
    mode: mode.value,
    budget: budget.value,
    maxTasks: maxTasks.value,
    base: base.value,
    paths,
    words: said.data ?? '',
  })
}

/** A branch of a run is no base: it goes when the run ends. */
function readBranch(text: string): Result<string, string> {
  const isName = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/.test(text) && !/\.\.|\/\/|@\{|\.lock(?:\/|$)|[./]$/.test(text)
  return isName && !text.startsWith('tributary/') ? ok(text) : err(`${quoted(text)} cannot be the base of a plan.`)
}

function readMode(text: string): Result<PlanMode, string> {
  const mode = text.toLowerCase()
  if (mode === 'strict' || mode === 'soft' || mode === 'off') return ok(mode)
  return err(`${quoted(text)} is not a mode: \`strict\`, \`soft\` or \`off\`.`)
}

function readCount(text: string): Result<number, string> {
  const count = Number(/^\d{1,3}$/.test(text) ? text : 0)
  return count >= 1 && count <= 500 ? ok(count) : err(`${quoted(text)} is not a number of tasks: 1 to 500.`)
}

/** The tokens of a command, before interpretation. */
export interface CommandWords {
  word: string
  positional: string[]
  /** Values by the option's name; an option may be given more than once, and its value may be missing. */
  options: Map<string, (string | null)[]>
  /** Everything after the word, for a command that parses it itself. */
  line: string
  /** The command without the words for people or agents. */
  head: string
  /** The text after ` -- ` to the end of the comment; null without ` -- ` on the first line. */
  data: string | null
  /** The lines below the first one, if it has no ` -- `. */
  below: string
}

const SEPARATOR = /\s--(?:\s|$)/
const TOKEN = /(?:"[^"]*"|'[^']*'|`[^`]*`|\S)+/g
/** Also accepts a single hyphen. */
const OPTION = /^--?\p{L}/u
const QUOTED = /(["'`])(.*?)\1/g

/**
 * Splits a command. Only its first line has arguments and options. Quotes keep words together; a comma at the end of an
 * option's value adds the next word to it.
 */
export function readWords(text: string): CommandWords {
  const [, word = '', rest = ''] = /^\s*\/(\S*)[^\S\n]*(.*)$/s.exec(text) ?? []
  const [first = '', ...lines] = rest.split('\n')
  const separator = SEPARATOR.exec(` ${first}`)
  const head = separator === null ? first : ` ${first}`.slice(0, separator.index).trim()
  const data = separator === null ? null : ` ${rest}`.slice(separator.index + separator[0].length).trim()
  const tokens = (head.match(TOKEN) ?? []).map((token) => token.replace(QUOTED, '$2'))
  const below = separator === null ? lines.join('\n').trimEnd() : ''
  return { word, line: rest.trim(), head: `/${word} ${head}`.trim(), data, below, ...classified(tokens) }
}

function classified(tokens: readonly string[]): Pick<CommandWords, 'positional' | 'options'> {
  const positional: string[] = []
  const options = new Map<string, (string | null)[]>()
  const rest = [...tokens]
  for (let token = rest.shift(); token !== undefined; token = rest.shift()) {
    if (!OPTION.test(token)) {
      positional.push(token)
      continue
    }
    const [, name = '', given] = /^--?([^=]*)(?:=(.*))?$/s.exec(token) ?? []
    const value = given ?? takeValue(rest)
    options.set(name.toLowerCase(), [
      ...(options.get(name.toLowerCase()) ?? []),
      value === null ? null : joinList(value, rest),
    ])
  }
  return { positional, options }
}

const takeValue = (rest: string[]): string | null =>
  rest[0] === undefined || OPTION.test(rest[0]) ? null : (rest.shift() ?? null)

/** `t1, t2` and `t1 ,t2` are one list. */
function joinList(value: string, rest: string[]): string {
  let list = value
  while (rest[0] !== undefined && !OPTION.test(rest[0]) && (list.endsWith(',') || rest[0].startsWith(','))) {
    list += rest.shift() ?? ''
  }
  return list
}
