import type { TaskId } from '../../src/core/ids.ts'
import { dependantsOf } from '../../src/core/plan/graph.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import { planIdOf } from '../../src/core/plan/plan-id.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import { replay, replayOn } from '../../src/core/run/evolve.ts'
import { workOf } from '../../src/core/run/state.ts'
import { jobStartsFor } from '../../src/core/slots/slot-requests.ts'
import { STEPS } from '../../src/jobs/orchestrate/orchestrate.ts'
import { takeStageResults } from '../../src/jobs/orchestrate/planning/stages.ts'
import type { OrchestratorStep } from '../../src/jobs/orchestrate/session/session.ts'
import type { Member } from '../graphs/corpus.ts'
import { askedFor, BASE, live, settingsFor, TRUNK, WORKFLOW_RUN } from '../machine/approved-run.ts'
import type { VirtualClock } from '../machine/clock.ts'
import { type Outcome, runMachine } from '../machine/machine.ts'
import { type Drawn, drawFailures, failingWorkload, type Kind } from './draw.ts'
import { type Places, placesOf, repoWith } from './places.ts'
import { atTheDesk, employ } from './planner.ts'
import { stopTheWorld } from './stop-the-world.ts'

export const SLOTS = 4

export interface Failed {
  member: Member
  kind: Kind
  share: number
  /** Tasks with a failed attempt, failed attempts, and re-planned parts. */
  failures: number
  attempts: number
  replans: number
  /** Minutes: without a failure, with them, and with them where all stops at each, or at each new plan of a part. */
  free: number
  ours: number
  stopped: number
  stoppedToPlan: number
  /** Tasks that no failure concerns, and those among them that were touched nevertheless. */
  unaffected: number
  disturbed: number
}

export async function fail(member: Member, share: number, kind: Kind, free: number): Promise<Failed> {
  const drawn = drawFailures(member, share, kind)
  const own = await runFailing(member, drawn)
  const stopped = await runFailing(member, drawn, stopTheWorld())
  const lenient = drawn.forGood.size === 0 ? own : await runFailing(member, drawn, stopTheWorld(true))
  const count = (type: RunEvent['type']) => own.events.filter((event) => event.type === type).length
  const unaffected = unaffectedBy(member, drawn)
  return {
    member,
    kind,
    share,
    failures: drawn.failing.size,
    attempts: count('task_failed'),
    replans: count('plan_amended'),
    free,
    ours: own.makespan,
    stopped: stopped.makespan,
    stoppedToPlan: lenient.makespan,
    unaffected: unaffected.length,
    disturbed: disturbedAmong(unaffected, own.events),
  }
}

/** Minutes of the same plan, by the same agents, when nothing fails. */
export const withoutFailures = async (member: Member): Promise<number> =>
  (await runFailing(member, drawFailures(member, 0, 'retry'))).makespan

export function runFailing(member: Member, drawn: Drawn, steps: readonly OrchestratorStep[] = STEPS): Promise<Outcome> {
  const plan = forAgents(member.workload.plan)
  const places = placesOf(plan.tasks)
  return runMachine(failingWorkload(member, drawn, plan, places), {
    slots: SLOTS,
    repo: repoWith(places),
    begin: plannedAt(plan, SLOTS),
    meanwhile: (session, clock) => employ(session, clock, drawn.kind),
    steps: [atTheDesk, ...steps.flatMap((step) => (step === takeStageResults ? [step, learning(places)] : [step]))],
  })
}

/** Tasks of a new plan are known as soon as the planner has told of them. */
const learning =
  (places: Places): OrchestratorStep =>
  (_session, draft) => {
    places.learn(workOf(draft.state)?.plan.tasks ?? [])
    return draft
  }

/** All but those that fail, and those that a changed interface concerns since they wait for it. */
export function unaffectedBy({ workload: { plan } }: Member, { kind, failing, forGood }: Drawn): TaskId[] {
  const concerned = kind === 'changed interface' ? dependantsOf(plan.tasks, forGood) : new Set<TaskId>()
  return plan.tasks.map(({ id }) => id).filter((id) => !failing.has(id) && !concerned.has(id))
}

/** Tasks that were not begun and landed exactly once, under the name that they had. */
export function disturbedAmong(tasks: readonly TaskId[], events: readonly RunEvent[]): number {
  const count = (type: 'task_started' | 'task_landed', id: TaskId) =>
    events.filter((event) => event.type === type && event.task === id).length
  return tasks.filter((id) => count('task_started', id) !== 1 || count('task_landed', id) !== 1).length
}

/** US dollars; so large that money is no limit. */
const PLENTY = 100_000

/** The same plan for agents: programs are only retried, agents climb the retry ladder, which ends in re-planning. */
export const forAgents = (plan: Plan): Plan => ({ ...plan, tasks: plan.tasks.map((task) => ({ ...task, run: [] })) })

/** An approved plan that a model's planner wrote, which may be asked again. */
export const plannedAt = (plan: Plan, slots: number) => (clock: VirtualClock) => {
  const at = clock.now().toISOString()
  const some = settingsFor(slots, 1e9)
  const settings = { ...some, budget: { ...some.budget, usd: PLENTY } }
  const frozen = { base: BASE, baseBranch: 'main', settings, settingsBlob: '' }
  const planId = planIdOf({ plan, base: BASE, settingsBlob: '', settings })
  const stamp = { at, by: 'tributary' }
  const approved = replay([
    askedFor(at),
    { type: 'planning_begun', ...stamp, ...frozen, mode: 'strict', limit: PLENTY },
    { type: 'plan_proposed', ...stamp, ...frozen, plan, planId, trunk: TRUNK, notes: [] },
    { type: 'plan_approved', at, by: 'admin', planId, only: null },
  ])
  const { events } = jobStartsFor(approved, true, WORKFLOW_RUN, at, 'admin')
  return { state: live(replayOn(approved, events)), events }
}
