import { expect, it } from 'vitest'
import type { StageName } from '../../../../src/core/plan/planning.ts'
import { basisOf } from '../../../../src/core/schedule/planning-stages.ts'
import { followed, planning } from '../../../support/planning.ts'

it.each<[StageName, boolean]>([
  ['explore', false],
  ['design', true],
  ['critique', true],
])('lets a wish for another plan overtake what is at work on this one: %s, %s', (name, isOvertaken) => {
  const before = planning()
  const after = followed(before, { type: 'revision_requested', words: 'smaller' })
  const stage = { name, task: null }
  expect(basisOf(after, stage) !== basisOf(before, stage)).toBe(isOvertaken)
})
