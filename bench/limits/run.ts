import type { RunEvent } from '../../src/core/run/event.ts'
import type { RateLimit } from '../../src/hub/rest/rate.ts'
import { appendEvents } from '../../src/jobs/orchestrate/append-events.ts'
import { decideAll } from '../../src/jobs/orchestrate/orchestrate.ts'
import { publishProjections } from '../../src/jobs/orchestrate/projections/publish-projections.ts'
import { newSession, type Session } from '../../src/jobs/orchestrate/session/session.ts'
import { dropRecorded } from '../../src/jobs/orchestrate/session/stage-runner.ts'
import { observe } from '../../src/jobs/orchestrate/slots/observe.ts'
import { dispatchSlots } from '../../src/jobs/orchestrate/slots/supply.ts'
import type { Forge } from '../../src/ports/forge.ts'
import type { Slots } from '../../src/ports/slots.ts'
import { approvedAt, settingsFor } from '../machine/approved-run.ts'
import type { VirtualClock } from '../machine/clock.ts'
import type { Workload } from '../machine/conditions.ts'
import { depsOf, TIP } from '../machine/machine.ts'
import { measuredCosts } from '../machine/measured.ts'
import { memoryRepo } from '../machine/repo.ts'
import { RUN, virtualSlots } from '../machine/slots.ts'
import { type Counts, limitedGitHub } from './client.ts'

/**
 * What `/plan`, the planner and `/approve` ask for, as counted on the hub with a plan for agents: reads of REST, reactions and
 * answers, queries, and mutations by what each creates. The query of the orchestrator that works comes on top.
 */
const BEFORE = { reads: 8, writes: 4, queries: 1, mutations: [1, 2] }
/** Seconds that the job of a command waits for a limit; then it fails, and the person types it again, here when the limit allows it. */
const COMMAND_WAITS = 300
const PERSON_WAITS = 4_000

export interface Ended {
  succeeded: boolean
  /** Workflow runs whose slots worked. */
  workflowRuns: number
  /** Whether a limit kept the commands from an answer within the time that their job has. */
  unanswered: boolean
  /** Minutes of the clock at the request for the plan, at the run's end, and when its last word was shown. */
  from: number
  to: number
  shown: number
  pushes: number
  /** Minutes at which each task landed. */
  landings: number[]
}

interface Beside {
  clock: VirtualClock
  limit: RateLimit | null
  counts: Counts
  /** Called when the run has ended, before its last word is shown. */
  over?(): void
  /** Slots that the approval starts, if not all: the orchestrator asks for the others, each time in another workflow run. */
  start?: number
  /** Pushes a minute, if not as many as the settings allow by default. */
  pushesPerMinute?: number
}

/** One run of the machine as it ships, with what it shows, beside others on the same clock and under the same limits. */
export async function runBeside(
  workload: Workload,
  slotCount: number,
  { clock, limit, counts, over = () => {}, start = slotCount, pushesPerMinute }: Beside,
): Promise<Ended> {
  const from = minutesOf(clock)
  const costs = measuredCosts(workload.name)
  const settings = settingsFor(slotCount, pushesPerMinute ?? costs.pushesPerMinute)
  const github = limitedGitHub(limit, clock, counts)
  for (let count = 0; count < BEFORE.reads; count += 1) await github.rest(1, 0, PERSON_WAITS)
  for (let count = 0; count < BEFORE.writes; count += 1) await github.rest(5, 1, PERSON_WAITS)
  for (let count = 0; count < BEFORE.queries + 1; count += 1) await github.graph(1, 0, PERSON_WAITS)
  for (const content of BEFORE.mutations) await github.graph(5, content, PERSON_WAITS)
  const unanswered = (minutesOf(clock) - from) * 60 > COMMAND_WAITS
  const begun = approvedAt(
    workload.plan,
    { ...settings, slots: { ...settings.slots, start } },
    clock.now().toISOString(),
  )
  const repo = memoryRepo(clock, costs.merge)
  const slots = virtualSlots({ clock, repo, workload, costs, passes: () => true })
  const ended: Ended = {
    succeeded: false,
    workflowRuns: 0,
    unanswered,
    from,
    to: Number.NaN,
    shown: Number.NaN,
    pushes: 0,
    landings: [],
  }
  const pushed = (events: readonly RunEvent[]) => {
    ended.pushes += 1
    for (const { type } of events) if (type === 'task_landed') ended.landings.push(minutesOf(clock))
    slots.read(events)
  }
  const deps = depsOf(clock, repo, slots, pushed, github.forge)
  const dispatch: Forge['dispatch'] = async (inputs) => {
    await github.rest(5)
    return deps.forge.dispatch(inputs)
  }
  const session = newSession(
    { ...deps, forge: { ...deps.forge, dispatch }, slots: github.slots(slots.port) },
    repo,
    RUN,
    { state: begun.state, tip: TIP, unsure: new Set() },
  )
  slots.read(begun.events)
  const onEnd = () => {
    ended.to = minutesOf(clock)
    over()
  }
  await work(session, { onEnd, rest: restBetween(session, slots.port, clock, costs.look) })
  const { state } = session
  return {
    ...ended,
    workflowRuns: new Set(Object.values(state.slots).map(({ workflowRun }) => workflowRun)).size,
    shown: Math.max(ended.to, minutesAt(github.lastWordAt(), clock)),
    succeeded: state.phase === 'ended' && state.conclusion === 'success',
  }
}

/** The loop of an orchestrator, until the run has ended and its last word is shown. */
async function work(session: Session, { onEnd, rest }: { onEnd(): void; rest(): Promise<void> }): Promise<void> {
  let isOver = false
  for (;;) {
    const observed = await observe(session)
    const draft = await decideAll(session, observed.results)
    if (draft.events.length > 0 && !(await appendEvents(session, draft))) continue
    dropRecorded(session.stageRunner)
    if (session.state.phase === 'ended' && !isOver) {
      isOver = true
      onEnd()
    }
    if (isOver && draft.events.length === 0 && (await publishProjections(session, { final: true }))) return
    await dispatchSlots(session)
    await publishProjections(session, { final: false })
    if (draft.events.length === 0) await rest()
  }
}

/** Looks after which everything is decided again, though nothing has changed: for what depends on the time alone. */
const IDLE_LOOKS = 15

/** To the next look at which jobs or results have changed. The looks between are those that GitHub answers with 304. */
function restBetween(session: Session, slots: Slots, clock: VirtualClock, look: number) {
  const seen = async () => {
    const runs = Object.values(session.state.slots).flatMap(({ workflowRun }) => workflowRun ?? [])
    const lists = runs.map(async (id) => [await slots.jobs(id), await slots.results(id, RUN)])
    return JSON.stringify(await Promise.all(lists))
  }
  return async () => {
    const before = await seen()
    for (let looks = 0; looks < IDLE_LOOKS; looks += 1) {
      await clock.wait(look)
      if ((await seen()) !== before) return
    }
  }
}

const minutesAt = (time: number, clock: VirtualClock): number =>
  minutesOf(clock) - (clock.now().getTime() - time) / 60_000

const minutesOf = (clock: VirtualClock): number => clock.milliseconds() / 60_000
