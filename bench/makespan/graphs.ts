import type { Line } from '../benchmark.ts'
import { type Member, nameOf, SHAPES } from '../graphs/corpus.ts'
import { families } from '../graphs/families.ts'
import { type Measures, measuresOf } from '../graphs/measures.ts'
import { handWritten } from '../graphs/shapes.ts'
import { mean } from '../statistics.ts'
import { B1 } from './run.ts'

export const measured = (members: readonly Member[]): Map<Member, Measures> =>
  new Map(members.map((member) => [member, measuresOf(member.workload)]))

export const graphLine = ([member, measures]: readonly [Member, Measures]): Line => ({
  benchmark: B1,
  kind: 'graph',
  ...nameOf(member),
  ...measures,
})

const HEAD = ['graphs', 'tasks', 'width', 'critical path / work', 'mass', 'made']

/** What shows that the graphs are not trivial, by family and size: means over all that were drawn. */
export function graphTable(members: ReadonlyMap<Member, Measures>): string {
  const rows = [...families.map(({ name, parameters }) => [name, parameters] as const), [SHAPES, handWritten] as const]
  return [HEAD, HEAD.map(() => '---'), ...rows.map(([name, made]) => rowOf(members, name, made))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function rowOf(members: ReadonlyMap<Member, Measures>, family: string, made: string): string[] {
  const own = [...members].filter(([member]) => member.family === family)
  // The shapes are of many sizes, a few tasks apart.
  const sizes =
    family === SHAPES ? [own] : [...new Set(own.map(([{ n }]) => n))].map((n) => own.filter(([one]) => one.n === n))
  const cell = (value: (measures: Measures) => number, digits: number) =>
    sizes.map((some) => mean(some.map(([, measures]) => value(measures))).toFixed(digits)).join(', ')
  return [
    `${own.length} of ${family}`,
    sizes.map((some) => range(some.map(([{ n }]) => n))).join(', '),
    cell(({ width }) => width, 1),
    cell(({ pathOverWork }) => pathOverWork, 2),
    cell(({ mass }) => mass, 2),
    made,
  ]
}

function range(numbers: readonly number[]): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  return least === most ? `${least}` : `${least} to ${most}`
}
