import type { JsonSchema } from './body.ts'

/** Keywords that are understood, by the type that they belong to. */
const ANYWHERE = ['type', 'title', 'description', 'default', 'examples', 'enum', 'const', 'anyOf', 'allOf', '$ref']
const ROOT = ['$defs', 'definitions', '$schema']
const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'minItems'],
  string: ['format', 'pattern'],
}

const FORMATS = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid']

/** Look-around, back-references and word boundaries of a pattern. */
const HARD_PATTERN = /\(\?<?[=!]|\\[1-9]|\\k<|\\[bB]/

/** What of a schema, not counting those inside it, structured output does not know, or null. */
export const ownProblem = (schema: JsonSchema, types: readonly string[]): string | null =>
  keywordProblem(schema, types) ?? valueProblem(schema)

function keywordProblem(schema: JsonSchema, types: readonly string[]): string | null {
  const known = [...ANYWHERE, ...types.flatMap((type) => OF_TYPE[type] ?? [])]
  const unknown = Object.keys(schema).find((key) => !known.includes(key))
  if (unknown !== undefined) {
    const where = types.length === 0 ? 'a schema without type' : `'${types.join(' | ')}' type`
    return ROOT.includes(unknown)
      ? `'${unknown}' belongs to the root`
      : `For ${where}, property '${unknown}' is not supported`
  }
  const typed = ['enum', 'const', 'anyOf', 'allOf', '$ref'].some((key) => key in schema)
  return types.length === 0 && !typed ? "a schema needs a 'type', or one of enum, const, anyOf, allOf, $ref" : null
}

function valueProblem({ format, pattern, minItems, enum: values }: JsonSchema): string | null {
  if (format !== undefined && !FORMATS.includes(String(format)))
    return `For 'string' type, format '${format}' is not supported`
  if (typeof pattern === 'string' && HARD_PATTERN.test(pattern)) return `pattern '${pattern}' is not supported`
  if (minItems !== undefined && minItems !== 0 && minItems !== 1) {
    return "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
  }
  return Array.isArray(values) && values.some((value) => typeof value === 'object' && value !== null)
    ? "'enum' takes strings, numbers, booleans and null"
    : null
}
