import type { Work } from '../core/state.ts'
import { code, codes } from './code.ts'
import { firstOf } from './fit.ts'
import { count } from './words.ts'

/** A line for each part of the plan that was written while the run was at work, and whether a person must let it pass. */
export function amendmentLines({ amendments, approved }: Work, room: number): string[] {
  const lines = amendments.map(({ cause, of, added, removed, within }) => {
    const into = added.length === 0 ? 'nothing' : codes(added)
    const gone = removed.filter((id) => id !== of)
    const what =
      cause === 'expand'
        ? `${code(of)} was turned into ${into}`
        : `${code(of)} failed for good${gone.length === 0 ? '' : ` (with it went ${codes(gone)})`}, and this part was planned anew: ${into}`
    return `- ${what}; ${within ? 'within the paths and commands that were approved' : beyond(approved === null)}`
  })
  return firstOf(lines, room, (left) => `- and ${count(left, 'more part')}`)
}

const beyond = (approved: boolean): string =>
  approved
    ? 'beyond what was approved at first, and approved since'
    : '**beyond what was approved: nothing of it starts before an approval**'
