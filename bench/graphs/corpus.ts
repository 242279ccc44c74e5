import { randomOf, seedOf } from '../random.ts'
import { families } from './families.ts'
import { shapes } from './shapes.ts'
import { type TimedWorkload, workloadOf } from './workload.ts'

export interface Member {
  family: string
  n: number
  sigma: number
  seed: number
  workload: TimedWorkload
  /** Unlike that of any other member: what is drawn for it is drawn from this. */
  key: string
}

export const SIGMAS = [0.3, 0.7, 1] as const
export const SHAPES = 'plan shapes'

/** Members of every family, and the shapes of plans, with durations and estimates drawn by these seeds. */
export function* corpus(sizes: readonly number[], seedsOf: (n: number) => number): Generator<Member> {
  for (const sigma of SIGMAS) {
    for (const family of families)
      for (const n of sizes)
        for (let seed = 1; seed <= seedsOf(n); seed += 1) {
          const random = randomOf(seedOf(family.name, n, sigma, seed))
          yield member(family.name, sigma, seed, workloadOf(family.draw(n, random), sigma, random))
        }
    for (const shape of shapes)
      for (let seed = 1; seed <= seedsOf(shape.nodes.length); seed += 1) {
        const random = randomOf(seedOf(shape.name, sigma, seed))
        yield member(SHAPES, sigma, seed, workloadOf(shape, sigma, random))
      }
  }
}

/** Those of at least eight tasks: with fewer there is little to divide. */
export const worthwhile = (sizes: readonly number[], seedsOf: (n: number) => number): Member[] =>
  [...corpus(sizes, seedsOf)].filter(({ n }) => n >= 8)

function member(family: string, sigma: number, seed: number, workload: TimedWorkload): Member {
  const n = workload.plan.tasks.length
  return { family, n, sigma, seed, workload, key: [family, workload.name, n, sigma, seed].join('|') }
}

/** Which member a line speaks of. */
export const nameOf = ({ family, n, sigma, seed, workload }: Member) => ({
  family,
  name: workload.name,
  n,
  sigma,
  seed,
})

export const minutesIn =
  ({ minutes }: TimedWorkload) =>
  (task: { id: string }): number =>
    minutes.get(task.id) ?? 0
