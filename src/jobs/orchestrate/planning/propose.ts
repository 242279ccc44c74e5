import { type Problem, problem } from '../../../core/failure.ts'
import { branchRef, type Sha, trunkBranch } from '../../../core/ids.ts'
import { spentUsd } from '../../../core/money/ledger.ts'
import type { Plan } from '../../../core/plan/plan.ts'
import { planIdOf } from '../../../core/plan/plan-id.ts'
import { planTooLong } from '../../../core/plan/plan-problems.ts'
import type { Mode } from '../../../core/plan/planning.ts'
import { forecastOf } from '../../../core/prediction/forecast.ts'
import { workOf } from '../../../core/run/state.ts'
import { shorterPlans } from '../../../core/schedule/conclude-planning.ts'
import { runsWithSharedWrites } from '../../../core/schedule/shared-writes.ts'
import type { Settings } from '../../../core/settings.ts'
import { commitSubject } from '../../../core/text/control-characters.ts'
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
  for (const { plan, notes } of [{ plan: it.plan, notes: [] }, ...shorterPlans(draft.state, it.plan)]) {
    const whole = { ...it, ...comments, plan, notes: [...it.notes, ...notes, ...remarks] }
    const proposed = await put(session, draft, whole)
    if (!isPlanned(proposed.state) || planCanBeShown(proposed.state)) return proposed
  }
  return refusePlan(session, draft, [planTooLong])
}

/** Whether what people said on the issue will be read: programs do not. */
const isRead = ({ tasks }: Plan): boolean => tasks.some(({ run, kind }) => run.length === 0 && kind !== 'gate')

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

export const refusePlan = (session: Session, draft: Draft, problems: Problem[]): Draft =>
  recordEvents(draft, nowOf(session), { type: 'plan_refused', problems })
