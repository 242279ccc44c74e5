import { describe, expect, it } from 'vitest'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { assign, startable } from '../../../src/core/schedule/ready.ts'
import { defaultSettings } from '../../../src/core/settings.ts'
import { afterwards, queued, running } from '../../support/run.ts'

/** So many tasks that wait for nobody, all with a base. */
function wide(count: number, slots = 8): ActiveRun {
  const ids = Array.from({ length: count }, (_, index) => `t${index + 1}`)
  const settings = { ...defaultSettings, slots: { ...defaultSettings.slots, cap: slots } }
  const run = running(ids.join(', '), {}, settings)
  return afterwards(run, ...ids.flatMap((id) => queued(run, id)))
}

describe('a wide plan', () => {
  it('gives the first of the tasks that could start to who asks for a few', () => {
    const { work } = wide(20)
    expect(startable(work, 3)).toEqual(startable(work).slice(0, 3))
    expect(startable(work, 0)).toEqual([])
  })

  it('holds a task only against those that are given out, so that slots count and not the width', () => {
    const run = wide(150)
    const reads = readsOfWrites(run, () => assign(run, ['r1.1', 'r1.2', 'r1.3']))
    expect(reads).toBeLessThan(20)
  })
})

/** How often anybody looks at the paths that a task writes. */
function readsOfWrites(run: ActiveRun, act: () => void): number {
  let reads = 0
  for (const task of run.work.plan.tasks) {
    const { writes } = task
    Object.defineProperty(task, 'writes', {
      get() {
        reads += 1
        return writes
      },
    })
  }
  act()
  return reads
}
