import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
export type Schema = { [key: string]: Json }

const FILE = fileURLToPath(new URL('../../fixtures/github/openapi.extract.json', import.meta.url))
export const readExtract = (): Schema => JSON.parse(readFileSync(FILE, 'utf8')) as Schema

const isSchema = (value: Json | undefined): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** OpenAPI 3.0 as a JSON schema: its `nullable` is no keyword there, and is found without a `type` too. */
export function translated(value: Json, names = false): Json {
  if (Array.isArray(value)) return value.map((entry) => translated(entry))
  if (!isSchema(value)) return value
  const { nullable, ...rest } = value
  const children = Object.entries(names ? value : rest).map(([key, entry]) => [
    key,
    translated(entry, key === 'properties' && !names),
  ])
  const schema: Schema = Object.fromEntries(children)
  return nullable === true && !names ? { anyOf: [schema, { type: 'null' }] } : schema
}

const COMPOSED = new Set(['allOf', 'anyOf', 'oneOf'])

/** Fields that the description does not know are errors, also in objects put together from several. */
export function closed(value: Json, place: 'schema' | 'names' | 'part' = 'schema'): Json {
  if (Array.isArray(value)) return value.map((entry) => closed(entry, place))
  if (!isSchema(value)) return value
  const children = Object.entries(value).map(([key, entry]) => {
    const inside = place === 'names' ? 'schema' : key === 'properties' ? 'names' : COMPOSED.has(key) ? 'part' : 'schema'
    return [key, closed(entry, inside)]
  })
  const schema: Schema = Object.fromEntries(children)
  if (place === 'names' || !isSchema(schema.properties)) return schema
  const { additionalProperties, ...own } = schema
  return place === 'part' ? own : { ...own, unevaluatedProperties: false }
}
