import { expect, it } from 'vitest'
import { verdictOf } from '../../bench/benchmark.ts'
import { shareOfGain } from '../../bench/figures.ts'

it('holds a gain to what the bound lets anybody gain, and shows that beside it', () => {
  const serial = { theirs: 24, bound: 10 }
  const [near, far] = [10.2, 11].map((ours) => shareOfGain('B1', 'serial', [{ ...serial, ours }])[0])
  expect(near).toMatchObject({ value: 10 / 10.2, basis: '1 runs: theirs / bound 2.400, which nobody can beat' })
  expect([near, far].map((one) => one && verdictOf(one))).toEqual(['met', 'missed'])
})

it('is no figure where nothing was measured', () => expect(shareOfGain('B1', 'serial', [])).toEqual([]))
