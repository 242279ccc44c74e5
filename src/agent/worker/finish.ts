import { z } from 'zod'
import type { TaskFailure } from '../../core/failure.ts'
import type { Conversed, LoopEnd } from '../loop/conversation.ts'
import type { Findings } from '../prompts/worker-prompt.ts'

/** What an agent says at its end. Of any length: it is cut, not refused. */
export const finishSchema = z.strictObject({
  outcome: z
    .enum(['done', 'cannot'])
    .describe(
      '`done`: the task is done and its acceptance should pass; `cannot`: something stands in the way for good',
    ),
  did: z
    .string()
    .describe('What you changed and why, first in one line. With `cannot`: what stands in the way. 1,200 characters'),
  interfaces: z
    .array(z.string())
    .describe('Names that later tasks can rely on, with their signatures and where they are; up to 12 lines'),
  decisions: z.array(z.string()).describe('Choices that others have to know and keep to; up to 8 lines'),
  caveats: z.array(z.string()).describe('What is not done, not tested, or could break; up to 8 lines'),
  follow_ups: z.array(z.string()).describe('What somebody should do later, outside of this task; up to 8 lines'),
})
export type Finish = z.infer<typeof finishSchema>

export const FINISH =
  'Ends your work. What you changed is committed and the acceptance is run on exactly that; if it fails, you hear of it. The tasks behind yours read what you say here, and nothing else of your work but the files.'

/** What an agent hears when one call is left of its money or its turns. */
export const lastCallPrompt = (of: 'money' | 'turns'): string =>
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
export const missingFinish = ({ ending }: Conversed): Finish => ({
  outcome: 'done',
  did: `Not said: the ${ending.end === 'turns' ? 'turns' : 'money'} of the attempt ended before its words. Its files are below, and its acceptance passes.`,
  interfaces: [],
  decisions: [],
  caveats: ['Nobody has said that the work is complete.'],
  follow_ups: [],
})

/** The end of a conversation without a result, as the failure of an attempt. */
export function failureOf(
  ending: Exclude<LoopEnd, { end: 'finished' }>,
  { turns, minutes, allowance }: { turns: number; minutes: number; allowance: number },
): TaskFailure {
  switch (ending.end) {
    case 'said':
      return stopped('gave-up', `it ended without a result: ${ending.text.slice(0, LONGEST)}`)
    case 'turns':
      return stopped('turns', `${turns} turns were allowed`)
    case 'loop':
      return stopped('loop', ending.detail)
    case 'refused':
      return stopped('refused', ending.detail.slice(0, LONGEST))
    case 'truncated':
      return stopped('truncated', 'the conversation, or an answer, was longer than it may be')
    case 'unaffordable':
      return { reason: 'allowance-spent', usd: allowance, detail: `${ending.left.toFixed(4)} USD were left` }
    case 'time':
      return { reason: 'timed-out', minutes, log: '' }
    case 'not-allowed':
      return { reason: 'not-approved', detail: ending.why }
    case 'model-failed':
      return { reason: 'model-failed', detail: `${ending.failure.reason}: ${ending.failure.detail}` }
    case 'aborted':
      return { reason: 'not-approved', detail: 'the run no longer wants it' }
  }
}

const LONGEST = 2000

const stopped = (why: Extract<TaskFailure, { reason: 'agent-stopped' }>['why'], detail: string): TaskFailure => ({
  reason: 'agent-stopped',
  why,
  detail,
})
