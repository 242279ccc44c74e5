import type { TaskFailure } from '../../core/failure.ts'
import type { LoopEnd } from '../conversation.ts'

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
