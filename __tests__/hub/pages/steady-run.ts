import type { RunEvent } from '../../../src/core/run/event.ts'
import { approved, done, history, proposed, requested } from '../../render/support/runs.ts'
import { planOf } from '../../support/plan.ts'

/** Before the first task, and for each. */
const [BEGUN, OF_TASK] = [3, done('a').length]

/** Layers of fifteen tasks; each needs two of the layer before. */
function layers(tasks: number): string {
  const edges = Array.from({ length: tasks }, (_, index) => {
    const before = Math.floor(index / 15) * 15 - 15
    const needs = before < 0 ? [] : [before + ((index * 7) % 15), before + ((index * 11 + 3) % 15)]
    return [`t${index}`, ...needs.map((need) => `t${need} > t${index}`)]
  })
  return edges.flat().join(', ')
}

/** A run whose tasks land one after another. `upTo`: its events until so many have landed, `of`: those of one task. */
export function steadyRun(tasks: number) {
  const plan = planOf(layers(tasks), { title: `A plan of ${tasks} tasks` })
  const all = plan.tasks.flatMap(({ id }, index) => done(id, `r1.${(index % 4) + 1}`, 40))
  const events = history(requested(1), proposed(plan), approved(), ...all)
  const upTo = (landed: number): RunEvent[] => events.slice(0, BEGUN + OF_TASK * landed)
  return {
    upTo,
    of: (index: number) => upTo(index + 1).slice(-OF_TASK),
    name: (index: number) => plan.tasks[index]?.id,
  }
}
