import { z } from 'zod'
import { modelFor, sizeSchema, type Task, workerOf, workerSchema } from '../plan/plan.ts'
import type { Settings } from '../settings.ts'

/** A median between the lower and the upper quartile. */
export const spreadSchema = z.strictObject({
  low: z.number().min(0),
  likely: z.number().min(0),
  high: z.number().min(0),
})
export type Spread = z.infer<typeof spreadSchema>

/** Quartiles of fewer numbers say nothing: what has been measured less often is not kept. */
export const LEAST_SAMPLES = 4

/** What finished tasks of this repository took, and what its runs spent on their plans. */
export const measurementsSchema = z.strictObject({
  runs: z.int().min(1),
  /** Finished tasks, those among them that are too few of their kind. */
  tasks: z.int().min(0),
  /** `model` is empty unless an agent of ours worked on them. All attempts at a task count. */
  kinds: z
    .array(
      z.strictObject({
        size: sizeSchema,
        worker: workerSchema,
        model: z.string().max(200),
        tasks: z.int().min(LEAST_SAMPLES),
        minutes: spreadSchema,
        usd: spreadSchema,
      }),
    )
    .max(30),
  /** US dollars that a run spends after the approval beside its tasks: on parts, replacements, reviews, the description. */
  plannerUsd: spreadSchema.nullable(),
})
export type Measurements = z.infer<typeof measurementsSchema>
export type MeasuredKind = Measurements['kinds'][number]

/** What was predicted for a plan when it was proposed. */
export const forecastSchema = z.strictObject({
  /** What it rests on; null: there were no finished tasks. */
  measured: measurementsSchema.nullable(),
  /** From the start to the last landing, with the slots that a run starts with. */
  minutes: spreadSchema,
  /** US dollars of the whole run, its planning included; null if another program works on the tasks. */
  usd: spreadSchema.nullable(),
})
export type Forecast = z.infer<typeof forecastSchema>

/** What was measured on tasks of this size, by this worker, with this model; null if that is too little. */
export function measuredLike(measured: Measurements | null, task: Task, settings: Settings): MeasuredKind | null {
  if (task.kind === 'gate' || task.kind === 'plan') return null
  const worker = workerOf(task, settings)
  const model = worker === 'agent' ? modelFor(task.model_tier, settings) : ''
  const isLike = (kind: MeasuredKind) => kind.size === task.size && kind.worker === worker && kind.model === model
  return measured?.kinds.find(isLike) ?? null
}

/** Null if there are too few numbers. */
export function spreadOf(numbers: readonly number[]): Spread | null {
  if (numbers.length < LEAST_SAMPLES) return null
  const sorted = numbers.toSorted((a, b) => a - b)
  return { low: quantile(sorted, 0.25), likely: quantile(sorted, 0.5), high: quantile(sorted, 0.75) }
}

/** Between two neighbours in proportion; rounded, so that the journal stays readable. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const [below = 0, above = below] = sorted.slice(Math.floor(place), Math.floor(place) + 2)
  return Math.round((below + (above - below) * (place % 1)) * 10_000) / 10_000
}

export const addSpreads = (a: Spread, b: Spread): Spread => ({
  low: a.low + b.low,
  likely: a.likely + b.likely,
  high: a.high + b.high,
})

export const exactly = (number: number): Spread => ({ low: number, likely: number, high: number })
