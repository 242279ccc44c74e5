import { lowerBounds } from '../../src/core/prediction/simulation.ts'
import type { Figure } from '../benchmark.ts'
import { type Gain, shareOfGain, spread } from '../figures.ts'
import { type Member, minutesIn } from '../graphs/corpus.ts'
import { TRACKS, tracks } from '../graphs/families.ts'
import { workloadOf } from '../graphs/workload.ts'
import { ours, wavesInOrder } from '../policies/rivals.ts'
import { randomOf } from '../random.ts'
import { B1, type Held, heldRun, minutesFree, minutesWithCosts } from './run.ts'

/** Waves on tracks with stragglers, over ours with and without costs, and over what no schedule could beat. */
export interface Straggling extends Held {
  member: Member
  withCosts: Gain
  free: number
  bound: number
}

/** The tracks among the members, with a slot for each track. */
export async function straggle(members: Iterable<Member>): Promise<Straggling[]> {
  const found: Straggling[] = []
  for (const member of members) {
    if (member.family !== tracks.name) continue
    const costly = await minutesWithCosts(wavesInOrder, member, TRACKS)
    const waves = await minutesFree(wavesInOrder, member, TRACKS)
    const held = await heldRun(ours, member, TRACKS)
    const [least = 0] = lowerBounds(member.workload.plan.tasks, minutesIn(member.workload), [TRACKS])
    const withCosts = { theirs: costly, ours: await minutesWithCosts(ours, member, TRACKS), bound: least }
    found.push({ member, withCosts, free: waves / held.makespan, bound: waves / least, ...held })
  }
  return found
}

/** Tracks whose durations are as the graph says, drawn from nothing: what the other figures lack is what drawing takes. */
export function exactTracks(n: number): Member {
  const random = randomOf(1)
  const workload = workloadOf(tracks.draw(n, random), 0, random)
  return { family: tracks.name, n, sigma: 0, seed: 1, workload, key: `${tracks.name}|exact|${n}` }
}

export function stragglingFigures(drawn: readonly Straggling[], exact: readonly Straggling[]): Figure[] {
  const row = (figure: string, found: readonly Straggling[], value: (one: Straggling) => number) =>
    spread(B1, figure, found.map(value), null, basisOf(found))
  return [
    ...row(`waves / ours, stragglers on ${TRACKS} tracks`, drawn, ({ withCosts }) => withCosts.theirs / withCosts.ours),
    ...shareOfGain(
      B1,
      'the same as a share of waves / bound',
      drawn.map(({ withCosts }) => withCosts),
    ),
    ...row('waves / ours, stragglers, without costs', drawn, ({ free }) => free),
    ...row('the same, waves / bound: nobody can gain more', drawn, ({ bound }) => bound),
    ...row('waves / ours, stragglers, durations not drawn, no costs', exact, ({ free }) => free),
  ]
}

function basisOf(found: readonly Straggling[]): string {
  const all = (value: (member: Member) => number) => [...new Set(found.map(({ member }) => value(member)))].join(', ')
  return `runs (n ${all(({ n }) => n)}; sigma ${all(({ sigma }) => sigma)}; ${TRACKS} slots)`
}
