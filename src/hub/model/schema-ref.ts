import type { JsonSchema } from './body.ts'
import { firstProblem } from './first-problem.ts'
import { isSchema } from './schema-tree.ts'

/**
 * Why a reference leads nowhere in this root, or round in a circle; null where there is none, or it leads on.
 * `through` are those that lead here.
 */
export function refProblem({ $ref }: JsonSchema, root: JsonSchema, through: readonly string[] = []): string | null {
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
function refsIn(value: unknown): JsonSchema[] {
  if (Array.isArray(value)) return value.flatMap(refsIn)
  if (!isSchema(value)) return []
  return [...('$ref' in value ? [value] : []), ...Object.values(value).flatMap(refsIn)]
}
