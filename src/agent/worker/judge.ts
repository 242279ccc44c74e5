import type { TaskFailure } from '../../core/failure.ts'
import { isSameFailure } from '../../core/schedule/retry-ladder.ts'
import type { LoopResult } from '../loop/conversation.ts'
import type { KeptOutputs } from '../tools/kept-outputs.ts'
import { putBackText } from '../tools/put-back.ts'
import type { CheckResult, WorkerDeps, WorkResult, WorkTreeState } from './checker.ts'
import { feedback } from './feedback.ts'
import { type Finish, failureOf, finishSchema, isCutShort, missingFinish } from './finish.ts'

/** Times that work that is not accepted goes back to the agent. */
const MOST_RETURNS = 2
const LONGEST_DIFF = 8_000
const LONGEST_REASON = 2000

/** An attempt between two runs of the agent loop. */
export interface AttemptProgress {
  loop: LoopResult
  turns: number
  /** Times that the work went back to the agent. */
  returns: number
  /** Why the work was not accepted when it was last submitted. */
  lastFailure: TaskFailure | null
  lastCheck: CheckResult | null
  /** Whether a check failed on the base: only then does a passing one prove work. */
  failedOnBase: boolean
}

/** `outputs`: those that the agent can read in parts. */
type JudgeDeps = WorkerDeps & { outputs: KeptOutputs }

type NextStep = { result: WorkResult } | { message: string; progress: AttemptProgress }

/** What follows when the agent loop stops: the result of the attempt, or a message with which the loop continues. */
export async function judge(
  deps: JudgeDeps,
  progress: AttemptProgress,
  newSteers: () => string | null,
): Promise<NextStep> {
  const { stopReason, exhausted } = progress.loop
  if (stopReason.kind !== 'finished') {
    const failure = failureOf(stopReason, { ...deps.limits, allowance: deps.allowance, now: deps.clock.now() })
    return isCutShort(progress.loop) && progress.failedOnBase && deps.context.guard() === null
      ? checkUnsubmitted(deps, progress, failure)
      : stop(deps, progress, failure, null)
  }
  const summary = finishSchema.parse(stopReason.value)
  const why = deps.context.guard()
  if (why !== null) return stop(deps, progress, { reason: 'not-approved', detail: why }, summary)
  if (summary.outcome === 'cannot')
    return stop(deps, progress, exhausted === 'money' ? allowanceSpent(deps) : gaveUp(summary), summary)
  const message = newSteers()
  return message === null ? await submit(deps, progress, summary) : { message, progress }
}

const gaveUp = ({ did }: Finish): TaskFailure => ({
  reason: 'agent-stopped',
  why: 'gave-up',
  detail: did.slice(0, LONGEST_REASON),
})

/** Giving up for lack of money says nothing about the task. */
const allowanceSpent = ({ metered, allowance, limits, clock }: WorkerDeps): TaskFailure =>
  failureOf({ kind: 'unaffordable', left: metered.budget.left() }, { ...limits, allowance, now: clock.now() })

/** Checks work that was not submitted because money or turns ran out: it may be done all the same. */
async function checkUnsubmitted(deps: WorkerDeps, progress: AttemptProgress, failure: TaskFailure): Promise<NextStep> {
  const { workTree, check } = await commitAndCheck(deps)
  if (check.failure === null)
    return {
      result: { failure: null, workTree, check, summary: missingFinish(progress.loop), turns: progress.turns },
    }
  return stop(deps, { ...progress, lastCheck: check }, failure, null)
}

async function commitAndCheck({
  checker,
  transcript,
  clock,
}: WorkerDeps): Promise<{ workTree: WorkTreeState; check: CheckResult }> {
  const workTree = await checker.commit()
  const check = await checker.check(workTree)
  const { failure, log } = check
  transcript.add({ kind: 'check', at: clock.now().toISOString(), failure, log, putBack: workTree.putBack })
  return { workTree, check }
}

async function stop(
  { checker }: WorkerDeps,
  { turns, lastCheck }: AttemptProgress,
  failure: TaskFailure,
  summary: Finish | null,
): Promise<NextStep> {
  const workTree = await checker.commit()
  return { result: { failure: withCheckLog(failure, lastCheck), workTree, check: lastCheck, summary, turns } }
}

/** Adds the output of the last check, for later attempts and for people. */
function withCheckLog(failure: TaskFailure, check: CheckResult | null): TaskFailure {
  if (check === null) return failure
  const { reason } = failure
  const hasLog = reason === 'agent-stopped' || reason === 'allowance-spent' || reason === 'timed-out'
  return hasLog ? { ...failure, log: check.log } : failure
}

async function submit(deps: JudgeDeps, progress: AttemptProgress, summary: Finish): Promise<NextStep> {
  const { context, quotes, outputs } = deps
  const { workTree, check } = await commitAndCheck(deps)
  const { failure } = check
  const result: WorkResult = { failure, workTree, check, summary, turns: progress.turns }
  if (failure === null || isLastFailure(progress, failure)) return { result }
  const returnsLeft = MOST_RETURNS - progress.returns
  // A command may have left something that git cannot read.
  const diff = await context.files.diff(LONGEST_DIFF).catch(() => null)
  const parts = [
    ...(workTree.putBack.length === 0 ? [] : [putBackText(workTree.putBack)]),
    feedback(failure, { diff, returnsLeft, outputs }, quotes),
  ]
  return {
    message: parts.join('\n\n'),
    progress: { ...progress, returns: progress.returns + 1, lastFailure: failure, lastCheck: check },
  }
}

/** The same failure twice in a row would come a third time; after a time-out nothing can follow. */
const isLastFailure = ({ returns, lastFailure }: AttemptProgress, failure: TaskFailure): boolean =>
  returns >= MOST_RETURNS ||
  failure.reason === 'timed-out' ||
  (lastFailure !== null && isSameFailure(lastFailure, failure))
