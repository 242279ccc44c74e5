import type { TaskFailure } from '../../core/failure.ts'
import { isSameFailure } from '../../core/tier.ts'
import type { Conversed } from '../conversation.ts'
import { failureOf } from './endings.ts'
import { feedback, putBackInWords } from './feedback.ts'
import { type Finish, finishSchema } from './finish.ts'
import type { Worked, WorkerDeps } from './worker-deps.ts'

/** Times that work which was not accepted goes back to the agent. */
const ROUNDS = 2
const LONGEST_DIFF = 8_000

/** How far an attempt is. `last`: why its work was not accepted when it was last handed in. */
export interface Course {
  talked: Conversed
  turns: number
  rounds: number
  last: TaskFailure | null
}

type Next = { worked: Worked } | { words: string; course: Course }

/** What follows from the end of a conversation: the end of the attempt, or more words. */
export async function judge(deps: WorkerDeps, course: Course, heard: () => string | null): Promise<Next> {
  const { ending } = course.talked
  if (ending.end !== 'finished')
    return stop(deps, course, failureOf(ending, { ...deps.limits, allowance: deps.allowance }), null)
  const said = finishSchema.parse(ending.value)
  const why = deps.place.guard()
  if (why !== null) return stop(deps, course, { reason: 'not-approved', detail: why }, said)
  if (said.outcome === 'cannot')
    return stop(deps, course, { reason: 'agent-stopped', why: 'gave-up', detail: said.did.slice(0, 2000) }, said)
  const late = heard()
  return late === null ? await handIn(deps, course, said) : { words: late, course }
}

async function stop(
  { bench }: WorkerDeps,
  { turns }: Course,
  failure: TaskFailure,
  said: Finish | null,
): Promise<Next> {
  return { worked: { failure, kept: await bench.keep(), checked: null, said, turns } }
}

async function handIn(deps: WorkerDeps, course: Course, said: Finish): Promise<Next> {
  const { bench, transcript, place, quotes } = deps
  const kept = await bench.keep()
  const checked = await bench.check(kept)
  const { failure } = checked
  transcript.add({
    kind: 'check',
    at: deps.clock.now().toISOString(),
    failure,
    log: checked.log,
    putBack: kept.putBack,
  })
  const worked: Worked = { failure, kept, checked, said, turns: course.turns }
  if (failure === null || isLast(course, failure)) return { worked }
  const roundsLeft = ROUNDS - course.rounds
  // What a command left may be nothing that git can read.
  const diff = await place.files.diff(LONGEST_DIFF).catch(() => null)
  const parts = [
    ...(kept.putBack.length === 0 ? [] : [putBackInWords(kept.putBack)]),
    feedback(failure, { diff, roundsLeft }, quotes),
  ]
  return { words: parts.join('\n\n'), course: { ...course, rounds: course.rounds + 1, last: failure } }
}

/** The same failure twice in a row would come a third time; where the time is over, nothing can follow. */
const isLast = ({ rounds, last }: Course, failure: TaskFailure): boolean =>
  rounds >= ROUNDS || failure.reason === 'timed-out' || (last !== null && isSameFailure(last, failure))
