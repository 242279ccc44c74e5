import { type Document, isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
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
  return err(parsed.error.issues.flatMap((issue) => problemsOf(issue, document, lines)))
}

function plain(document: Document): Result<unknown, string> {
  try {
    return ok(document.toJS({ maxAliasCount: MOST_ALIASES }))
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error))
  }
}

function problemsOf(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): YamlProblem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code !== 'unrecognized_keys')
    return [{ line: lineOf(document, lines, path), path, message: messageOf(issue) }]
  return issue.keys.map((key) => {
    const at = [...path, key]
    return { line: lineOf(document, lines, at), path: at, message: `unknown key \`${key}\`${suggestion(issue, key)}` }
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

function suggestion(issue: z.core.$ZodIssue & { inst?: unknown }, key: string): string {
  const known = keysOf(issue.inst)
  const near = nearest(key, known)
  if (near !== null) return `; did you mean \`${near}\`?`
  return known.length === 0 ? '' : `; known are ${known.map((one) => `\`${one}\``).join(', ')}`
}

function keysOf(schema: unknown): string[] {
  if (schema === null || typeof schema !== 'object' || !('shape' in schema)) return []
  return Object.keys(schema.shape as object)
}

/** The line of the value, or of the nearest thing around it that is there. */
function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range != null) return lines.linePos(node.range[0]).line
  }
  return 1
}
