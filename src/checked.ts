import { z } from 'zod'
import { nearest } from './core/nearest.ts'
import { ownOf } from './core/own.ts'
import { listed, quoted } from './core/quoted.ts'
import { err, ok, type Result } from './core/result.ts'
import { wrongWords } from './wrong-words.ts'
import type { Path, YamlText } from './yaml.ts'

/** Something in a text that does not fit its schema. */
export interface Misfit {
  line: number
  path: Path
  tooLong: boolean
  /** A whole sentence, without the line. */
  message: string
}

/** Nobody mends more at once, and a journal has to hold them. */
const MANY = 50

type AnySchema = z.core.$ZodType

/** Holds a text against its schema. A known key without a value counts as left out: its value may be a comment. */
export function checked<Schema extends z.ZodType>(schema: Schema, text: YamlText): Result<z.infer<Schema>, Misfit[]> {
  const result = schema.safeParse(withoutEmpty(text.value, schema), { reportInput: true })
  if (result.success) return ok(result.data)
  const found = result.error.issues.flatMap((issue) => misfits(issue, schema, text))
  return err(found.sort((a, b) => a.line - b.line).slice(0, MANY))
}

function misfits(issue: z.core.$ZodIssue, schema: AnySchema, { lineOf }: YamlText): Misfit[] {
  if (issue.code !== 'unrecognized_keys') {
    const { path } = issue
    const line = lineOf(path)
    const message = `${wrongWords(issue)}.`
    return [{ line, path, tooLong: issue.code === 'too_big' && issue.origin === 'string', message }]
  }
  const known = keysAt(schema, issue.path)
  return issue.keys.map((key) => {
    const path = [...issue.path, key]
    const close = nearest(key, known)
    const hint = close === null ? `Known are ${listed(known)}.` : `Did you mean ${quoted(close)}?`
    const line = lineOf(path)
    return { line, path, tooLong: false, message: `${quoted(key)} is not known here. ${hint}` }
  })
}

/** Looks through what a schema is wrapped into. */
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

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
