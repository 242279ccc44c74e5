import type { WorkSummary } from '../../src/core/run/hand-off.ts'
import { integer, type Random } from '../random.ts'

/**
 * What an agent says at its end, with facts that nobody could guess. Mostly a handful. `lavish`: how likely it is that it
 * says more than a hand-off holds, so that something is lost.
 */
export function saidOf(task: string, random: Random, lavish: number): { said: WorkSummary; facts: string[] } {
  const facts: string[] = []
  const list = (kind: string, most: number) =>
    Array.from({ length: integer(random, most + 1) }, (_, index) => {
      const fact = `${kind}_${task.replaceAll(/[^a-z0-9]/g, '')}_${index}_${integer(random, 1e9)}`
      facts.push(fact)
      return `${'it holds that '.repeat(integer(random, 20))}\`${fact}\` is what to use`
    })
  const many = random() < lavish
  const said = {
    did: `Did ${task}.`,
    interfaces: list('interface', many ? 16 : 6),
    decisions: list('decision', many ? 10 : 4),
    caveats: list('caveat', 3),
    follow_ups: list('follow', 2),
  }
  return { said, facts }
}
