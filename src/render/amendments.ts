import type { Work } from '../core/state.ts'
import { code, codes } from './code.ts'
import { firstOf } from './fit.ts'
import { count } from './words.ts'

/** A line for each part of the plan that was written while the run was at work, and whether a person must let it pass. */
export function amendmentLines({ amendments, approved, mode }: Work, room: number): string[] {
  const lines = amendments.map(({ cause, of, added, removed, within }) => {
    const into = added.length === 0 ? 'nothing' : codes(added)
    const gone = removed.filter((id) => id !== of)
    const what =
      cause === 'expand'
        ? `${code(of)} was turned into ${into}`
        : `${code(of)} failed for good${gone.length === 0 ? '' : ` (with it went ${codes(gone)})`}, and this part was planned anew: ${into}`
    return `- ${what}; ${within ? WITHIN[mode] : approved === null ? PASSED[mode] : ASKED[mode]}`
  })
  return firstOf(lines, room, (left) => `- and ${count(left, 'more part')}`)
}

type Words = Readonly<Record<Work['mode'], string>>
const WITHIN: Words = {
  strict: 'within the paths and commands that were approved',
  soft: 'within the paths and commands of the plan',
  off: 'within the paths and commands of the plan',
}
const SINCE = 'beyond what was approved at first, and approved since'
const PASSED: Words = { strict: SINCE, soft: SINCE, off: 'beyond the paths and commands that the plan had' }
const NOT_YET = '**beyond what was approved: nothing of it'
const ASKED: Words = {
  strict: `${NOT_YET} starts before an approval**`,
  soft: `${NOT_YET} lands before an approval**`,
  off: PASSED.off,
}
