import { isArray, isObject, type Json, type JsonObject } from './json.ts'

export type Combination = JsonObject

/** The combinations of a matrix, in GitHub's order: vectors, less `exclude`, then `include`. */
export function expandMatrix(matrix: Json): Combination[] {
  if (!isObject(matrix)) throw new Error('The matrix must be a mapping')
  const { include, exclude, ...vectors } = matrix
  const added = combinationsIn('include', include)
  if (Object.keys(vectors).length === 0 && added.length === 0) {
    throw new Error('Matrix must define at least one vector')
  }
  const excluded = combinationsIn('exclude', exclude)
  const base = product(vectors).filter((one) => !excluded.some((pattern) => covers(one, pattern)))
  return withIncluded(base, added, Object.keys(vectors))
}

function combinationsIn(key: string, list: Json | undefined): readonly Combination[] {
  if (list === undefined || list === null) return []
  if (!isArray(list) || !list.every(isObject)) throw new Error(`Matrix '${key}' must be a list of mappings`)
  return list
}

function product(vectors: JsonObject): Combination[] {
  const entries = Object.entries(vectors)
  if (entries.length === 0) return []
  return entries.reduce<Combination[]>(
    (combinations, [key, values]) =>
      combinations.flatMap((combination) => valuesOf(key, values).map((value) => ({ ...combination, [key]: value }))),
    [{}],
  )
}

function valuesOf(key: string, values: Json): readonly Json[] {
  if (!isArray(values)) throw new Error(`Matrix vector '${key}' must be a list`)
  if (values.length === 0) throw new Error(`Matrix vector '${key}' does not contain any values`)
  return values
}

const equal = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b)

const covers = (combination: Combination, pattern: Combination): boolean =>
  Object.entries(pattern).every(([key, value]) => equal(combination[key], value))

/** An included mapping extends every combination whose own values it does not change; if there is none, it becomes one. */
function withIncluded(base: Combination[], added: readonly Combination[], own: string[]): Combination[] {
  const extras: Combination[] = []
  const joined = base.map((combination) => ({ ...combination }))
  for (const include of added) {
    const keys = own.filter((key) => key in include)
    const hosts = base.flatMap((one, n) => (keys.every((key) => equal(one[key], include[key])) ? [n] : []))
    if (hosts.length === 0) extras.push(include)
    for (const n of hosts) Object.assign(joined[n] ?? {}, include)
  }
  return [...joined, ...extras]
}

/** The values as GitHub puts them into a job's name: `work (1)`, `test (20, ubuntu-latest)`. */
export function suffix(combination: Combination): string {
  const values = Object.values(combination).flatMap(leaves)
  return values.length === 0 ? '' : ` (${values.join(', ')})`
}

function leaves(value: Json): string[] {
  if (isArray(value)) return value.flatMap(leaves)
  if (isObject(value)) return Object.values(value).flatMap(leaves)
  return value === null ? [] : [String(value)]
}
