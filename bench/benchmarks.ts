import type { Benchmark } from './benchmark.ts'
import { context } from './context.ts'
import { failures } from './failures.ts'
import { large } from './large.ts'
import { limits } from './limits.ts'
import { makespan } from './makespan.ts'
import { merging } from './merging.ts'
import { money } from './money.ts'
import { overhead } from './overhead.ts'
import { overlapping } from './overlap.ts'
import { state } from './state.ts'

export const benchmarks: readonly Benchmark[] = [
  makespan,
  overlapping,
  overhead,
  failures,
  merging,
  state,
  context,
  money,
  large,
  limits,
]
