import type { z } from 'zod'
import { wordsOfLine } from './command-line.ts'
import { listed, quoted } from './core/quoted.ts'
import { flowList, type Path } from './yaml.ts'

const WANTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'keys with values',
}

/** What is wrong with a value, for the person who wrote it. */
export function wrongWords(issue: z.core.$ZodIssue): string {
  const name = nameOf(issue.path)
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `${name} is missing`
        : `${name} must be ${wanted(issue)}, not ${given(issue.input)}${fixed(issue)}`
    case 'invalid_value':
      return issue.input === undefined
        ? `${name} is missing`
        : `${name} must be ${listed(issue.values.map(String), 'or')}, not ${given(issue.input)}`
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `${name} may not be empty`
        : `${name} must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
    case 'too_big':
      return issue.origin === 'string'
        ? `${name} may have ${issue.maximum} characters at most`
        : `${name} must be ${issue.maximum} at most`
    case 'invalid_format':
      return `${name} ${quoted(String(issue.input))} must be ${patternWords(issue.message)}`
    default:
      return `${name} ${issue.message}`
  }
}

/** `limits.tasks`, `run[1]`; of a task's path only what is inside of the task. */
function nameOf(path: Path): string {
  const inner = path[0] === 'tasks' && path.length > 2 ? path.slice(2) : path
  // The list of words of a command is the command itself to whoever writes it.
  const parts = inner.filter((part) => part !== 'argv')
  if (parts.length === 0) return 'The text'
  return quoted(
    parts
      .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
      .join(''),
  )
}

const patternWords = (message: string): string => (message.startsWith('Invalid') ? 'of another form' : message)

type WrongType = Extract<z.core.$ZodIssue, { code: 'invalid_type' }>

const isCommand = (path: Path): boolean =>
  path.at(-1) === 'argv' ||
  path.at(-1) === 'run' ||
  (path.at(-2) === 'worker' && path.at(-1) === 'command') ||
  (path.at(-2) === 'verification' && typeof path.at(-1) === 'number')

const wanted = ({ expected, path }: WrongType): string =>
  expected === 'array' && isCommand(path) ? 'a list of words' : (WANTED[expected] ?? expected)

function given(input: unknown): string {
  if (input === null) return 'nothing'
  if (Array.isArray(input)) return 'a list'
  if (typeof input === 'object') return 'keys with values'
  if (typeof input === 'string') return `the text ${quoted(input)}`
  return quoted(String(input))
}

/** What to write instead, if that can be told. */
function fixed({ expected, input, path }: WrongType): string {
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean'))
    return `: write it in quotes, ${quoted(JSON.stringify(String(input)))}`
  if (expected !== 'array' || typeof input !== 'string') return ''
  const list = flowList(isCommand(path) || path.at(-1) === 'verification' ? wordsOfLine(input) : [input])
  // One command where a list of them belongs: all of its words are one of them.
  return path.includes('verification')
    ? `: it is a list of commands, such as ${quoted(`[${list}]`)}`
    : `: write ${quoted(list)}`
}
