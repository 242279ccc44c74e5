import { expand } from '../../../agent/planner/expand.ts'
import { scope } from '../../../agent/planner/exploration/scope.ts'
import { replan } from '../../../agent/planner/replan.ts'
import type { Sha, TaskId } from '../../../core/ids.ts'
import { isTryOf, moneyKey } from '../../../core/money/money-key.ts'
import { ownOf } from '../../../core/own.ts'
import { lintPlan } from '../../../core/plan/lint.ts'
import type { Plan, Task } from '../../../core/plan/plan.ts'
import { planIdOf } from '../../../core/plan/plan-id.ts'
import { goesBeyond, replaceable, withExpansion, withReplacement } from '../../../core/run/amend-plan.ts'
import type { HandOff } from '../../../core/run/hand-off.ts'
import { recordOf, taskOf } from '../../../core/run/lookup.ts'
import { workOf } from '../../../core/run/state.ts'
import type { Work } from '../../../core/run/work.ts'
import { redactDeeply } from '../../../core/text/redact.ts'
import type { Repo } from '../../../ports/repo.ts'
import { type Draft, plannedWork, recordEvents } from '../session/event-draft.ts'
import { nowOf, type Session } from '../session/session.ts'
import { recordsEvents, type StageContext, type StageEnd } from './stage-context.ts'

/** Explores for a `plan` task while its needs are still at work. */
export async function scopeTask(at: StageContext): Promise<StageEnd> {
  const { work, task } = partOf(at)
  const { metered, planning, sources, input, signal } = at
  const model = planning.settings.explore_model
  const found = await scope({ metered, model, sources, input, task, plan: work.plan }, signal)
  return found.ok ? recordsEvents({ type: 'task_scoped', task: task.id, exploration: found.exploration }) : found
}

/** Expands a `plan` task whose needs have landed into tasks. */
export async function expandTask(at: StageContext): Promise<StageEnd> {
  const { work, task } = partOf(at)
  const { metered, planning, sources, input, signal } = at
  const found = await expand(
    {
      metered,
      model: planning.settings.plan_model,
      sources,
      input,
      plan: work.plan,
      task,
      scope: ownOf(work.scopes, task.id) ?? null,
      handOffs: handOffsOf(work),
    },
    signal,
  )
  if (!found.ok) return found
  const { tasks, notes } = redactDeeply(found, at.session.deps.redact)
  const into = (plan: Plan) => withExpansion(plan, task.id, tasks)
  return amended(at, { cause: 'expand', task, tasks, notes, into })
}

/** Plans a task that failed for good again, with its dependants that have not begun; no other task changes. */
export async function replanTask(at: StageContext): Promise<StageEnd> {
  const { work, task } = partOf(at)
  const { session, metered, planning, sources, input, signal } = at
  const removed = replaceable(work, task.id)
  const found = await replan(
    {
      metered,
      model: planning.settings.plan_model,
      sources,
      input,
      plan: work.plan,
      failed: { task, failures: failuresOf(work, task.id), ...(await leftBy(session, work, task.id)) },
      replaceable: removed.map((id) => taskOf(work, id)),
      handOffs: handOffsOf(work),
    },
    signal,
  )
  if (!found.ok) return found
  const { tasks, notes } = redactDeeply(found, session.deps.redact)
  const into = (plan: Plan) => withReplacement(plan, task.id, removed, tasks)
  return amended(at, { cause: 'replan', task, tasks, notes, into })
}

function partOf({ session, stage }: StageContext): { work: Work; task: Task } {
  const work = workOf(session.state)
  if (work === null || stage.task === null) throw new Error(`${stage.key} is about no task`)
  return { work, task: taskOf(work, stage.task) }
}

export const handOffsOf = (work: Work): ReadonlyMap<TaskId, HandOff> =>
  new Map(
    work.plan.tasks.flatMap(({ id }) => {
      const { state } = recordOf(work, id)
      return state.status === 'landed' && state.report?.handOff !== undefined ? [[id, state.report.handOff]] : []
    }),
  )

const failuresOf = (work: Work, id: TaskId) =>
  recordOf(work, id).attempts.flatMap(({ failure }) => (failure === null ? [] : [failure]))

const MOST_DIFF = 20_000

/** The changes of the last attempt, if there are any: they help to find what is wrong with the plan. */
async function leftBy({ repo }: Session, work: Work, id: TaskId): Promise<{ diff?: string }> {
  const { state } = recordOf(work, id)
  if (state.status !== 'failed' || state.base === null || state.head === null) return {}
  const diff = await changeInWords(repo, { from: state.base, to: state.head }, MOST_DIFF)
  return diff === '' ? {} : { diff }
}

interface Amendment {
  cause: 'expand' | 'replan'
  task: Task
  tasks: readonly Task[]
  notes: readonly string[]
  into(plan: Plan): Plan
}

/** Lints the plan with its new part as a whole. If it has a problem, the stage has failed and is retried. */
function amended({ planning }: StageContext, it: Amendment): StageEnd {
  return {
    ok: true,
    into(session, draft) {
      const work = plannedWork(draft)
      const linted = lintPlan(it.into(work.plan), planning.settings)
      const [problem] = linted.problems
      if (problem !== undefined) return failed(session, draft, it, problem.message)
      const within = goesBeyond(work, it.tasks).length === 0
      return recordEvents(draft, nowOf(session), {
        type: 'plan_amended',
        cause: it.cause,
        of: it.task.id,
        plan: linted.plan,
        planId: planIdOf({ ...work, plan: linted.plan }),
        within,
        notes: [...it.notes, ...linted.notes],
      })
    },
  }
}

const failed = (session: Session, draft: Draft, { cause, task }: Amendment, why: string): Draft => {
  const number = Object.keys(draft.state.ledger.spent).filter((key) => isTryOf(key, cause, task.id)).length
  const stage = moneyKey({ of: 'stage', name: cause, task: task.id, number })
  return recordEvents(draft, nowOf(session), { type: 'stage_failed', stage, why })
}

/** The lines that were added between two commits, by path; at most so many characters. */
export async function changeInWords(
  repo: Pick<Repo, 'addedLines'>,
  { from, to }: { from: Sha; to: Sha },
  most: number,
): Promise<string> {
  const added = await repo.addedLines(from, to)
  return [...added]
    .map(([path, lines]) => `+++ ${path}\n${lines}`)
    .join('\n')
    .slice(0, most)
}
