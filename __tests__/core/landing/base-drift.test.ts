import { expect, it } from 'vitest'
import { baseMoved, driftOfBase } from '../../../src/core/landing/base-drift.ts'
import { running, shaOf } from '../../support/run.ts'

const { work } = running('a', { tasks: { a: { reads: ['docs/**'] } } })
const to = shaOf('next')
const moved = (...paths: string[]) => baseMoved(work, driftOfBase(work, to, paths))

it('goes on if the base branch moved in paths that the plan does not use', () => {
  expect(moved('other/x')).toEqual([{ type: 'base_moved', to, paths: [], stale: false }])
})
it.each([['a/x'], ['docs/y'], ['.github/tributary.yml']])('pauses the run if the base branch moved in %s', (path) => {
  expect(moved('other/x', path)).toEqual([
    { type: 'base_moved', to, paths: [path], stale: true },
    { type: 'run_paused', why: `\`main\` moved in paths of the plan: ${path}` },
  ])
})
it('names five of the paths at most', () => {
  const paths = Array.from({ length: 7 }, (_, index) => `a/${index}`)
  expect(moved(...paths).at(-1)).toMatchObject({
    why: '`main` moved in paths of the plan: a/0, a/1, a/2, a/3, a/4',
  })
})
