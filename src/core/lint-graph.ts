import type { Problem } from './failure.ts'
import { findCycle } from './graph.ts'
import { nearest } from './nearest.ts'
import type { Plan } from './plan.ts'
import { listed, quoted } from './quoted.ts'
import { RESERVED_TASK_IDS } from './ref.ts'

const SHOWN = 12

/** Ids and needs: what a graph must be before anything can be said about its tasks. */
export const graphProblems = (plan: Plan): Problem[] => [
  ...idProblems(plan),
  ...needProblems(plan),
  ...cycleProblem(plan),
]

function idProblems({ tasks }: Plan): Problem[] {
  const first = new Map<string, number>()
  return tasks.flatMap(({ id }, index): Problem[] => {
    const earlier = first.get(id)
    if (earlier === undefined) first.set(id, index)
    const about = { task: id, field: 'id' }
    if (earlier !== undefined) {
      const message = `Tasks ${earlier + 1} and ${index + 1} are both named ${quoted(id)}. Give each an id of its own.`
      return [{ code: 'duplicate-id', ...about, message }]
    }
    if (!RESERVED_TASK_IDS.includes(id)) return []
    const message = `The id ${quoted(id)} means something else in a run. Choose another; these are taken: ${listed(RESERVED_TASK_IDS)}.`
    return [{ code: 'reserved-id', ...about, message }]
  })
}

function needProblems({ tasks }: Plan): Problem[] {
  const ids = [...new Set(tasks.map(({ id }) => id))]
  const known = new Set(ids)
  return tasks.flatMap(({ id, needs }) =>
    [...new Set(needs)]
      .filter((need) => !known.has(need))
      .map((need): Problem => {
        const close = nearest(need, ids)
        const some = `${listed(ids.slice(0, SHOWN))}${ids.length > SHOWN ? ' and others' : ''}`
        const hint = close === null ? `The tasks are ${some}.` : `Did you mean ${quoted(close)}?`
        return { code: 'unknown-need', task: id, field: 'needs', message: `There is no task ${quoted(need)}. ${hint}` }
      }),
  )
}

function cycleProblem({ tasks }: Plan): Problem[] {
  const cycle = findCycle(tasks)
  if (cycle === null) return []
  const shown = cycle.length > SHOWN ? [...cycle.slice(0, SHOWN - 1), '…', ...cycle.slice(-1)] : cycle
  const path = shown.map(quoted).join(' → ')
  const message = `${path}: each waits for the one before it, so none could start. Take one of these needs out.`
  return [{ code: 'cycle', task: cycle[0] ?? null, field: 'needs', message }]
}
