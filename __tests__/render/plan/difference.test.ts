import { describe, expect, it } from 'vitest'
import type { Mode } from '../../../src/core/plan/planning.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { amendmentLines } from '../../../src/render/plan/difference.ts'
import { agentPlan, followed, idOf, planning, proposal } from '../../support/planning.ts'

const first = agentPlan('p', { tasks: { p: { kind: 'plan' } } })
const grown = agentPlan('p > x', { tasks: { p: { kind: 'plan' } } })
const grownIn = (mode: Mode, within: boolean) =>
  followed<ActiveRun>(planning(mode), proposal(first), {
    type: 'plan_amended',
    cause: 'expand',
    of: 'p',
    plan: grown,
    planId: idOf(grown),
    within,
    notes: [],
  })
const approval = { type: 'plan_approved', planId: idOf(grown), only: null } as const
const lineOf = ({ work }: ActiveRun) => amendmentLines(work, 1000)

describe('a part of a plan that nobody has approved', () => {
  it('is said to wait with its landing in soft, where it may start', () => {
    const state = grownIn('soft', false)
    expect(lineOf(state)).toEqual([
      '- `p` was turned into `x`; **beyond what was approved: nothing of it lands before an approval**',
    ])
    expect(lineOf(followed(state, approval))).toEqual([
      '- `p` was turned into `x`; beyond what was approved at first, and approved since',
    ])
    expect(lineOf(grownIn('soft', true))).toEqual([
      '- `p` was turned into `x`; within the paths and commands of the plan',
    ])
  })

  it('waits for nobody where there is no gate', () => {
    expect(lineOf(grownIn('off', false))).toEqual([
      '- `p` was turned into `x`; beyond the paths and commands that the plan had',
    ])
  })
})
