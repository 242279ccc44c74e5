import type { Benchmark } from './benchmark.ts'
import { makespan } from './makespan.ts'

export const benchmarks: readonly Benchmark[] = [makespan]
