import { type Document, isNode, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { nearest } from './core/nearest.ts'
import { err, ok, type Result } from './core/result.ts'

/** One thing wrong in a YAML text; the line counts from 1. */
export interface YamlProblem {
  line: number
  path: readonly (string | number)[]
  message: string
}

/** Aliases that expand into more nodes than this are taken for a bomb. */
const MOST_ALIASES = 20

/** Text that somebody typed, as a value of the schema; or every problem, each with its line. */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
): Result<z.output<Schema>, YamlProblem[]> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, customTags: [], logLevel: 'error' })
  const [broken] = document.errors
  if (broken !== undefined)
    return err([
      {
        line: lines.linePos(broken.pos[0]).line,
        path: [],
        message: (broken.message.split('\n')[0] ?? '').replace(/ at line .*$/, ''),
      },
    ])
  const value = plain(document)
  if (!value.ok) return err([{ line: 1, path: [], message: value.error }])
  const parsed = schema.safeParse(value.value ?? {})
  if (parsed.success) return ok(parsed.data)
  return err(parsed.error.issues.flatMap((issue) => problemsOf(issue, document, lines, schema)))
}

function plain(document: Document): Result<unknown, string> {
  try {
    return ok(document.toJS({ maxAliasCount: MOST_ALIASES }))
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error))
  }
}

function problemsOf(issue: z.core.$ZodIssue, document: Document, lines: LineCounter, schema: z.ZodType): YamlProblem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code !== 'unrecognized_keys')
    return [{ line: lineOf(document, lines, path), path, message: messageOf(issue) }]
  return issue.keys.map((key) => {
    const at = [...path, key]
    return {
      line: lineOf(document, lines, at),
      path: at,
      message: `unknown key \`${key}\`${suggestion(key, keysAt(schema, path))}`,
    }
  })
}

/** zod's own words, without its name for what is missing. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined)
    return `is missing; it must be ${article(issue.expected)}`
  if (issue.code === 'invalid_type') return `must be ${article(issue.expected)}`
  return issue.message
}

const article = (word: string): string =>
  word === 'array'
    ? 'a list'
    : word === 'object'
      ? 'a group of keys'
      : /^[aeiou]/.test(word)
        ? `an ${word}`
        : `a ${word}`

function suggestion(key: string, known: readonly string[]): string {
  const near = nearest(key, known)
  if (near !== null) return `; did you mean \`${near}\`?`
  return known.length === 0 ? '' : `; known are ${known.map((one) => `\`${one}\``).join(', ')}`
}

/** The keys that the schema knows at a path. */
function keysAt(schema: z.core.$ZodType, path: readonly (string | number)[]): string[] {
  let current = bare(schema)
  for (const part of path) {
    if (current instanceof z.ZodObject) current = bare(current.shape[part])
    else if (current instanceof z.ZodArray) current = bare(current.element)
    else return []
  }
  return current instanceof z.ZodObject ? Object.keys(current.shape) : []
}

function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const wrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional
  return wrapped ? bare(schema.unwrap()) : schema
}

/** The line of the value, or of the nearest thing around it that is there. */
function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range != null) return lines.linePos(node.range[0]).line
  }
  return 1
}
