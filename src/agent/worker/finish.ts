import { z } from 'zod'
import type { TaskFailure } from '../../core/failure.ts'
import type { BusyReason, ModelFailure } from '../../ports/model.ts'
import type { LoopResult, LoopStopReason } from '../loop/conversation.ts'
import type { AttemptContext } from '../prompts/worker-prompt.ts'

/** What an agent passes to `finish`. It may have any length: it is shortened, not rejected. */
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
  follow_ups: z.array(z.string()).describe('What is left to do later, outside of this task; up to 8 lines'),
})
export type Finish = z.infer<typeof finishSchema>

export const FINISH =
  'Ends your work. What you changed is committed and the acceptance is run on exactly that; if it fails, you hear of it. The tasks behind yours read what you say here, and nothing else of your work but the files. Not for a question, nor for a part of the work: all goes on alone from there. Example: {"outcome": "done", "did": "Fetches are retried with back-off", "interfaces": ["retry<T>(times: number, call: () => Promise<T>): Promise<T> in src/retry.ts"], "decisions": ["Only status 429 and 5xx are retried"], "caveats": [], "follow_ups": []}'

/** The message to the agent when its money or its turns suffice for one more call. */
export const lastCallPrompt = (of: 'money' | 'turns'): string =>
  of === 'money'
    ? 'The money of this attempt is nearly over: it is enough for this one answer. Call finish now, with what is done and what is not.'
    : 'This is the last turn of this attempt. Call finish now, with what is done and what is not.'

/** Whether money or turns ran out before the latest work was submitted. */
export const isCutShort = ({ stopReason, turnsUsed }: LoopResult): boolean =>
  (stopReason.kind === 'unaffordable' || stopReason.kind === 'turns') && turnsUsed > 0

/**
 * Whether a check failed on the base. Checks that passed there prove nothing about work that the agent did not submit.
 */
export const failedOnBase = ({ baseline }: AttemptContext): boolean =>
  baseline.some(({ ran }) => ran.timedOut || ran.exitCode !== 0)

/** The summary of an agent that did not call `finish`. The machine adds files and check. */
export const missingFinish = ({ stopReason }: LoopResult): Finish => ({
  outcome: 'done',
  did: `Not said: the ${stopReason.kind === 'turns' ? 'turns' : 'money'} of the attempt ended before its words. Its files are below, and its acceptance passes.`,
  interfaces: [],
  decisions: [],
  caveats: ['The agent did not say that the work is complete.'],
  follow_ups: [],
})

/** The failure of an attempt whose agent loop stopped without `finish`. */
export function failureOf(
  stopReason: Exclude<LoopStopReason, { kind: 'finished' }>,
  { turns, minutes, allowance, now }: { turns: number; minutes: number; allowance: number; now: Date },
): TaskFailure {
  switch (stopReason.kind) {
    case 'no-tool-call':
      return stopped('gave-up', `it ended without a result: ${stopReason.text.slice(0, LONGEST_DETAIL)}`)
    case 'turns':
      return stopped('turns', `${turns} turns were allowed`)
    case 'loop':
      return stopped('loop', stopReason.detail)
    case 'refused':
      return stopped('refused', stopReason.detail.slice(0, LONGEST_DETAIL))
    case 'truncated':
      return stopped('truncated', 'the conversation, or an answer, was longer than it may be')
    case 'unaffordable':
      return { reason: 'allowance-spent', usd: allowance, detail: `${stopReason.left.toFixed(4)} USD were left` }
    case 'time':
      return { reason: 'timed-out', minutes, log: '' }
    case 'not-allowed':
      return { reason: 'not-approved', detail: stopReason.why }
    case 'model-failed':
      if ('since' in stopReason.failure) return busy(stopReason.failure, now)
      return { reason: 'model-failed', detail: `${stopReason.failure.reason}: ${stopReason.failure.detail}` }
    case 'aborted':
      return { reason: 'not-approved', detail: 'the run no longer wants it' }
  }
}

const LONGEST_DETAIL = 2000

const busy = ({ reason, detail, since }: Extract<ModelFailure, { reason: BusyReason }>, now: Date): TaskFailure => ({
  reason: 'model-busy',
  since,
  until: now.toISOString(),
  detail: `${reason}: ${detail}`,
})

const stopped = (why: Extract<TaskFailure, { reason: 'agent-stopped' }>['why'], detail: string): TaskFailure => ({
  reason: 'agent-stopped',
  why,
  detail,
})
