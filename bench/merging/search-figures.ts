import type { Figure, Line } from '../benchmark.ts'
import { none, spread } from '../figures.ts'
import type { Named, Searched } from './semantic.ts'

const B5 = 'B5'

export function searchFigures(searched: readonly Searched[]): Figure[] {
  const broken = searched.filter(({ clashes }) => clashes > 0)
  const sound = searched.filter(({ clashes }) => clashes === 0)
  const first = broken.flatMap(({ named }) => named.slice(0, 1))
  const later = broken.flatMap(({ named }) => named.slice(1))
  const wrong = (named: Searched['named']) => named.filter(({ right }) => !right).length
  const runs = `${broken.length} runs of up to ${Math.max(...broken.map(({ branches }) => branches))} branches, 5 and 10 % of them clash`
  const beyond = ({ merges, verifications }: Named) => verifications - Math.ceil(Math.log2(merges + 1))
  return [
    none(B5, 'culprits named wrongly, the first of a run', wrong(first), `${first.length} named in ${runs}`),
    none(B5, 'culprits not even suspected, once others are fixed', wrong(later), `${later.length} named in the same`),
    ...spread(
      B5,
      'tasks suspected, once others are fixed',
      later.map(({ suspects }) => suspects),
      null,
      'later culprits',
    ),
    none(
      B5,
      'culprits that nobody can send back',
      broken.filter(({ refused }) => refused).length,
      `${first.length + later.length} named; \`/retry\` is refused`,
    ),
    none(
      B5,
      'broken trunks that never passed',
      broken.filter(({ passed }) => !passed).length,
      `${runs}; each culprit is sent back by a person`,
    ),
    none(
      B5,
      'culprits named where nothing clashes',
      sound.filter(({ named, passed }) => named.length > 0 || !passed).length,
      `${sound.length} runs`,
    ),
    ...spread(B5, 'verifications beyond log2 of the merges', first.map(beyond), null, 'first culprits'),
    ...spread(B5, 'the same, once others are fixed', later.map(beyond), null, 'later culprits'),
  ]
}

export const searchLine = ({ named, ...one }: Searched): Line => ({
  benchmark: B5,
  kind: 'search',
  ...one,
  named: named.length,
  wrong: named.filter(({ right }) => !right).length,
  perCulprit: named.map(({ verifications }) => verifications).join(' '),
})
