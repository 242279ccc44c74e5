import { z } from 'zod'
import { isRecord } from '../../core/is-record.ts'
import type { JsonSchema } from '../../ports/model.ts'

/** Keywords that the API supports; all others become part of the description. */
const SUPPORTED = ['type', 'properties', 'required', 'items', 'enum', 'const', 'anyOf', 'description', '$ref', '$defs']
/** A schema without any of these would accept every value. */
const CONSTRAINING = ['type', 'enum', 'const', 'anyOf', 'oneOf', '$ref']
/** Keywords that add nothing to the others. */
const REDUNDANT = ['$schema', 'additionalProperties', 'oneOf']

/**
 * A schema as the model's API accepts it: no optional fields, no fields with arbitrary names, limits of length and size in
 * the descriptions. Throws for a schema that has no such form, which is a bug of ours.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return supported(z.toJSONSchema(schema, { io: 'input' }))
}

function supported(node: unknown): JsonSchema {
  if (!isRecord(node)) throw new Error('a schema of the model is no object')
  if (node.type === 'object') return objectOf(node)
  if (!CONSTRAINING.some((name) => node[name] !== undefined))
    throw new Error('a schema of the model leaves a value open')
  return described(node, {
    ...only(node, ['type', 'enum', 'const', '$ref']),
    ...(node.items === undefined ? {} : { items: supported(node.items) }),
    ...alternatives(node.anyOf ?? node.oneOf),
    ...definitions(node.$defs),
  })
}

function objectOf(node: Readonly<Record<string, unknown>>): JsonSchema {
  if (isRecord(node.additionalProperties)) throw new Error('a schema of the model has fields of any name')
  const properties = isRecord(node.properties) ? node.properties : {}
  const names = Object.keys(properties)
  const required = Array.isArray(node.required) ? node.required : []
  const optional = names.find((name) => !required.includes(name))
  if (optional !== undefined) throw new Error(`the field ${optional} is optional, which the model's API limits`)
  return described(node, {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, supported(properties[name])])),
    required: names,
    additionalProperties: false,
    ...definitions(node.$defs),
  })
}

const alternatives = (all: unknown): JsonSchema => (Array.isArray(all) ? { anyOf: all.map(supported) } : {})

const definitions = (all: unknown): JsonSchema =>
  isRecord(all) ? { $defs: Object.fromEntries(Object.entries(all).map(([name, node]) => [name, supported(node)])) } : {}

function described(node: Readonly<Record<string, unknown>>, converted: JsonSchema): JsonSchema {
  const limits = Object.entries(node)
    .filter(([name]) => !SUPPORTED.includes(name) && !REDUNDANT.includes(name))
    .filter(([, limit]) => Math.abs(Number(limit)) !== Number.MAX_SAFE_INTEGER)
    .map(([name, limit]) => `${name} ${typeof limit === 'string' ? limit : JSON.stringify(limit)}`)
  const own = typeof node.description === 'string' ? [node.description] : []
  const description = [...own, ...(limits.length > 0 ? [`(${limits.join(', ')})`] : [])].join(' ')
  return description === '' ? converted : { ...converted, description }
}

const only = (node: Readonly<Record<string, unknown>>, names: readonly string[]): JsonSchema =>
  Object.fromEntries(names.filter((name) => node[name] !== undefined).map((name) => [name, node[name]]))
