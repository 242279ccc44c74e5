import { stringify } from 'yaml'
import { graphOf } from '../../support/plan.ts'

export interface HandTask {
  /** `signal`: as long as the test wants, which ends it with `world.release`. */
  milliseconds?: number | 'signal'
  misdeed?: string
  kind?: 'gate'
  writes?: string[]
  timeout_minutes?: number
  acceptance?: string[]
  run?: string[]
  reads?: string[]
}

/** An issue's body with a plan by hand: each task of the graph writes `<id>/done.txt` and checks its needs' files. */
export function issueWith(graph: string, tasks: Record<string, HandTask> = {}, verification?: string[][]): string {
  const nodes = graphOf(graph)
  const gates = nodes.filter(({ id }) => tasks[id]?.kind === 'gate').map(({ id }) => id)
  const list = nodes.map(({ id, needs }) => {
    const { milliseconds = 0, misdeed, kind, ...own } = tasks[id] ?? {}
    if (kind === 'gate') return { id, title: `Gate ${id}`, needs, kind }
    const run = ['sh', 'tools/work.sh', id, `${milliseconds}`, ...(misdeed === undefined ? [] : [misdeed])]
    const acceptance = ['sh', 'tools/check.sh', id, ...needs.filter((need) => !gates.includes(need))]
    return { id, title: `Task ${id}`, needs, writes: [`${id}/**`], run, acceptance, ...own }
  })
  const plan = {
    title: 'A plan of a test',
    tasks: list,
    verification: verification ?? [
      ['sh', 'tools/check.sh', ...nodes.map(({ id }) => id).filter((id) => !gates.includes(id))],
    ],
  }
  return ['Please do this.', '', '```tributary', stringify(plan).trimEnd(), '```'].join('\n')
}
