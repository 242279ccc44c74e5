import type { z } from 'zod'
import { invalid, type Refused } from './refusal.ts'

/** Parameters of earlier versions of the API. */
const REMOVED = ['temperature', 'top_p', 'top_k']

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refused: Refused }

/** A body by its schema, or the first thing that is wrong with its shape, in the API's words. */
export function readBody<T>(schema: z.ZodType<T>, raw: string): Read<T> {
  const json = parsed(raw)
  if (json === undefined) return no('The request body is not valid JSON')
  const removed = REMOVED.find((name) => isRecord(json) && name in json)
  if (removed !== undefined) return no(`${removed}: this parameter was removed in API version 2026-10-21`)
  const result = schema.safeParse(json)
  return result.success ? { ok: true, value: result.data } : no(firstProblem(result.error.issues))
}

const no = (message: string): Read<never> => ({ ok: false, refused: invalid(message) })

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined
  }
}

function firstProblem(issues: readonly z.core.$ZodIssue[]): string {
  const [issue] = issues
  if (issue === undefined) return 'The request is not valid'
  // A union says only that none of its members fits; what went deepest into one of them says why.
  if (issue.code === 'invalid_union') {
    const deepest = issue.errors.flat().toSorted((one, other) => other.path.length - one.path.length)[0]
    if (deepest !== undefined) return firstProblem([{ ...deepest, path: [...issue.path, ...deepest.path] }])
  }
  if (issue.code === 'unrecognized_keys') {
    return `${[...issue.path, issue.keys[0] ?? ''].join('.')}: Extra inputs are not permitted`
  }
  const path = issue.path.join('.')
  const missing = issue.code === 'invalid_type' && issue.message.includes('received undefined')
  return `${path}: ${missing ? 'Field required' : issue.message}`
}
