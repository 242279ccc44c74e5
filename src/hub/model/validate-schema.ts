import type { CountBody, JsonSchema } from './body.ts'
import { firstProblem } from './first-problem.ts'
import { ownProblem } from './schema-keywords.ts'
import { refProblem } from './schema-ref.ts'
import { children, isSchema } from './schema-tree.ts'

/** All that structured output and strict tools may need of the compiler, in one request. */
const MOST_OPTIONAL = 24
const MOST_UNIONS = 16
const MOST_STRICT = 20

interface Count {
  optional: number
  unions: number
}

interface Walk {
  readonly root: JsonSchema
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

function rootProblem(schema: JsonSchema, walk: Walk): string | null {
  const { $defs, definitions, $schema: _, ...rest } = schema
  if (rest.type !== 'object' && rest.$ref === undefined) return "the root must be of type 'object'"
  const defined = [...children($defs), ...children(definitions)]
  return firstProblem([rest, ...defined], (one) => schemaProblem(one, walk))
}

function schemaProblem(schema: JsonSchema, walk: Walk): string | null {
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

function objectProblem(schema: JsonSchema, walk: Walk): string | null {
  if (schema.additionalProperties !== false) {
    return "For 'object' type, 'additionalProperties' must be explicitly set to false"
  }
  const properties = isSchema(schema.properties) ? schema.properties : {}
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : []
  // The API would take it, but nothing could ever be said in it: that is what becomes of a record.
  if (Object.keys(properties).length === 0) return "For 'object' type, 'properties' must not be empty"
  const foreign = required.find((name) => !(String(name) in properties))
  if (foreign !== undefined) return `'required' names '${String(foreign)}', which is no property`
  walk.count.optional += Object.keys(properties).filter((name) => !required.includes(name)).length
  return firstProblem(children(properties), (one) => schemaProblem(one, walk))
}

function arrayProblem({ items }: JsonSchema, walk: Walk): string | null {
  return isSchema(items) ? schemaProblem(items, walk) : null
}

function combinedProblem({ anyOf, allOf }: JsonSchema, walk: Walk): string | null {
  const every = [allOf].flat().filter(isSchema)
  if (every.some((one) => '$ref' in one)) return "'allOf' with '$ref' is not supported"
  return firstProblem([...[anyOf].flat().filter(isSchema), ...every], (one) => schemaProblem(one, walk))
}
