import type { Conversed } from '../conversation.ts'
import type { Finish } from './finish.ts'
import type { Findings } from './prompt.ts'

/** What an agent hears when one call is left of its money or its turns. */
export const lastWords = (of: 'money' | 'turns'): string =>
  of === 'money'
    ? 'The money of this attempt is nearly over: it is enough for this one answer. Call finish now, with what is done and what is not.'
    : 'This is the last turn of this attempt. Call finish now, with what is done and what is not.'

/** Its money or its turns were over before it had handed in what it did last. */
export const isCutShort = ({ ending, turnsUsed }: Conversed): boolean =>
  (ending.end === 'unaffordable' || ending.end === 'turns') && turnsUsed > 0

/** Checks that passed before the work had begun say nothing of work that nobody calls done. */
export const proves = ({ baseline }: Findings): boolean =>
  baseline.some(({ ran }) => ran.timedOut || ran.exitCode !== 0)

/** In the place of what the agent did not come to say. Files and check are filled in by the machine. */
export const unsaid = ({ ending }: Conversed): Finish => ({
  outcome: 'done',
  did: `Not said: the ${ending.end === 'turns' ? 'turns' : 'money'} of the attempt ended before its words. Its files are below, and its acceptance passes.`,
  interfaces: [],
  decisions: [],
  caveats: ['Nobody has said that the work is complete.'],
  follow_ups: [],
})
