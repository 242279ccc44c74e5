import { type Problem, problem } from '../../../core/failure.ts'
import { branchRef, type Sha } from '../../../core/ids.ts'
import { whyNoAgent, whyNoPlanner } from '../../../core/money/missing-model.ts'
import type { Plan } from '../../../core/plan/plan.ts'
import { judgeByHand } from '../../../core/plan/plan-problems.ts'
import { withOptions } from '../../../core/plan/planning.ts'
import { err, type Result } from '../../../core/result.ts'
import { SETTINGS_PATH, type Settings } from '../../../core/settings.ts'
import { unlessLimited } from '../session/api-limit.ts'
import { type Draft, recordEvents } from '../session/event-draft.ts'
import { readKnownBase } from '../session/known-base.ts'
import { nowOf, type OrchestratorStep, type Session } from '../session/session.ts'
import { type Frozen, propose, refusePlan } from './propose.ts'

/** On a request for a plan: proposes one that is written in the issue at once; for any other, the model's planner begins. */
export const beginPlan: OrchestratorStep = async (session, draft) => {
  if (draft.state.phase !== 'requested' || draft.state.planning !== null) return draft
  const defaultBranch = await unlessLimited(session, () => session.deps.forge.defaultBranch(), null)
  if (defaultBranch === null) return draft
  const baseBranch = draft.state.options.base ?? defaultBranch
  const base = await session.repo.tip(branchRef(baseBranch))
  // Settings are those of the default branch, whatever the plan is made for: they say what a run may do.
  const at = baseBranch === defaultBranch ? base : await session.repo.tip(branchRef(defaultBranch))
  if (base === null || at === null)
    return refusePlan(session, draft, [
      problem('bad-settings', `branch ${base === null ? baseBranch : defaultBranch} has no commit`),
    ])
  await session.repo.fetch([base, at])
  const read = await settingsAt(session, at)
  if (!read.ok) return refusePlan(session, draft, read.error)
  const settings = withOptions(read.value, draft.state.options)
  const settingsBlob = (await session.repo.blobOf(base, SETTINGS_PATH)) ?? ''
  const frozen = { settings, base, baseBranch, settingsBlob }
  const written = session.deps.readPlan(draft.state.issue.body, settings)
  if (written.ok) return proposeByHand(session, draft, written.value, frozen)
  if (written.error.some(({ code }) => code !== 'no-plan')) return refusePlan(session, draft, written.error)
  const missing = whyNoPlanner(session.deps.model !== null, settings)
  if (missing !== null) return refusePlan(session, draft, [missing])
  const mode = draft.state.options.mode ?? settings.mode
  return recordEvents(draft, nowOf(session), { type: 'planning_begun', ...frozen, mode, limit: settings.budget.usd })
}

async function settingsAt(session: Session, base: Sha): Promise<Result<Settings, Problem[]>> {
  const settings = session.deps.readSettings(await session.repo.readFile(base, SETTINGS_PATH))
  return settings.ok ? settings : err(settings.error.map((message) => problem('bad-settings', message)))
}

/** A plan that a person wrote into the issue: linted, and proposed or refused with every problem named. */
export async function proposeByHand(session: Session, draft: Draft, plan: Plan, frozen: Frozen): Promise<Draft> {
  const { settings, base } = frozen
  const known = await readKnownBase(session.repo.sources(base))
  const { problems, linted } = judgeByHand(plan, settings, known, draft.state.options.paths)
  if (problems.length > 0) return refusePlan(session, draft, problems)
  const missing = whyNoAgent(plan, session.deps.model !== null, settings)
  if (missing !== null) return refusePlan(session, draft, [missing])
  return propose(session, draft, { ...frozen, plan: linted.plan, notes: linted.notes, mode: settings.mode })
}
