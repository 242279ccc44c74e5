export interface Summary {
  count: number
  mean: number
  p50: number
  p90: number
  max: number
}

export const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length

/** By the nearest rank. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export const summary = (numbers: readonly number[]): Summary => ({
  count: numbers.length,
  mean: mean(numbers),
  p50: percentile(numbers, 0.5),
  p90: percentile(numbers, 0.9),
  max: percentile(numbers, 1),
})
