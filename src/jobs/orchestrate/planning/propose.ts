import { wholeProblems } from '../../../agent/planner/plan-problems.ts'
import type { Problem } from '../../../core/failure.ts'
import { branchRef, type Sha, type TaskId, trunkBranch } from '../../../core/ids.ts'
import { spentUsd } from '../../../core/money/ledger.ts'
import { priceToWrite } from '../../../core/money/price.ts'
import { unknownBase } from '../../../core/plan/known-base.ts'
import type { Plan } from '../../../core/plan/plan.ts'
import { planIdOf } from '../../../core/plan/plan-id.ts'
import type { Mode, PlanDraft, Planning } from '../../../core/plan/planning.ts'
import { forecastOf } from '../../../core/prediction/forecast.ts'
import { begunPart } from '../../../core/run/evolve-plan.ts'
import { workOf } from '../../../core/run/state.ts'
import { runsWithSharedWrites } from '../../../core/schedule/shared-writes.ts'
import type { Settings } from '../../../core/settings.ts'
import { commitSubject } from '../../../core/text/control-characters.ts'
import { listed } from '../../../core/text/quoted.ts'
import { planCanBeShown } from '../../../render/plan/plan-comment.ts'
import { isPlanned } from '../../../render/plan/planned-run.ts'
import { signed } from '../../commit-words.ts'
import { unlessLimited } from '../session/api-limit.ts'
import { type Draft, recordEvents, withRefMove } from '../session/event-draft.ts'
import { trunkRefusal } from '../session/refusals.ts'
import { nowOf, type Session } from '../session/session.ts'
import { firstTree } from '../session/workflow-files.ts'
import { measuredHere, otherRuns } from './measured.ts'
import { commentsOf, keptComments } from './read-input.ts'
import { remarksOn } from './remarks.ts'

/** What a plan rests on. */
export interface Frozen {
  settings: Settings
  settingsBlob: string
  base: Sha
  baseBranch: string
}

type Proposal = Frozen & { plan: Plan; notes: string[]; mode: Mode; comments?: string[] }

/**
 * Proposes a plan, with a trunk of its own. People approve what they can read: a plan that does not fit into a comment is
 * refused.
 */
export async function propose(session: Session, draft: Draft, it: Proposal): Promise<Draft> {
  const refused = refusedTrunk(session, draft)
  if (refused !== null) return refused
  const comments = isRead(it.plan) ? keptComments(await unlessLimited(session, () => commentsOf(session), [])) : {}
  const remarks = await remarksOn(it, session.repo.sources(it.base))
  for (const one of [it, ...shorter(draft, it)]) {
    const proposed = await put(session, draft, { ...one, ...comments, notes: [...one.notes, ...remarks] })
    if (!isPlanned(proposed.state) || planCanBeShown(proposed.state)) return proposed
  }
  return refusePlan(session, draft, [planTooLong])
}

/** Whether what people said on the issue will be read: programs do not. */
const isRead = ({ tasks }: Plan): boolean => tasks.some(({ run, kind }) => run.length === 0 && kind !== 'gate')

/** Shares of the tasks that are tried in turn if a plan that has begun is too long, so that its work is not lost. */
const PARTS = [0.75, 0.5, 0.25, 0] as const

/** The plan with fewer and fewer of the tasks that have not begun; the last ones are left out first. */
function* shorter({ state }: Draft, it: Proposal): Generator<Proposal> {
  const work = workOf(state)
  if (work === null || !work.open) return
  const begun = begunPart(work)
  const spare = it.plan.tasks.flatMap(({ id }) => (begun.has(id) ? [] : [id]))
  for (const share of PARTS) {
    const out = spare.slice(Math.floor(spare.length * share))
    const plan = { ...it.plan, tasks: it.plan.tasks.filter(({ id }) => !out.includes(id)) }
    if (out.length > 0 && plan.tasks.length > 0)
      yield { ...it, plan, notes: [...it.notes, `left out, since no comment could hold them: ${someOf(out)}`] }
  }
}

