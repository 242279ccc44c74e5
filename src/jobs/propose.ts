import { commitSubject } from '../core/commit-words.ts'
import type { Problem } from '../core/failure.ts'
import { lintPlan } from '../core/lint.ts'
import type { Plan } from '../core/plan.ts'
import { planIdOf } from '../core/plan-id.ts'
import { branchRef, type Sha, trunkBranch } from '../core/ref.ts'
import { err, ok, type Result } from '../core/result.ts'
import { SETTINGS_PATH, type Settings } from '../core/settings.ts'
import { planCanBeShown } from '../render/plan-comment.ts'
import { isPlanned } from '../render/planned.ts'
import { type Draft, move, record } from './draft.ts'
import { nowOf, type Session, type Step } from './session.ts'

/** Makes the plan that was asked for: read, linted, and proposed with a trunk of its own; or refused with every problem named. */
export const propose: Step = async (session, draft) => {
  if (draft.state.phase !== 'requested') return draft
  const baseBranch = await session.deps.forge.defaultBranch()
  const base = await session.repo.tip(branchRef(baseBranch))
  if (base === null) return refuse(session, draft, [problem('bad-settings', `branch ${baseBranch} has no commit`)])
  await session.repo.fetch([base])
  const settings = await settingsAt(session, base)
  if (!settings.ok) return refuse(session, draft, settings.error)
  const planned = plan(session, draft, settings.value)
  if (!planned.ok) return refuse(session, draft, planned.error)
  return proposal(session, draft, { ...planned.value, settings: settings.value, base, baseBranch })
}

const problem = (code: Problem['code'], message: string): Problem => ({ code, task: null, field: null, message })

function refuse(session: Session, draft: Draft, problems: Problem[]): Draft {
  return record(draft, nowOf(session), { type: 'plan_refused', problems })
}

async function settingsAt(session: Session, base: Sha): Promise<Result<Settings, Problem[]>> {
  const settings = session.deps.readSettings(await session.repo.readFile(base, SETTINGS_PATH))
  return settings.ok ? settings : err(settings.error.map((message) => problem('bad-settings', message)))
}

function plan(session: Session, draft: Draft, settings: Settings): Result<{ plan: Plan; notes: string[] }, Problem[]> {
  const read = session.deps.readPlan(draft.state.issue.body, settings)
  if (!read.ok) return read
  const linted = lintPlan(read.value, settings)
  return linted.problems.length > 0 ? err(linted.problems) : ok({ plan: linted.plan, notes: linted.notes })
}

interface Proposal {
  plan: Plan
  notes: string[]
  settings: Settings
  base: Sha
  baseBranch: string
}

async function proposal(session: Session, draft: Draft, it: Proposal): Promise<Draft> {
  const { repo, run } = session
  const settingsBlob = (await repo.blobOf(it.base, SETTINGS_PATH)) ?? ''
  const planId = planIdOf({ plan: it.plan, base: it.base, settingsBlob, settings: it.settings })
  const trunk = await repo.commit(await repo.treeOf(it.base), [it.base], {
    subject: commitSubject(`Start run ${run}: ${it.plan.title}`, `Start run ${run}`),
    trailers: { 'Tributary-Run': run, 'Tributary-Plan': planId },
  })
  const moved = move(draft, { ref: branchRef(trunkBranch(run)), from: null, to: trunk })
  const proposed = record(moved, nowOf(session), { type: 'plan_proposed', ...it, planId, settingsBlob, trunk })
  // An approval is for what a person can read: a plan that no comment can hold is none to approve.
  if (!isPlanned(proposed.state) || planCanBeShown(proposed.state)) return proposed
  return refuse(session, draft, [problem('too-long', 'the plan does not fit into a comment: make it two issues')])
}
