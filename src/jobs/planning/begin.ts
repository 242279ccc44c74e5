import type { Problem } from '../../core/failure.ts'
import { modelWithoutPrice } from '../../core/price.ts'
import { branchRef, type Sha } from '../../core/ref.ts'
import { err, type Result } from '../../core/result.ts'
import { SETTINGS_PATH, type Settings } from '../../core/settings.ts'
import type { LiveRun } from '../../core/state.ts'
import { record } from '../draft.ts'
import { nowOf, type Session, type Step } from '../session.ts'
import { proposeByHand } from './by-hand.ts'
import { problem, refuse, withoutPrice } from './refuse.ts'

/** Where a plan is asked for: one written by hand is proposed at once, for any other the model's planner begins. */
export const beginPlan: Step = async (session, draft) => {
  if (draft.state.phase !== 'requested' || draft.state.planning !== null) return draft
  const baseBranch = await session.deps.forge.defaultBranch()
  const base = await session.repo.tip(branchRef(baseBranch))
  if (base === null) return refuse(session, draft, [problem('bad-settings', `branch ${baseBranch} has no commit`)])
  await session.repo.fetch([base])
  const read = await settingsAt(session, base)
  if (!read.ok) return refuse(session, draft, read.error)
  const settings = withOptions(read.value, draft.state)
  const settingsBlob = (await session.repo.blobOf(base, SETTINGS_PATH)) ?? ''
  const frozen = { settings, base, baseBranch, settingsBlob }
  const written = session.deps.readPlan(draft.state.issue.body, settings)
  if (written.ok) return proposeByHand(session, draft, written.value, frozen)
  if (written.error.some(({ code }) => code !== 'no-plan')) return refuse(session, draft, written.error)
  const missing = whyNoModel(session, settings)
  if (missing !== null) return refuse(session, draft, [...written.error, missing])
  const mode = draft.state.options.mode ?? settings.mode
  return record(draft, nowOf(session), { type: 'planning_begun', ...frozen, mode, limit: settings.budget.usd })
}

async function settingsAt(session: Session, base: Sha): Promise<Result<Settings, Problem[]>> {
  const settings = session.deps.readSettings(await session.repo.readFile(base, SETTINGS_PATH))
  return settings.ok ? settings : err(settings.error.map((message) => problem('bad-settings', message)))
}

/** What the command asked for is part of what the plan rests on, and so of the plan's id. */
export function withOptions(settings: Settings, { options }: LiveRun): Settings {
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
    return problem(
      'no-model',
      'Nor can a model write one: the workflow has no key. Add the secret `ANTHROPIC_API_KEY` to the repository.',
    )
  const unpriced = modelWithoutPrice(settings)
  return unpriced === null ? null : problem('bad-settings', withoutPrice(unpriced))
}
