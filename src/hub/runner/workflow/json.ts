/** Values that expressions read and return. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Converts a payload or a parsed file to Json. */
export const jsonOf = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null))

/** The value at a path of keys, or null if it does not exist. */
export const jsonAt = (value: Json | undefined, ...path: string[]): Json =>
  path.reduce<Json>((here, key) => (isObject(here) ? (here[key] ?? null) : null), value ?? null)

export const textAt = (value: Json | undefined, ...path: string[]): string => {
  const found = jsonAt(value, ...path)
  return typeof found === 'string' ? found : ''
}

export const isArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)
