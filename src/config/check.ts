import { z } from 'zod'
import { isRecord } from '../core/is-record.ts'
import { ownOf } from '../core/own.ts'
import { err, ok, type Result } from '../core/result.ts'
import { nearest } from '../core/text/nearest.ts'
import { listed, quoted } from '../core/text/quoted.ts'
import { wordsOfLine } from './shell-words.ts'
import { flowList, type Path, type YamlText } from './yaml.ts'

/** A value that does not match its schema. */
export interface SchemaProblem {
  line: number
  path: Path
  tooLong: boolean
  /** A whole sentence, without the line. */
  message: string
}

/** A person does not fix more at once, and the journal holds them all. */
const MAX_PROBLEMS = 50

type AnySchema = z.core.$ZodType

/** Parses a text with a schema. A known key without a value counts as absent: its value may be commented out. */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  text: YamlText,
): Result<z.infer<Schema>, SchemaProblem[]> {
  const result = schema.safeParse(withoutEmpty(text.value, schema), { reportInput: true })
  if (result.success) return ok(result.data)
  const found = result.error.issues.flatMap((issue) => problemsOf(issue, schema, text))
  return err(found.sort((a, b) => a.line - b.line).slice(0, MAX_PROBLEMS))
}

function problemsOf(issue: z.core.$ZodIssue, schema: AnySchema, { lineOf }: YamlText): SchemaProblem[] {
  if (issue.code !== 'unrecognized_keys') {
    const { path } = issue
    const line = lineOf(path)
    const message = `${problemText(issue)}.`
    return [{ line, path, tooLong: issue.code === 'too_big' && issue.origin === 'string', message }]
  }
  const known = keysAt(schema, issue.path)
  return issue.keys.slice(0, MAX_PROBLEMS).map((key) => {
    const path = [...issue.path, key]
    const close = nearest(key, known)
    const hint = close === null ? `The keys are ${listed(known)}.` : `Did you mean ${quoted(close)}?`
    const line = lineOf(path)
    return { line, path, tooLong: false, message: `${quoted(key)} is not a known key here. ${hint}` }
  })
}

/** The schema inside of its wrappers (default, optional, pipe). */
function bare(schema: AnySchema | undefined): AnySchema | undefined {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    return bare(schema.unwrap())
  return schema instanceof z.ZodPipe ? bare(schema.out) : schema
}

function schemaAt(schema: AnySchema, path: Path): AnySchema | undefined {
  let at = bare(schema)
  for (const part of path) {
    if (at instanceof z.ZodObject) at = bare(at.shape[String(part)])
    else if (at instanceof z.ZodArray) at = bare(at.element)
  }
  return at
}

function keysAt(schema: AnySchema, path: Path): string[] {
  const at = schemaAt(schema, path)
  return at instanceof z.ZodObject ? Object.keys(at.shape) : []
}

function withoutEmpty(value: unknown, schema: AnySchema | undefined): unknown {
  const known = bare(schema)
  if (Array.isArray(value) && known instanceof z.ZodArray) return value.map((item) => withoutEmpty(item, known.element))
  if (!isRecord(value) || !(known instanceof z.ZodObject)) return value
  const kept = Object.entries(value).filter(([key, inner]) => inner !== null || !Object.hasOwn(known.shape, key))
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutEmpty(inner, ownOf(known.shape, key))]))
}

const WANTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'keys with values',
}

/** Describes a problem for the person who wrote the value. */
function problemText(issue: z.core.$ZodIssue): string {
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

/** `limits.tasks`, `run[1]`; for a task, the path inside of it. */
function nameOf(path: Path): string {
  const inner = path[0] === 'tasks' && path.length > 2 ? path.slice(2) : path
  // People write a command as its list of words, without the key `argv`.
  const parts = inner.filter((part) => part !== 'argv')
  if (parts.length === 0) return 'The text'
  return quoted(
    parts
      .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
      .join(''),
  )
}

const patternWords = (message: string): string => (message.startsWith('Invalid') ? 'in another form' : message)

type WrongType = Extract<z.core.$ZodIssue, { code: 'invalid_type' }>

const isCommand = (path: Path): boolean =>
  path.at(-1) === 'argv' ||
  path.at(-1) === 'run' ||
  (path.at(-2) === 'worker' && path.at(-1) === 'command') ||
  (['verification', 'commands'].includes(String(path.at(-2))) && typeof path.at(-1) === 'number')

const wanted = ({ expected, path }: WrongType): string =>
  expected === 'array' && isCommand(path) ? 'a list of words' : (WANTED[expected] ?? expected)

function given(input: unknown): string {
  if (input === null) return 'nothing'
  if (Array.isArray(input)) return 'a list'
  if (typeof input === 'object') return 'keys with values'
  if (typeof input === 'string') return `the text ${quoted(input)}`
  return quoted(String(input))
}

/** What to write instead, if it can be derived. */
function fixed({ expected, input, path }: WrongType): string {
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean'))
    return `: write it in quotes, ${quoted(JSON.stringify(String(input)))}`
  if (expected !== 'array' || typeof input !== 'string') return ''
  const ofCommands = path.at(-1) === 'verification' || (path[0] === 'tasks' && path.at(-1) === 'commands')
  const list = flowList(isCommand(path) || ofCommands ? wordsOfLine(input) : [input])
  // One command in the place of a list of commands: its words become one item.
  return path.includes('verification') || ofCommands
    ? `: it is a list of commands, such as ${quoted(`[${list}]`)}`
    : `: write ${quoted(list)}`
}
