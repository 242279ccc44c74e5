import type { Sha, TaskId } from '../ids.ts'
import { err } from '../result.ts'
import { recordOf } from '../run/lookup.ts'
import type { ActiveRun, RunState } from '../run/state.ts'
import { isOutsider } from './authority.ts'
import { decide } from './decide.ts'
import { isAtWorkWithAgent } from './decide-task.ts'
import type { CommandFacts, CommandRequest, DecisionResult } from './decision.ts'
import type { Command } from './grammar.ts'

/** A person's review of a pull request, as GitHub has it. */
export interface PullReview {
  id: number
  pull: number
  verdict: 'approved' | 'changes_requested' | 'commented'
  body: string
  /** The head that it was made on. */
  commit: Sha
  submittedAt: string
}

/** A comment of a review on a line, and the thread that it stands in. */
export interface LineComment {
  id: number
  /** Of the first comment of the thread. */
  first: number
  thread: string
  path: string
  line: number | null
  /** Where it was made: a line of a file of that commit. Null: on a line that the change deletes, or on the whole file. */
  made: { commit: Sha; line: number } | null
  body: string
}

export interface ReviewFacts {
  review: PullReview
  lines: readonly LineComment[]
  task: TaskId
}

export const reviewKey = ({ id }: Pick<PullReview, 'id'>): string => `review:${id}`

/**
 * Decides a review of a worker pull request as the command that says the same: an approval as `/approve`, a request for changes as
 * `/retry`, or `/steer` while an agent is at work, a comment as `/steer`. Null: nothing follows from it, and nothing is said.
 */
export function decidePullReview(state: RunState, asked: Omit<CommandFacts, 'reviewed'>, on: ReviewFacts) {
  if (state.phase !== 'active' || state.seen.includes(asked.key) || isOutsider(asked.person)) return null
  const command = commandOf(state, on)
  if (command === null) return null
  const facts = { ...asked, threadTask: on.task, reviewed: on.review.commit }
  const decided = decideReviewed(state, { ...facts, command }, on)
  // A comment that cannot be passed on is for people.
  return decided.ok || on.review.verdict !== 'commented' ? decided : null
}

function commandOf({ work }: ActiveRun, { review, lines, task }: ReviewFacts): Command | null {
  if (!work.plan.tasks.some(({ id }) => id === task)) return null
  const { status } = recordOf(work, task).state
  if (review.verdict === 'approved')
    return status === 'landed' ? null : { name: 'approve', planId: null, task, only: null }
  const words = reviewWords(review, lines)
  if (words !== '' && isAtWorkWithAgent(work, task)) return { name: 'steer', task, words }
  return review.verdict === 'changes_requested' ? { name: 'retry', task, note: words } : null
}

function decideReviewed(state: ActiveRun, asked: CommandRequest, { review, lines, task }: ReviewFacts): DecisionResult {
  const current = recordOf(state.work, task).state
  const isRetry = asked.command.name === 'retry'
  if (isRetry && current.status === 'verified' && current.head !== review.commit)
    return err({ reason: 'work-newer-than-review', task, head: current.head })
  const decided = decide(state, asked)
  if (!decided.ok || !isRetry) return decided
  const threads = [...new Set(lines.map(({ thread }) => thread))]
  const attempt = (recordOf(state.work, task).attempts.at(-1)?.attempt ?? 0) + 1
  const events = decided.value.events.map((event) => (event.type === 'task_retried' ? { ...event, threads } : event))
  const answer = { code: 'retrying', run: state.run, task, review: { attempt, lines: lines.length } } as const
  return { ok: true, value: { events, answer } }
}

/** The journal and later prompts stay small. */
const LONGEST = 20_000
const LONGEST_LINE = 2000

/** What the review says, as feedback for a worker: its text, then each comment with its place. */
export function reviewWords({ body }: Pick<PullReview, 'body'>, lines: readonly LineComment[]): string {
  const comments = lines.map(({ path, line, body: words }) => {
    const place = line === null ? path : `${path}:${line}`
    return `${place}: ${cut(words.trim(), LONGEST_LINE)}`
  })
  return cut([body.trim(), ...comments].filter((text) => text !== '').join('\n\n'), LONGEST)
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)} […]` : text)
