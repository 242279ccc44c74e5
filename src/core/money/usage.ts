import { z } from 'zod'

/** Tokens of one or more calls, as the API counts them: uncached input, cache reads, cache writes, and output. */
export const usageSchema = z.strictObject({
  fresh: z.int().min(0),
  cached: z.int().min(0),
  written: z.int().min(0),
  output: z.int().min(0),
})
export type Usage = z.infer<typeof usageSchema>

export const noUsage: Usage = { fresh: 0, cached: 0, written: 0, output: 0 }

export const addUsage = (a: Usage, b: Usage): Usage => ({
  fresh: a.fresh + b.fresh,
  cached: a.cached + b.cached,
  written: a.written + b.written,
  output: a.output + b.output,
})

export const tokensOf = ({ fresh, cached, written, output }: Usage): number => fresh + cached + written + output

/** The purpose of a call. */
export const roleSchema = z.enum([
  'explore',
  'plan',
  'critique',
  'scope',
  'expand',
  'replan',
  'review',
  'work',
  'resolve',
  'synthesis',
])
export type ModelRole = z.infer<typeof roleSchema>

/** Whose model makes the calls of a role. */
export const modelOwnerOf: Readonly<Record<ModelRole, 'explore' | 'plan' | 'work' | 'review'>> = {
  explore: 'explore',
  scope: 'explore',
  plan: 'plan',
  critique: 'plan',
  expand: 'plan',
  replan: 'plan',
  review: 'review',
  synthesis: 'plan',
  work: 'work',
  resolve: 'work',
}

/** The cost of all calls of one role to one model. */
export const spendingSchema = z.strictObject({
  role: roleSchema,
  model: z.string(),
  calls: z.int().min(0),
  usage: usageSchema,
  usd: z.number().min(0),
  /** US dollars, included in `usd`, that were reserved and never accounted for, since a process died in mid-call. */
  unknown: z.number().min(0),
})
export type Spending = z.infer<typeof spendingSchema>

/** What a slot that died had spent at its last checkpoint. */
export const lastKnownSchema = z.array(spendingSchema).max(20)

/** One entry for each role and model, in order of first occurrence. */
export function mergeSpending(all: readonly Spending[]): Spending[] {
  const merged = new Map<string, Spending>()
  for (const one of all) {
    const key = `${one.role} ${one.model}`
    const before = merged.get(key)
    merged.set(key, before === undefined ? one : plus(before, one))
  }
  return [...merged.values()]
}

const plus = (a: Spending, b: Spending): Spending => ({
  ...a,
  calls: a.calls + b.calls,
  usage: addUsage(a.usage, b.usage),
  usd: a.usd + b.usd,
  unknown: a.unknown + b.unknown,
})

export const usdOf = (all: readonly Spending[]): number => all.reduce((sum, one) => sum + one.usd, 0)
