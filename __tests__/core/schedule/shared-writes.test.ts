import { describe, expect, it } from 'vitest'
import type { RunState } from '../../../src/core/run/state.ts'
import { runsWithSharedWrites } from '../../../src/core/schedule/shared-writes.ts'
import { planOf } from '../../support/plan.ts'
import { AT, afterwards, landed, proposed, running, shaOf } from '../../support/run.ts'

const writing = (...writes: string[]) => ({ tasks: { a: { writes } } })
const named = <State extends RunState>(state: State, run: string): State => ({ ...state, run })
const plan = planOf('a, b', { tasks: { a: { writes: ['src/**', 'README.md'] }, b: { writes: ['docs/**'] } } })

describe('a plan that writes what another run writes', () => {
  it('is told of that run and of its own paths that meet, be it at work or still a plan; the oldest first', () => {
    const others = [
      named(running('a', writing('src/core/**', 'docs/a.md')), '45'),
      named(proposed('a', writing('readme.md')), '43'),
      named(running('a', writing('tools/**')), '44'),
    ]
    expect(runsWithSharedWrites(plan, others)).toEqual([
      { run: '43', paths: ['README.md'] },
      { run: '45', paths: ['src/**', 'docs/**'] },
    ])
  })

  it('is told of what has landed and is not merged, and no longer of what is merged or closed', () => {
    const done = named(landed(running('a', writing('src/**')), 'a'), '43')
    expect(runsWithSharedWrites(plan, [done])).toEqual([{ run: '43', paths: ['src/**'] }])
    const finished = afterwards(done, { type: 'run_finished', at: AT, by: 'tributary', sha: shaOf('trunk') })
    expect(runsWithSharedWrites(plan, [finished])).toEqual([{ run: '43', paths: ['src/**'] }])
    for (const conclusion of ['merged', 'closed', 'cancelled', 'rejected'] as const)
      expect(runsWithSharedWrites(plan, [{ ...finished, conclusion } as RunState])).toEqual([])
  })

  it('is told of nothing by runs without a plan, and of five runs and five paths of each at most', () => {
    const many = planOf('a', writing(...Array.from({ length: 9 }, (_, index) => `p${index}/**`)))
    const others = Array.from({ length: 9 }, (_, index) => named(running('a', writing('**')), `${50 - index}`))
    const told = runsWithSharedWrites(many, [{ phase: 'empty' }, ...others])
    expect(told.map(({ run }) => run)).toEqual(['42', '43', '44', '45', '46'])
    expect(told.map(({ paths }) => paths.length)).toEqual([5, 5, 5, 5, 5])
  })
})
