import { z } from 'zod'
import type { JsonSchema } from '../../ports/model.ts'

/** What the API understands; all else that a schema says is put into words. */
const KEPT = ['type', 'properties', 'required', 'items', 'enum', 'const', 'anyOf', 'description', '$ref', '$defs']
/** One of them must be there: a schema that is open to any value says nothing. */
const SAYING = ['type', 'enum', 'const', 'anyOf', 'oneOf', '$ref']
/** Says nothing that the rest does not. */
const SILENT = ['$schema', 'additionalProperties', 'oneOf']

/**
 * A schema as the model's API takes it: no optional field, no field of any name, limits of length and size in words.
 * Throws for a schema that cannot be said so, which is a bug of ours.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return plain(z.toJSONSchema(schema, { io: 'input' }))
}

function plain(node: unknown): JsonSchema {
  if (!isRecord(node)) throw new Error('a schema of the model is no object')
  if (node.type === 'object') return objectOf(node)
  if (!SAYING.some((name) => node[name] !== undefined)) throw new Error('a schema of the model leaves a value open')
  return described(node, {
    ...only(node, ['type', 'enum', 'const', '$ref']),
    ...(node.items === undefined ? {} : { items: plain(node.items) }),
    ...alternatives(node.anyOf ?? node.oneOf),
    ...definitions(node.$defs),
  })
}

function objectOf(node: Readonly<Record<string, unknown>>): JsonSchema {
  if (isRecord(node.additionalProperties)) throw new Error('a schema of the model has fields of any name')
  const properties = isRecord(node.properties) ? node.properties : {}
  const names = Object.keys(properties)
  const required = Array.isArray(node.required) ? node.required : []
  const loose = names.find((name) => !required.includes(name))
  if (loose !== undefined) throw new Error(`the field ${loose} is optional, which the model's API limits`)
  return described(node, {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, plain(properties[name])])),
    required: names,
    additionalProperties: false,
    ...definitions(node.$defs),
  })
}

const alternatives = (all: unknown): JsonSchema => (Array.isArray(all) ? { anyOf: all.map(plain) } : {})

const definitions = (all: unknown): JsonSchema =>
  isRecord(all) ? { $defs: Object.fromEntries(Object.entries(all).map(([name, node]) => [name, plain(node)])) } : {}

function described(node: Readonly<Record<string, unknown>>, bare: JsonSchema): JsonSchema {
  const limits = Object.entries(node)
    .filter(([name]) => !KEPT.includes(name) && !SILENT.includes(name))
    .filter(([, limit]) => Math.abs(Number(limit)) !== Number.MAX_SAFE_INTEGER)
    .map(([name, limit]) => `${name} ${typeof limit === 'string' ? limit : JSON.stringify(limit)}`)
  const own = typeof node.description === 'string' ? [node.description] : []
  const words = [...own, ...(limits.length > 0 ? [`(${limits.join(', ')})`] : [])].join(' ')
  return words === '' ? bare : { ...bare, description: words }
}

const only = (node: Readonly<Record<string, unknown>>, names: readonly string[]): JsonSchema =>
  Object.fromEntries(names.filter((name) => node[name] !== undefined).map((name) => [name, node[name]]))

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
