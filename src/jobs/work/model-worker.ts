import type { AttemptContext } from '../../agent/prompts/worker-prompt.ts'
import type { ToolContext } from '../../agent/tools/tool-access.ts'
import type { WorkResult } from '../../agent/worker/checker.ts'
import { workOnTask } from '../../agent/worker/work.ts'
import type { TaskFailure } from '../../core/failure.ts'
import { whyNoCall } from '../../core/landing/gate.ts'
import { priceOf, priceToWrite } from '../../core/money/price.ts'
import { modelOwnerOf } from '../../core/money/usage.ts'
import { ownOf } from '../../core/own.ts'
import { modelFor } from '../../core/plan/plan.ts'
import { recordOf } from '../../core/run/lookup.ts'
import { workOf } from '../../core/run/state.ts'
import { parkedBefore } from '../../core/schedule/parked.ts'
import { modelTierOf, SLOT_WAIT } from '../../core/schedule/retry-ladder.ts'
import { agentCommandsOf, hostsOf } from '../../core/settings.ts'
import { waitingModel } from '../waiting-model.ts'
import type { AgentEnd, Attempt } from './attempt.ts'

/** The model that this attempt is for: the plan's tier, or a stronger one after failures. */
export const modelOf = ({ run, settings, brief }: Attempt): string =>
  modelFor(modelTierOf(brief.task, recordOf(run.work, brief.task.id)), settings)

/** Why no model can work on the attempt; null: one can. */
export function whyNoModel(attempt: Attempt): TaskFailure | null {
  const model = modelOf(attempt)
  if (attempt.deps.model === null) return { reason: 'model-failed', detail: NO_KEY }
  if (priceOf(model, attempt.settings) === null) return { reason: 'model-failed', detail: noPrice(model) }
  if (attempt.money.left() > 0) return null
  return { reason: 'allowance-spent', usd: 0, detail: 'the run has reserved no money for it' }
}

const NO_KEY =
  'the job has no key for the model: set the secret `ANTHROPIC_API_KEY` (or an OIDC federation) and pass it to the `work` job, or name another agent in `worker.command`'
const noPrice = (model: string): string =>
  `the model ${model} has no price, so no limit of money could hold: ${priceToWrite(model)}`

/** Seconds that a call waits for a busy model: not beyond the life of the slot. Then the task is parked. */
const slotWait = ({ deps, leaveAt }: Attempt): number =>
  Math.max(0, Math.min(SLOT_WAIT, (leaveAt.getTime() - deps.clock.now().getTime()) / 1000))

/** Our own agent works on the task until it ends, its time, turns or money are used up, or the run no longer wants it. */
export async function workByModel(attempt: Attempt, context: AttemptContext): Promise<AgentEnd> {
  const { deps, assignment, brief, settings, quotes, checker, transcript, money } = attempt
  const { model } = deps
  if (model === null) throw new Error('there is no model')
  const allowance = money.left()
  const role = brief.conflict === null ? 'work' : 'resolve'
  const retrying = waitingModel(model, {
    retrySeconds: () => slotWait(attempt),
    onPause: ({ seconds }) => attempt.watch.pause(seconds),
  })
  const worked = await inTime(attempt, (signal) =>
    workOnTask(
      {
        metered: { model: retrying, budget: money, role, effort: settings.effort[modelOwnerOf[role]] },
        model: modelOf(attempt),
        allowance,
        context: toolContextOf(attempt),
        checker,
        clock: deps.clock,
        quotes,
        limits: { turns: settings.limits.turns, minutes: assignment.minutes },
        steers: () => ownOf(workOf(attempt.view.state())?.tasks, assignment.task)?.steers ?? [],
        transcript,
      },
      brief,
      context,
      signal,
    ),
  )
  return { ...worked, failure: sinceBefore(attempt, worked), spending: money.spending() }
}

/** A model that has answered nothing in this attempt has been busy since before it. */
function sinceBefore({ run, assignment }: Attempt, { failure, turns }: WorkResult): TaskFailure | null {
  const before = parkedBefore(run, assignment.task)
  if (failure?.reason !== 'model-busy' || turns > 0 || before === null) return failure
  return { ...failure, since: before.since }
}

function toolContextOf({
  deps,
  who,
  view,
  assignment,
  sandbox,
  settings,
  brief,
  commands,
  env,
  watch,
  checker,
}: Attempt): ToolContext {
  const { task, attempt } = assignment
  return {
    files: deps.worktree.files(),
    sandbox,
    worktree: deps.worktree.path,
    writes: brief.task.writes,
    protectedGlobs: settings.protected_paths,
    agentCommands: agentCommandsOf(settings),
    commands,
    hosts: hostsOf(settings),
    putBack: () => checker.putBack().catch(() => null),
    refreshJournal: (signal) => view.fresh(signal),
    guard: () => whyNoCall(view.state(), { task, attempt, slot: who.slot }),
    seconds: watch.left,
    env,
  }
}

/** Resolves when the time of the attempt is over, pauses left out, or the signal fires. */
async function timeOver({ deps, watch }: Attempt, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && watch.left() > 0) await deps.clock.wait(watch.left(), signal)
}

/** The signal fires when the run no longer wants the work, or its time is over. */
async function inTime<Value>(attempt: Attempt, work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const over = new AbortController()
  const done = new AbortController()
  const ticking = timeOver(attempt, done.signal).then(() => over.abort())
  try {
    return await work(AbortSignal.any([attempt.signal, over.signal]))
  } finally {
    done.abort()
    await ticking
  }
}
