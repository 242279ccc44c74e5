import type { CountBody, SchemaObject } from '../body.ts'
import { firstProblem } from './first-problem.ts'

/** All that structured output and strict tools may need of the compiler, in one request. */
const MOST_OPTIONAL = 24
const MOST_UNIONS = 16
const MOST_STRICT = 20

interface Count {
  optional: number
  unions: number
}

interface Walk {
  readonly root: SchemaObject
  readonly count: Count
}

/** What of the schemas that the answer must fit cannot be compiled, or null. */
export function schemasProblem(body: CountBody): string | null {
  const strict = (body.tools ?? []).flatMap((tool, at) =>
    tool.strict === true ? [{ path: `tools.${at}.input_schema`, schema: tool.input_schema }] : [],
  )
  if (strict.length > MOST_STRICT) return `tools: at most ${MOST_STRICT} strict tools, ${strict.length} given`
  const format = body.output_config?.format?.schema
  const all = format === undefined ? strict : [{ path: 'output_config.format.schema', schema: format }, ...strict]
  const count: Count = { optional: 0, unions: 0 }
  for (const { path, schema } of all) {
    const problem = rootProblem(schema, { root: schema, count })
    if (problem !== null) return `${path}: ${problem}`
  }
  return countProblem(count)
}

function countProblem({ optional, unions }: Count): string | null {
  if (optional > MOST_OPTIONAL) return `Schemas contain too many optional parameters: ${optional} of ${MOST_OPTIONAL}`
  return unions > MOST_UNIONS
    ? `Schemas contain too many parameters with union types: ${unions} of ${MOST_UNIONS}`
    : null
}

function rootProblem(schema: SchemaObject, walk: Walk): string | null {
  const { $defs, definitions, $schema: _, ...rest } = schema
  if (rest.type !== 'object' && rest.$ref === undefined) return "the root must be of type 'object'"
  const defined = [...children($defs), ...children(definitions)]
  return firstProblem([rest, ...defined], (one) => schemaProblem(one, walk))
}

function schemaProblem(schema: SchemaObject, walk: Walk): string | null {
  const types = [schema.type].flat().filter((type) => typeof type === 'string')
  if (types.length > 1 || Array.isArray(schema.anyOf)) walk.count.unions += 1
  return (
    ownProblem(schema, types) ??
    refProblem(schema, walk.root) ??
    (types.includes('object') ? objectProblem(schema, walk) : null) ??
    (types.includes('array') ? arrayProblem(schema, walk) : null) ??
    combinedProblem(schema, walk)
  )
}

function objectProblem(schema: SchemaObject, walk: Walk): string | null {
  if (schema.additionalProperties !== false) {
    return "For 'object' type, 'additionalProperties' must be explicitly set to false"
  }
  const properties = isSchema(schema.properties) ? schema.properties : {}
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : []
  // The API would accept it, but only an empty object matches: that is what a record becomes.
  if (Object.keys(properties).length === 0) return "For 'object' type, 'properties' must not be empty"
  const foreign = required.find((name) => !(String(name) in properties))
  if (foreign !== undefined) return `'required' names '${String(foreign)}', which is no property`
  walk.count.optional += Object.keys(properties).filter((name) => !required.includes(name)).length
  return firstProblem(children(properties), (one) => schemaProblem(one, walk))
}

function arrayProblem({ items }: SchemaObject, walk: Walk): string | null {
  return isSchema(items) ? schemaProblem(items, walk) : null
}

function combinedProblem({ anyOf, allOf }: SchemaObject, walk: Walk): string | null {
  const every = [allOf].flat().filter(isSchema)
  if (every.some((one) => '$ref' in one)) return "'allOf' with '$ref' is not supported"
  return firstProblem([...[anyOf].flat().filter(isSchema), ...every], (one) => schemaProblem(one, walk))
}

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
const ownProblem = (schema: SchemaObject, types: readonly string[]): string | null =>
  keywordProblem(schema, types) ?? valueProblem(schema)

function keywordProblem(schema: SchemaObject, types: readonly string[]): string | null {
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

function valueProblem({ format, pattern, minItems, enum: values }: SchemaObject): string | null {
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

/**
 * Why a reference in this root is unresolved or circular; null if there is none, or it resolves.
 * `through`: the references followed so far.
 */
function refProblem({ $ref }: SchemaObject, root: SchemaObject, through: readonly string[] = []): string | null {
  if ($ref === undefined) return null
  const to = String($ref)
  const place = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(to)
  const group = place === null ? undefined : root[place[1] ?? '']
  const target = isSchema(group) ? group[place?.[2] ?? ''] : undefined
  if (!isSchema(target)) return `'$ref' ${to} does not lead into this schema`
  if (through.includes(to)) return `'$ref' ${to} goes round in a circle: recursive schemas are not supported`
  // The definition itself is checked, and counted, once, where it stands.
  return firstProblem(refsIn(target), (one) => refProblem(one, root, [...through, to]))
}

/** Every schema below with a reference in it. */
function refsIn(value: unknown): SchemaObject[] {
  if (Array.isArray(value)) return value.flatMap(refsIn)
  if (!isSchema(value)) return []
  return [...('$ref' in value ? [value] : []), ...Object.values(value).flatMap(refsIn)]
}

const isSchema = (value: unknown): value is SchemaObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The schemas of a record of them. */
const children = (value: unknown): SchemaObject[] => (isSchema(value) ? Object.values(value).filter(isSchema) : [])
