import { pathProblems } from '../../../agent/planner/plan-problems.ts'
import type { Problem } from '../../../core/failure.ts'
import { branchRef, type Sha } from '../../../core/ids.ts'
import { modelWithoutPrice } from '../../../core/money/price.ts'
import type { KnownBase } from '../../../core/plan/known-base.ts'
import { type Linted, lintPlan } from '../../../core/plan/lint.ts'
import { isAgentTask, type Plan } from '../../../core/plan/plan.ts'
import { err, type Result } from '../../../core/result.ts'
import type { LiveRun } from '../../../core/run/state.ts'
import { SETTINGS_PATH, type Settings } from '../../../core/settings.ts'
import { unlessLimited } from '../session/api-limit.ts'
import { type Draft, recordEvents } from '../session/event-draft.ts'
import { readKnownBase } from '../session/known-base.ts'
import { nowOf, type OrchestratorStep, type Session } from '../session/session.ts'
import { type Frozen, problem, propose, refusePlan, withoutPrice } from './propose.ts'

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
  const settings = withOptions(read.value, draft.state)
  const settingsBlob = (await session.repo.blobOf(base, SETTINGS_PATH)) ?? ''
  const frozen = { settings, base, baseBranch, settingsBlob }
  const written = session.deps.readPlan(draft.state.issue.body, settings)
  if (written.ok) return proposeByHand(session, draft, written.value, frozen)
  if (written.error.some(({ code }) => code !== 'no-plan')) return refusePlan(session, draft, written.error)
  const missing = settings.plan.command.length > 0 ? null : whyNoModel(session, settings)
  if (missing !== null) return refusePlan(session, draft, [missing])
  const mode = draft.state.options.mode ?? settings.mode
  return recordEvents(draft, nowOf(session), { type: 'planning_begun', ...frozen, mode, limit: settings.budget.usd })
}

async function settingsAt(session: Session, base: Sha): Promise<Result<Settings, Problem[]>> {
  const settings = session.deps.readSettings(await session.repo.readFile(base, SETTINGS_PATH))
  return settings.ok ? settings : err(settings.error.map((message) => problem('bad-settings', message)))
}

/** The command's options are part of the settings that the plan rests on, and so of the plan's id. */
function withOptions(settings: Settings, { options }: LiveRun): Settings {
  const { budget, maxTasks, mode } = options
  return {
    ...settings,
    mode: mode ?? settings.mode,
    budget: { ...settings.budget, usd: budget ?? settings.budget.usd },
    limits: { ...settings.limits, tasks: Math.min(settings.limits.tasks, maxTasks ?? settings.limits.tasks) },
  }
}

function whyNoModel(session: Session, settings: Settings): Problem | null {
  if (session.deps.model === null)
    return problem('no-model', 'There is no key for a model, and the issue has no plan: add one of the two.')
  const unpriced = modelWithoutPrice(settings)
  return unpriced === null ? null : problem('bad-settings', withoutPrice(unpriced))
}

/** A plan that a person wrote into the issue: linted, and proposed or refused with every problem named. */
export async function proposeByHand(session: Session, draft: Draft, plan: Plan, frozen: Frozen): Promise<Draft> {
  const { settings, base } = frozen
  const known = await readKnownBase(session.repo.sources(base))
  const { problems, linted } = judgeByHand(plan, settings, known, draft.state.options.paths)
  if (problems.length > 0) return refusePlan(session, draft, problems)
  const missing = plan.tasks.some(isAgentTask) ? whyNoAgent(session.deps.model !== null, settings) : null
  if (missing !== null) return refusePlan(session, draft, [problem('no-model', missing)])
  return propose(session, draft, { ...frozen, plan: linted.plan, notes: linted.notes, mode: settings.mode })
}

/** Applies every rule for a plan by hand, for an issue and for the terminal alike. */
export function judgeByHand(
  plan: Plan,
  settings: Settings,
  known: KnownBase,
  paths: readonly string[],
): { problems: Problem[]; linted: Linted } {
  const linted = lintPlan(plan, settings, known)
  return { problems: [...linted.problems, ...outsidePaths(linted.plan, paths)], linted }
}

/** `/plan --paths` holds for plans by hand too. */
const outsidePaths = ({ tasks }: Plan, paths: readonly string[]): Problem[] =>
  tasks.flatMap((task) =>
    pathProblems(task, paths).map((wrong) => ({
      code: 'bad-path' as const,
      task: task.id,
      field: 'writes',
      message: `As it is written, ${wrong} Narrow its globs, or ask for more paths.`,
    })),
  )

/** Why no agent could work on a task without `run`; null: one could. */
export function whyNoAgent(hasModel: boolean, settings: Settings): string | null {
  if (settings.worker.command.length > 0) return null
  if (!hasModel)
    return 'Tasks without `run` are worked on by an agent, and there is no key for a model: add one, or give each task a `run`.'
  const unpriced = modelWithoutPrice(settings)
  return unpriced === null ? null : withoutPrice(unpriced)
}
