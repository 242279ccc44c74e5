import { describe, expect, it } from 'vitest'
import { grahamCeiling } from '../../bench/machine/graham.ts'
import { work } from '../../src/core/plan/graph.ts'
import { bestOfAll, drawnGraphs } from '../support/every-schedule.ts'

describe('Graham’s ceiling', () => {
  it('is the work for one slot, and comes near the critical path for many', () => {
    expect(grahamCeiling(5, 20, 1)).toBe(20)
    expect(grahamCeiling(5, 20, 4)).toBe(8.75)
    expect(grahamCeiling(5, 20, 1000)).toBeCloseTo(5.015)
  })

  it('is never below the best of all schedules', () => {
    for (const { tasks, minutes } of drawnGraphs(60))
      for (const slots of [1, 2, 3]) {
        const path = bestOfAll(tasks, minutes, tasks.length)
        const ceiling = grahamCeiling(path, work(tasks, minutes), slots)
        expect(ceiling).toBeGreaterThanOrEqual(bestOfAll(tasks, minutes, slots) - 1e-9)
      }
  })
})
