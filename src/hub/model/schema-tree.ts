import type { JsonSchema } from './body.ts'

export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The schemas of a record of them. */
export const children = (value: unknown): JsonSchema[] => (isSchema(value) ? Object.values(value).filter(isSchema) : [])
