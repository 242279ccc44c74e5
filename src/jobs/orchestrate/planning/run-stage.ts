import { openBudget } from '../../../agent/loop/metered-model.ts'
import { critique } from '../../../agent/planner/critique.ts'
import { explore } from '../../../agent/planner/exploration/explore.ts'
import type { PlannerInput } from '../../../agent/planner/planner-input.ts'
import { synthesise } from '../../../agent/planner/synthesise.ts'
import type { Ledger } from '../../../core/money/ledger.ts'
import { priceOf } from '../../../core/money/price.ts'
import { modelOwnerOf } from '../../../core/money/usage.ts'
import type { Stage } from '../../../core/plan/planning.ts'
import { recordOf } from '../../../core/run/lookup.ts'
import { settingsOf, workOf } from '../../../core/run/state.ts'
import { BUSY_MINUTES } from '../../../core/schedule/parked.ts'
import { roleOf } from '../../../core/schedule/planning-stages.ts'
import { reviewWait } from '../../../core/schedule/review-reasons.ts'
import type { Model } from '../../../ports/model.ts'
import { waitingModel } from '../../waiting-model.ts'
import { afterLimit } from '../session/api-limit.ts'
import { type Draft, recordEvents } from '../session/event-draft.ts'
import { nowOf, type Session } from '../session/session.ts'
import { submitResult } from '../session/stage-runner.ts'
import { plannerInput } from './read-input.ts'
import { remarksOn } from './remarks.ts'
import { designPlan } from './run-design.ts'
import { changeInWords, expandTask, handOffsOf, replanTask, scopeTask } from './run-parts.ts'
import { reviewTask } from './run-review.ts'
import { recordsEvents, type StageBasis, type StageContext, type StageEnd } from './stage-context.ts'

const STAGES: Readonly<Record<Exclude<Stage['name'], 'review'>, (at: StageContext) => Promise<StageEnd>>> = {
  explore: exploreBase,
  design: designPlan,
  critique: criticise,
  scope: scopeTask,
  expand: expandTask,
  replan: replanTask,
  synthesis: describeChange,
}

/** A limit that a person has set since replaces the one that the planning began with. */
const underLimit = (input: PlannerInput, { limit }: Ledger): PlannerInput => {
  const { settings } = input
  return { ...input, settings: { ...settings, budget: { ...settings.budget, usd: limit ?? settings.budget.usd } } }
}

/** The planner waits for a busy model until a person should know. */
function retrySeconds({ state }: Session, { name, task }: Stage): number {
  const work = workOf(state)
  return name === 'review' && task !== null && work !== null ? reviewWait(work, task) : BUSY_MINUTES * 60
}

/** A shorter pause is not worth a word to people. In seconds. */
const SAID = 30

/** While the model is busy, the session says so to people. */
function stageModel({ deps, waitingCalls }: Session, model: Model, seconds: number) {
  return waitingModel(model, {
    retrySeconds: () => seconds,
    onPause({ seconds: pause, failure }, call) {
      if (pause < SAID || !('since' in failure)) return
      waitingCalls.set(call, { since: failure.since, why: deps.redact(`${failure.reason}: ${failure.detail}`) })
    },
    onEnd: (call) => waitingCalls.delete(call),
  })
}

/** A review needs no planner: a plan by hand has none. */
async function endOf(basis: StageBasis): Promise<StageEnd> {
  const { session, stage, signal } = basis
  const { planning, ledger } = session.state
  if (stage.name === 'review') return reviewTask(basis)
  if (planning === null) throw new Error('a stage needs what it plans from')
  const input = await afterLimit(session, () => plannerInput(session, planning), signal)
  const sources = session.repo.sources(planning.base)
  return STAGES[stage.name]({ ...basis, planning, input: underLimit(input, ledger), sources })
}

/** One try of a stage. Its money is settled with its result, also if it failed. */
export async function runStage(session: Session, stage: Stage, usd: number, signal: AbortSignal): Promise<void> {
  const settings = settingsOf(session.state)
  const { model } = session.deps
  if (model === null) throw new Error('a stage needs a model')
  const money = openBudget(usd, (name) => priceOf(name, settings))
  const retrying = stageModel(session, model, retrySeconds(session, stage))
  const role = roleOf[stage.name]
  const effort = settings.effort[modelOwnerOf[role]]
  const end = await endOf({ session, stage, metered: { model: retrying, budget: money, role, effort }, signal })
  const settled = (draft: Draft): Draft =>
    recordEvents(draft, nowOf(session), { type: 'money_settled', stage: stage.key, spending: money.spending() })
  submitResult(session.stageRunner, {
    stage: stage.key,
    last: true,
    into: async (draft) => {
      // The stage is no longer wanted: its cost counts, its result does not.
      if (signal.aborted) return settled(draft)
      if (end.ok) return end.into(session, settled(draft))
      const why = session.deps.redact(end.why)
      session.deps.log(`${stage.key}: ${why}`)
      return recordEvents(settled(draft), nowOf(session), {
        type: 'stage_failed',
        stage: stage.key,
        why,
        ...(end.underfunded && { short: usd }),
        ...(retrying.gaveUp() && { final: true }),
      })
    },
  })
}

/** The critique of a draft. Problems that lint found send it back even if the critic accepts it. */
async function criticise({ planning, input, metered, sources, signal }: StageContext): Promise<StageEnd> {
  const { draft: made, explorations, settings } = planning
  if (made === null) throw new Error('there is no draft to criticise')
  const model = settings.plan_model
  // With what people would be told of it: a file that is not there was guessed, and can still be looked up.
  const draft = { ...made, notes: [...made.notes, ...(await remarksOn({ plan: made.plan, settings }, sources))] }
  const judged = await critique({ metered, model, sources, input, explorations: explorations ?? [], draft }, signal)
  if (!judged.ok) return judged
  const accepted = judged.accepted && draft.problems.length === 0
  return recordsEvents({ type: 'plan_judged', accepted, problems: [...draft.problems, ...judged.problems] })
}

/** Reads the base before anything is planned. */
async function exploreBase({ planning, input, metered, sources, signal }: StageContext): Promise<StageEnd> {
  const found = await explore({ metered, model: planning.settings.explore_model, sources, input }, signal)
  return found.ok ? recordsEvents({ type: 'explored', explorations: found.explorations }) : found
}

const MOST_DIFF = 60_000

/** Puts the change as a whole into words, from what was handed off and from what git holds. */
async function describeChange({ session, planning, input, metered, signal }: StageContext): Promise<StageEnd> {
  const work = workOf(session.state)
  if (work === null) throw new Error('there is no change to describe')
  const { start, tip } = work.trunk
  const handOffs = handOffsOf(work)
  const described = await synthesise(
    {
      metered,
      model: planning.settings.plan_model,
      input,
      plan: work.plan,
      landed: work.plan.tasks
        .filter(({ id }) => recordOf(work, id).state.status === 'landed')
        .map((task) => ({ task, handOff: handOffs.get(task.id) ?? null })),
      diffStat: (await session.repo.changes(start, tip)).map(({ status, path }) => `${status} ${path}`).join('\n'),
      diff: await changeInWords(session.repo, { from: start, to: tip }, MOST_DIFF),
      resolutions: work.plan.tasks.map(({ id }) => id).filter((id) => recordOf(work, id).conflicts > 0),
    },
    signal,
  )
  if (!described.ok) return described
  const { title, body, contradictions } = described
  return recordsEvents({ type: 'change_described', title, body, contradictions })
}
