import { ok } from '../../src/core/result.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import type { LiveRun } from '../../src/core/run/state.ts'
import { defaultSettings } from '../../src/core/settings.ts'
import { appendEvents } from '../../src/jobs/orchestrate/append-events.ts'
import { decideAll, STEPS } from '../../src/jobs/orchestrate/orchestrate.ts'
import { newSession, type OrchestratorStep, type Session } from '../../src/jobs/orchestrate/session/session.ts'
import { dropRecorded } from '../../src/jobs/orchestrate/session/stage-runner.ts'
import { observe } from '../../src/jobs/orchestrate/slots/observe.ts'
import { dispatchSlots } from '../../src/jobs/orchestrate/slots/supply.ts'
import type { Forge } from '../../src/ports/forge.ts'
import type { Journal } from '../../src/ports/journal.ts'
import { approvedAt, settingsFor, WORKFLOW_RUN } from './approved-run.ts'
import { MINUTE, type VirtualClock, virtualClock } from './clock.ts'
import { type Costs, noCosts, type Workload } from './conditions.ts'
import { memoryRepo, type WorkedRepo } from './repo.ts'
import { RUN, type Span, type VirtualSlots, virtualSlots } from './slots.ts'

export interface Conditions {
  slots: number
  costs?: Costs
  /** The steps of a wake-up; by default the shipped ones. */
  steps?: readonly OrchestratorStep[]
  /** The run's initial state; by default approved with its whole plan. */
  begin?: (clock: VirtualClock) => { state: LiveRun; events: RunEvent[] }
  /** Other activity on the clock, such as a planner. */
  meanwhile?: (session: Session, clock: VirtualClock) => void
  /** The repository; by default in memory. `start`: trunk's first commit. */
  repo?: WorkedRepo
  start?: string
  /** Whether trunk at this commit passes its verification; by default it does. */
  passes?: (on: string) => boolean
  /** Called for every event as it is recorded. */
  hear?: (events: readonly RunEvent[], session: Session, clock: VirtualClock) => void
}

export interface Outcome {
  /** Minutes from the beginning to the end of the run; NaN: the run did not succeed. */
  makespan: number
  spans: readonly Span[]
  /** Every event that was recorded on the way. */
  events: readonly RunEvent[]
  wakeUps: number
  pushes: number
  state: LiveRun
}

/**
 * One run of the machine as it ships, under a virtual clock: it looks, decides, pushes and asks for slots exactly as in a
 * job. Left out is what people are shown, which decides nothing. Effects are in memory.
 */
export async function runMachine(workload: Workload, conditions: Conditions): Promise<Outcome> {
  const { costs = noCosts, steps = STEPS } = conditions
  const clock = virtualClock()
  const begun = (conditions.begin ?? approved(workload, conditions, costs))(clock)
  const repo = conditions.repo ?? memoryRepo(clock, costs.merge)
  const slots = virtualSlots({ clock, repo, workload, costs, passes: conditions.passes ?? (() => true) })
  const heard: RunEvent[] = []
  let pushes = 0
  const session: Session = newSession(
    depsOf(clock, repo, slots, (events) => {
      pushes += 1
      heard.push(...events)
      slots.read(events)
      conditions.hear?.(events, session, clock)
    }),
    repo,
    RUN,
    { state: begun.state, tip: TIP, unsure: new Set() },
  )
  slots.read(begun.events)
  conditions.meanwhile?.(session, clock)
  const wakeUps = await drive(session, clock, costs.look * 1000, steps)
  const { state } = session
  const ended = state.phase === 'ended' && state.conclusion === 'success'
  const makespan = ended ? clock.milliseconds() / MINUTE : Number.NaN
  return { makespan, spans: slots.spans, events: heard, wakeUps, pushes, state }
}

const approved =
  ({ plan }: Workload, { slots, start }: Conditions, costs: Costs) =>
  (clock: VirtualClock) =>
    approvedAt(plan, settingsFor(slots, costs.pushesPerMinute), clock.now().toISOString(), start)

/** As the orchestrator's own loop; instead of looking at nothing new, it goes to the look at which there is something. */
async function drive(
  session: Session,
  clock: VirtualClock,
  look: number,
  steps: readonly OrchestratorStep[],
): Promise<number> {
  for (let wakeUps = 1; ; wakeUps += 1) {
    const observed = await observe(session)
    const draft = await decideAll(session, observed.results, steps)
    if (draft.events.length > 0 && !(await appendEvents(session, draft))) continue
    dropRecorded(session.stageRunner)
    if (session.state.phase === 'ended') return wakeUps
    await dispatchSlots(session)
    if (draft.events.length === 0 && !clock.goOn(look)) return wakeUps
  }
}

export const TIP = 'a'.repeat(40)

const unasked = (name: string) => () => Promise.reject(new Error(`${name} is not for a virtual run`))

/** What an orchestrator needs, in memory. `github`: what it is asked for beyond a dispatch; by default nothing may be. */
export function depsOf(
  clock: VirtualClock,
  repo: WorkedRepo,
  slots: VirtualSlots,
  pushed: (events: readonly RunEvent[]) => void,
  github: Partial<Forge> = {},
) {
  let workflowRun = WORKFLOW_RUN
  const journal: Journal = {
    runsOf: unasked('runsOf'),
    look: async () => ({ tip: TIP, refs: new Map() }),
    read: unasked('read'),
    others: async () => [],
    history: unasked('history'),
    inTheWay: unasked('inTheWay'),
    follows: unasked('follows'),
    append: async (_run, _expected, events) => {
      pushed(events)
      return { ok: true, tip: TIP }
    },
  }
  const dispatch: Forge['dispatch'] = async (inputs) => {
    workflowRun += 1
    slots.bring(workflowRun, JSON.parse(inputs.slots))
    return { workflowRun }
  }
  return {
    forge: { ...noForge, dispatch, ...github },
    journal,
    repo: async () => repo,
    clock,
    log: () => {},
    workflowRun: WORKFLOW_RUN,
    readSettings: () => ok(defaultSettings),
    slots: slots.port,
    pages: { keep: unasked('keep') },
    model: null,
    readPlan: () => {
      throw new Error('the plan is there')
    },
    secrets: [],
    redact: (text: string) => text,
    handOverAt: new Date(8.64e15),
  }
}

const noForge: Forge = {
  defaultBranch: unasked('defaultBranch'),
  // The list of refs above has no branches.
  branchNow: async (name) => name,
  quota: () => null,
  tokenMinutes: async () => null,
  botComments: unasked('botComments'),
  role: unasked('role'),
  react: unasked('react'),
  reply: unasked('reply'),
  pull: unasked('pull'),
  issue: unasked('issue'),
  lookAt: unasked('lookAt'),
  lineComments: unasked('lineComments'),
  askReviewers: unasked('askReviewers'),
  autoMerge: unasked('autoMerge'),
  replyInThread: unasked('replyInThread'),
  comments: unasked('comments'),
  file: unasked('file'),
  publish: unasked('publish'),
  dispatch: unasked('dispatch'),
  dispatched: unasked('dispatched'),
  orchestratorAlive: unasked('orchestratorAlive'),
  branchRules: unasked('branchRules'),
}
