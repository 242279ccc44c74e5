import { commitSubject } from '../../core/commit-words.ts'
import { begunPart } from '../../core/evolve-plan.ts'
import type { Plan } from '../../core/plan.ts'
import { planIdOf } from '../../core/plan-id.ts'
import type { Mode } from '../../core/planning.ts'
import { branchRef, type Sha, trunkBranch } from '../../core/ref.ts'
import type { Settings } from '../../core/settings.ts'
import { workOf } from '../../core/state.ts'
import { planCanBeShown } from '../../render/plan-comment.ts'
import { isPlanned } from '../../render/planned.ts'
import { type Draft, move, record } from '../draft.ts'
import { nowOf, type Session } from '../session.ts'
import { refuse, tooLong } from './refuse.ts'
import { someOf } from './sound-part.ts'

/** What a plan rests on. */
export interface Frozen {
  settings: Settings
  settingsBlob: string
  base: Sha
  baseBranch: string
}

type Proposal = Frozen & { plan: Plan; notes: string[]; mode: Mode }

/**
 * Puts a plan before people, with a trunk of its own. An approval is for what a person can read: a plan that no comment can
 * hold is none to approve.
 */
export async function propose(session: Session, draft: Draft, it: Proposal): Promise<Draft> {
  for (const one of [it, ...shorter(draft, it)]) {
    const proposed = await put(session, draft, one)
    if (!isPlanned(proposed.state) || planCanBeShown(proposed.state)) return proposed
  }
  return refuse(session, draft, [tooLong])
}

/** Tried one after the other where a plan that has begun is too long: work that was done is not thrown away for it. */
const PARTS = [0.75, 0.5, 0.25, 0] as const

/** The plan with ever fewer of the tasks that nobody has begun, the last ones left out first. */
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
  return record(started.draft, nowOf(session), { type: 'plan_proposed', ...it, planId, trunk: started.trunk })
}

/** Trunk's first commit: the base's tree in a commit of its own. A later version of a plan starts from the same one. */
export async function withTrunk(
  session: Session,
  draft: Draft,
  { base }: Frozen,
  planId: string,
  title: string,
): Promise<{ draft: Draft; trunk: Sha }> {
  const { repo, run } = session
  const before = workOf(draft.state)
  if (before !== null) return { draft, trunk: before.trunk.start }
  const trunk = await repo.commit(await repo.treeOf(base), [base], {
    subject: commitSubject(`Start run ${run}: ${title}`, `Start run ${run}`),
    trailers: { 'Tributary-Run': run, 'Tributary-Plan': planId },
  })
  return { draft: move(draft, { ref: branchRef(trunkBranch(run)), from: null, to: trunk }), trunk }
}
