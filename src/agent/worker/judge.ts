import type { TaskFailure } from '../../core/failure.ts'
import { isSameFailure } from '../../core/schedule/retry-ladder.ts'
import type { Conversed } from '../loop/conversation.ts'
import type { Checked, Kept, Worked, WorkerDeps } from './checker.ts'
import { feedback, putBackInWords } from './feedback.ts'
import { type Finish, failureOf, finishSchema, isCutShort, unsaid } from './finish.ts'

/** Times that work which was not accepted goes back to the agent. */
const ROUNDS = 2
const LONGEST_DIFF = 8_000

/** How far an attempt is. `last`: why its work was not accepted when it was last handed in. */
export interface Course {
  talked: Conversed
  turns: number
  rounds: number
  last: TaskFailure | null
  /** What that check came to. */
  checked: Checked | null
  /** Whether the checks had failed before it began. */
  proves: boolean
}

type Next = { worked: Worked } | { words: string; course: Course }

/** What follows from the end of a conversation: the end of the attempt, or more words. */
export async function judge(deps: WorkerDeps, course: Course, heard: () => string | null): Promise<Next> {
  const { ending } = course.talked
  if (ending.end !== 'finished') {
    const failure = failureOf(ending, { ...deps.limits, allowance: deps.allowance })
    return isCutShort(course.talked) && course.proves && deps.place.guard() === null
      ? asItIs(deps, course, failure)
      : stop(deps, course, failure, null)
  }
  const said = finishSchema.parse(ending.value)
  const why = deps.place.guard()
  if (why !== null) return stop(deps, course, { reason: 'not-approved', detail: why }, said)
  if (said.outcome === 'cannot' && course.talked.short === 'money') return stop(deps, course, shortage(deps), said)
  if (said.outcome === 'cannot')
    return stop(deps, course, { reason: 'agent-stopped', why: 'gave-up', detail: said.did.slice(0, 2000) }, said)
  const late = heard()
  return late === null ? await handIn(deps, course, said) : { words: late, course }
}

/** What it could not do for want of money says nothing about the task. */
const shortage = ({ speaker, allowance, limits }: WorkerDeps): TaskFailure =>
  failureOf({ end: 'unaffordable', left: speaker.purse.left() }, { ...limits, allowance })

/** Work that was not handed in, since its money or its turns were over: the machine says whether it is done. */
async function asItIs(deps: WorkerDeps, course: Course, failure: TaskFailure): Promise<Next> {
  const { kept, checked } = await look(deps)
  if (checked.failure === null)
    return { worked: { failure: null, kept, checked, said: unsaid(course.talked), turns: course.turns } }
  return stop(deps, { ...course, checked }, failure, null)
}

/** The checks on what is there. */
async function look({ bench, transcript, clock }: WorkerDeps): Promise<{ kept: Kept; checked: Checked }> {
  const kept = await bench.keep()
  const checked = await bench.check(kept)
  const { failure, log } = checked
  transcript.add({ kind: 'check', at: clock.now().toISOString(), failure, log, putBack: kept.putBack })
  return { kept, checked }
}

async function stop(
  { bench }: WorkerDeps,
  { turns, checked }: Course,
  failure: TaskFailure,
  said: Finish | null,
): Promise<Next> {
  return { worked: { failure: withLast(failure, checked), kept: await bench.keep(), checked, said, turns } }
}

/** Whoever goes on with it, or looks at it, needs to know what the acceptance had against it. */
function withLast(failure: TaskFailure, checked: Checked | null): TaskFailure {
  if (checked === null) return failure
  const { reason } = failure
  const isEnd = reason === 'agent-stopped' || reason === 'allowance-spent' || reason === 'timed-out'
  return isEnd ? { ...failure, log: checked.log } : failure
}

async function handIn(deps: WorkerDeps, course: Course, said: Finish): Promise<Next> {
  const { place, quotes } = deps
  const { kept, checked } = await look(deps)
  const { failure } = checked
  const worked: Worked = { failure, kept, checked, said, turns: course.turns }
  if (failure === null || isLast(course, failure)) return { worked }
  const roundsLeft = ROUNDS - course.rounds
  // What a command left may be nothing that git can read.
  const diff = await place.files.diff(LONGEST_DIFF).catch(() => null)
  const parts = [
    ...(kept.putBack.length === 0 ? [] : [putBackInWords(kept.putBack)]),
    feedback(failure, { diff, roundsLeft }, quotes),
  ]
  return { words: parts.join('\n\n'), course: { ...course, rounds: course.rounds + 1, last: failure, checked } }
}

/** The same failure twice in a row would come a third time; where the time is over, nothing can follow. */
const isLast = ({ rounds, last }: Course, failure: TaskFailure): boolean =>
  rounds >= ROUNDS || failure.reason === 'timed-out' || (last !== null && isSameFailure(last, failure))
