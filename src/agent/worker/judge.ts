import type { TaskFailure } from '../../core/failure.ts'
import { isSameFailure } from '../../core/schedule/retry-ladder.ts'
import type { Conversed } from '../loop/conversation.ts'
import type { CheckResult, WorkerDeps, WorkResult, WorkTreeState } from './checker.ts'
import { feedback, putBackText } from './feedback.ts'
import { type Finish, failureOf, finishSchema, isCutShort, missingFinish } from './finish.ts'

/** Times that work which was not accepted goes back to the agent. */
const ROUNDS = 2
const LONGEST_DIFF = 8_000

/** How far an attempt is. `last`: why its work was not accepted when it was last handed in. */
export interface AttemptProgress {
  talked: Conversed
  turns: number
  rounds: number
  last: TaskFailure | null
  /** What that check came to. */
  checked: CheckResult | null
  /** Whether the checks had failed before it began. */
  proves: boolean
}

type Next = { worked: WorkResult } | { words: string; progress: AttemptProgress }

/** What follows from the end of a conversation: the end of the attempt, or more words. */
export async function judge(deps: WorkerDeps, progress: AttemptProgress, steering: () => string | null): Promise<Next> {
  const { ending } = progress.talked
  if (ending.end !== 'finished') {
    const failure = failureOf(ending, { ...deps.limits, allowance: deps.allowance })
    return isCutShort(progress.talked) && progress.proves && deps.place.guard() === null
      ? asItIs(deps, progress, failure)
      : stop(deps, progress, failure, null)
  }
  const said = finishSchema.parse(ending.value)
  const why = deps.place.guard()
  if (why !== null) return stop(deps, progress, { reason: 'not-approved', detail: why }, said)
  if (said.outcome === 'cannot' && progress.talked.short === 'money') return stop(deps, progress, shortage(deps), said)
  if (said.outcome === 'cannot')
    return stop(deps, progress, { reason: 'agent-stopped', why: 'gave-up', detail: said.did.slice(0, 2000) }, said)
  const late = steering()
  return late === null ? await handIn(deps, progress, said) : { words: late, progress }
}

/** What it could not do for want of money says nothing about the task. */
const shortage = ({ metered, allowance, limits }: WorkerDeps): TaskFailure =>
  failureOf({ end: 'unaffordable', left: metered.budget.left() }, { ...limits, allowance })

/** Work that was not handed in, since its money or its turns were over: the machine says whether it is done. */
async function asItIs(deps: WorkerDeps, progress: AttemptProgress, failure: TaskFailure): Promise<Next> {
  const { kept, checked } = await look(deps)
  if (checked.failure === null)
    return { worked: { failure: null, kept, checked, said: missingFinish(progress.talked), turns: progress.turns } }
  return stop(deps, { ...progress, checked }, failure, null)
}

/** The checks on what is there. */
async function look({ bench, transcript, clock }: WorkerDeps): Promise<{ kept: WorkTreeState; checked: CheckResult }> {
  const kept = await bench.keep()
  const checked = await bench.check(kept)
  const { failure, log } = checked
  transcript.add({ kind: 'check', at: clock.now().toISOString(), failure, log, putBack: kept.putBack })
  return { kept, checked }
}

async function stop(
  { bench }: WorkerDeps,
  { turns, checked }: AttemptProgress,
  failure: TaskFailure,
  said: Finish | null,
): Promise<Next> {
  return { worked: { failure: withLast(failure, checked), kept: await bench.keep(), checked, said, turns } }
}

/** Whoever goes on with it, or looks at it, needs to know what the acceptance had against it. */
function withLast(failure: TaskFailure, checked: CheckResult | null): TaskFailure {
  if (checked === null) return failure
  const { reason } = failure
  const isEnd = reason === 'agent-stopped' || reason === 'allowance-spent' || reason === 'timed-out'
  return isEnd ? { ...failure, log: checked.log } : failure
}

async function handIn(deps: WorkerDeps, progress: AttemptProgress, said: Finish): Promise<Next> {
  const { place, quotes } = deps
  const { kept, checked } = await look(deps)
  const { failure } = checked
  const worked: WorkResult = { failure, kept, checked, said, turns: progress.turns }
  if (failure === null || isLast(progress, failure)) return { worked }
  const roundsLeft = ROUNDS - progress.rounds
  // What a command left may be nothing that git can read.
  const diff = await place.files.diff(LONGEST_DIFF).catch(() => null)
  const parts = [
    ...(kept.putBack.length === 0 ? [] : [putBackText(kept.putBack)]),
    feedback(failure, { diff, roundsLeft }, quotes),
  ]
  return { words: parts.join('\n\n'), progress: { ...progress, rounds: progress.rounds + 1, last: failure, checked } }
}

/** The same failure twice in a row would come a third time; where the time is over, nothing can follow. */
const isLast = ({ rounds, last }: AttemptProgress, failure: TaskFailure): boolean =>
  rounds >= ROUNDS || failure.reason === 'timed-out' || (last !== null && isSameFailure(last, failure))
