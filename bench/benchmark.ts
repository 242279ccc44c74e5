/** One number against what it should be. `target` null: only reported. */
export interface Figure {
  benchmark: string
  figure: string
  value: number
  unit: string
  target: { at: 'most' | 'least'; value: number } | null
  /** What the number was made from, in a few words. */
  basis: string
}

export type Verdict = 'met' | 'missed' | '-'

export function verdictOf({ value, target }: Figure): Verdict {
  if (target === null) return '-'
  if (Number.isNaN(value)) return 'missed'
  return (target.at === 'most' ? value <= target.value : value >= target.value) ? 'met' : 'missed'
}

/** A raw measurement, one line each, for closer inspection. */
export type Line = Readonly<Record<string, string | number | boolean | null>>

/** Points of a chart: x and y, one line each series. */
export interface Chart {
  title: string
  x: string
  y: string
  points: readonly { x: number; y: number; series: string }[]
  log?: boolean
}

export interface Measured {
  figures: readonly Figure[]
  lines: readonly Line[]
  charts: readonly Chart[]
  /** Tables in Markdown, printed after the figures: what they were measured on. */
  tables?: readonly string[]
}

export interface Benchmark {
  name: string
  summary: string
  /** `quick`: fewer and smaller runs than those that the documentation shows. */
  measure(quick: boolean, say: (line: string) => void): Promise<Measured>
}

export const atMost = (value: number) => ({ at: 'most', value }) as const
export const atLeast = (value: number) => ({ at: 'least', value }) as const
