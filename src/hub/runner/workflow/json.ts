/** What expressions read and give. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Anything that JSON can carry, as Json: a payload, a parsed file. */
export const jsonOf = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null))

/** The value at a path of keys, or null where the way ends. */
export const jsonAt = (value: Json | undefined, ...path: string[]): Json =>
  path.reduce<Json>((here, key) => (isObject(here) ? (here[key] ?? null) : null), value ?? null)

export const textAt = (value: Json | undefined, ...path: string[]): string => {
  const found = jsonAt(value, ...path)
  return typeof found === 'string' ? found : ''
}

export const isArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)