async function put(session: Session, draft: Draft, it: Proposal): Promise<Draft> {
  const planId = planIdOf({ plan: it.plan, base: it.base, settingsBlob: it.settingsBlob, settings: it.settings })
  const started = await withTrunk(session, draft, it, planId, it.plan.title)
  const sharedWrites = runsWithSharedWrites(it.plan, await otherRuns(session))
  const forecast = forecastOf(it.plan, it.settings, await measuredHere(session), spentUsd(draft.state.ledger))
  return recordEvents(started.draft, nowOf(session), {
    type: 'plan_proposed',
    ...it,
    planId,
    trunk: started.trunk,
    forecast,
    ...(sharedWrites.length > 0 && { sharedWrites }),
  })
}

/** The draft with the plan refused, if the remote does not take trunk; else null. */
export function refusedTrunk(session: Session, draft: Draft): Draft | null {
  const words = trunkRefusal(session)
  if (words === null || workOf(draft.state) !== null) return null
  const branch = trunkBranch(session.run)
  return refusePlan(session, draft, [
    problem('push-refused', `GitHub does not take the branch \`${branch}\`: ${words}`),
  ])
}

/** Trunk's first commit: the base's tree in a commit of its own. A later version of a plan starts from the same one. */
export async function withTrunk(
  session: Session,
  draft: Draft,
  { base, baseBranch, settings }: Frozen,
  planId: string,
  title: string,
): Promise<{ draft: Draft; trunk: Sha }> {
  const { repo, run } = session
  const before = workOf(draft.state)
  if (before !== null) return { draft, trunk: before.trunk.start }
  const words = signed(settings.commits, {
    subject: commitSubject(`Start run ${run}: ${title}`, `Start run ${run}`),
    trailers: { 'Tributary-Run': run, 'Tributary-Plan': planId },
  })
  const trunk = await repo.commit(await firstTree(session, base, baseBranch), [base], words)
  return { draft: withRefMove(draft, { ref: branchRef(trunkBranch(run)), from: null, to: trunk }), trunk }
}

export const problem = (code: Problem['code'], message: string): Problem => ({ code, task: null, field: null, message })

/** A plan that no comment can hold. */
export const planTooLong: Problem = problem('too-long', 'The plan does not fit into a comment: make it two issues.')

export const refusePlan = (session: Session, draft: Draft, problems: Problem[]): Draft =>
  recordEvents(draft, nowOf(session), { type: 'plan_refused', problems })

export const withoutPrice = (model: string): string =>
  `\`${model}\` has no price here, so no limit could hold for it: ${priceToWrite(model)}.`

/**
 * The part of a draft that can be proposed. A plan that has begun keeps the tasks that were sound when they came, and what
 * they need, so that a bad later task does not cost their work. Any other draft comes back as it is, with its problems.
 */
export function soundPart({ state }: Draft, { settings }: Planning, made: PlanDraft): PlanDraft {
  const work = workOf(state)
  if (made.problems.length === 0 || work === null || !work.open || work.plan.tasks.length === 0) return made
  const plan = { ...made.plan, tasks: work.plan.tasks }
  // A problem of the plan as a whole is one of every part of it.
  if (wholeProblems(plan, settings, unknownBase).length > 0) return made
  const out = made.plan.tasks.filter((task) => !plan.tasks.some(({ id }) => id === task.id)).map(({ id }) => id)
  const which = out.length === 0 ? [] : [`left out, with all that needs it: ${someOf(out)}`]
  return { plan, problems: [], notes: [...made.notes, ...which, ...made.problems.map((one) => `not fixed: ${one}`)] }
}

const NAMED = 20

/** Names of tasks, at most 20. */
const someOf = (ids: readonly TaskId[]): string =>
  `${listed(ids.slice(0, NAMED))}${ids.length > NAMED ? ` and ${ids.length - NAMED} more` : ''}`
