import { replaceable, withReplacement } from '../src/core/amend.ts'
import type { RunEvent } from '../src/core/event.ts'
import { dependantsOf } from '../src/core/graph.ts'
import type { Task } from '../src/core/plan.ts'
import { planIdOf } from '../src/core/plan-id.ts'
import type { TaskId } from '../src/core/ref.ts'
import { taskOf, tasksWith, workOf } from '../src/core/state.ts'
import { type Draft, planned, record } from '../src/jobs/draft.ts'
import { tell } from '../src/jobs/planning/desk.ts'
import { nowOf, type Session } from '../src/jobs/session.ts'
import { atLeast, atMost, type Benchmark, type Figure, type Line } from './benchmark.ts'
import { type Member, worthwhile } from './graphs/corpus.ts'
import type { VirtualClock } from './machine/clock.ts'
import type { Workload } from './machine/conditions.ts'
import { runMachine } from './machine/machine.ts'
import { ours } from './policies/rivals.ts'
import { stepsBy } from './policies/rule.ts'
import { randomOf, seedOf } from './random.ts'
import { mean, summary } from './statistics.ts'

const SHARES = [0.05, 0.1, 0.3] as const
const KINDS = ['retry', 'split', 'changed interface'] as const
type Kind = (typeof KINDS)[number]

/** Minutes until a part is planned anew. */
const REPLANNING = 1
const MINUTE = 60_000
const SLOTS = 4

interface Failed {
  member: Member
  kind: Kind
  share: number
  failures: number
  free: number
  ours: number
  stopped: number
  disturbed: number
}

/** Tasks fail once, at a moment drawn evenly from the last four fifths of their time; what comes after them does not. */
function failing(
  { workload, ...member }: Member,
  share: number,
  kind: Kind,
): Workload & { failing: ReadonlySet<TaskId> } {
  const random = randomOf(seedOf('failures', member.family, member.n, member.sigma, member.seed, share))
  const drawn = new Map(
    workload.plan.tasks.map(({ id }) => [id, { fails: random() < share, at: 0.2 + 0.8 * random() }]),
  )
  const attempt: Workload['attempt'] = (task, count) => {
    const { minutes } = workload.attempt(originalOf(task), 1)
    const draw = drawn.get(task)
    if (task.endsWith(HALF)) return { minutes: minutes / 2, failure: null }
    if (draw?.fails !== true || count > 1) return { minutes, failure: null }
    const failure =
      kind === 'retry'
        ? ({ reason: 'program-failed', exitCode: 1, log: '' } as const)
        : ({ reason: 'agent-stopped', why: 'gave-up', detail: '' } as const)
    return { minutes: minutes * draw.at, failure }
  }
  return { ...workload, attempt, failing: new Set([...drawn].flatMap(([id, { fails }]) => (fails ? [id] : []))) }
}

const HALF = '-half'
const originalOf = (id: TaskId): TaskId => id.replace(/(-[ab]-half|-v\d+)$/, '')

/** `t3`, `t3-v2`, `t3-v3`. */
const nextOf = (id: TaskId): TaskId => `${originalOf(id)}-v${Number(/-v(\d+)$/.exec(id)?.[1] ?? 1) + 1}`

/** What a planner would put in the place of a task that failed for good. */
function replacement(draft: Draft, at: string, failed: TaskId, kind: Kind): Draft {
  const work = planned(draft)
  const task = taskOf(work, failed)
  const removed = kind === 'split' ? [] : replaceable(work, failed).filter((id) => id !== failed)
  const plan = withReplacement(
    work.plan,
    failed,
    removed,
    kind === 'split' ? halves(task) : changed(work.plan.tasks, failed, removed),
  )
  const planId = planIdOf({ ...work, plan })
  return record(draft, at, { type: 'plan_amended', cause: 'replan', of: failed, plan, planId, within: true, notes: [] })
}

const renamed = (task: Task, id: TaskId): Task => ({ ...task, id, writes: [`${id}/**`] })

const halves = (task: Task): Task[] => ['a', 'b'].map((half) => renamed(task, `${task.id}-${half}${HALF}`))

/** The task again under another name, and everything that waits for it and has not begun. */
function changed(tasks: readonly Task[], failed: TaskId, removed: readonly TaskId[]): Task[] {
  const again = new Set([failed, ...removed])
  return tasks
    .filter(({ id }) => again.has(id))
    .map((task) => ({
      ...renamed(task, nextOf(task.id)),
      needs: task.needs.map((need) => (again.has(need) ? nextOf(need) : need)),
    }))
}

/** After a task failed for good, the planner takes its time, then says what comes in its place. */
const replanning =
  (kind: Kind) =>
  (events: readonly RunEvent[], session: Session, clock: VirtualClock): void => {
    for (const event of events)
      if (event.type === 'task_failed' && event.final)
        clock.after(REPLANNING * MINUTE, () =>
          tell(session.desk, {
            stage: `replan:${event.task}#1`,
            last: true,
            into: (draft) => replacement(draft, nowOf(session), event.task, kind),
          }),
        )
  }

/**
 * Everything stops at a failure: what is at work ends, then there is a new plan, then all goes on. Plan-and-execute agents
 * re-plan between rounds like this (LangGraph's plan-and-execute; the joiner of LLMCompiler).
 */
function stopTheWorld(kind: Kind) {
  let stopped = false
  const mend = replanning(kind)
  const failures: RunEvent[] = []
  return {
    steps: (member: Member) => {
      const free = ours.steps(member.workload)
      const held = stepsBy(() => [])
      return free.map(
        (step, index): typeof step =>
          (session, draft) =>
            ((stopped ? held[index] : step) ?? step)(session, draft),
      )
    },
    hear(events: readonly RunEvent[], session: Session, clock: VirtualClock) {
      for (const event of events) if (event.type === 'task_failed') failures.push(event)
      if (failures.length > 0) stopped = true
      const work = workOf(session.state)
      const last = events.filter((event) => event.type === 'task_failed' || event.type === 'task_verified')
      const busy =
        work === null
          ? []
          : tasksWith(work, 'in_progress').filter((id) => !last.some((event) => 'task' in event && event.task === id))
      if (!stopped || busy.length > 0 || failures.length === 0) return
      const ended = failures.splice(0)
      mend(ended, session, clock)
      clock.after((REPLANNING + 0.0001) * MINUTE, () => {
        stopped = failures.length > 0
      })
    },
  }
}

async function fail(member: Member, share: number, kind: Kind, free: number): Promise<Failed> {
  const workload = failing(member, share, kind)
  const own = await runMachine(workload, { slots: SLOTS, hear: replanning(kind) })
  const stop = stopTheWorld(kind)
  const stopped = await runMachine(workload, { slots: SLOTS, steps: stop.steps(member), hear: stop.hear })
  return {
    member,
    kind,
    share,
    failures: workload.failing.size,
    free,
    ours: own.makespan,
    stopped: stopped.makespan,
    disturbed: disturbedIn(own.events, workload),
  }
}

/** Tasks that neither failed nor wait for one that did, and yet were begun twice, taken away, or planned anew. */
function disturbedIn(events: readonly RunEvent[], { plan, failing: failed }: ReturnType<typeof failing>): number {
  const touched = dependantsOf(plan.tasks, failed)
  const others = plan.tasks.filter(({ id }) => !failed.has(id) && !touched.has(id))
  const starts = (id: TaskId) => events.filter((event) => event.type === 'task_started' && event.task === id).length
  const landings = (id: TaskId) => events.filter((event) => event.type === 'task_landed' && event.task === id).length
  return others.filter(({ id }) => starts(id) !== 1 || landings(id) !== 1).length
}

export const failures: Benchmark = {
  name: 'B4',
  summary: 'tasks that fail, are tried again, split, or change what others rest on',
  async measure(quick, say) {
    const members = worthwhile(quick ? [24] : [24, 100], () => (quick ? 1 : 2))
    const found: Failed[] = []
    for (const member of members) {
      const { makespan: free } = await runMachine(member.workload, { slots: SLOTS })
      for (const kind of KINDS) for (const share of SHARES) found.push(await fail(member, share, kind, free))
      say(`${member.family} of ${member.n}, sigma ${member.sigma}`)
    }
    return { figures: figuresOf(found), lines: found.map(lineOf), charts: [chartOf(found)] }
  },
}

function figuresOf(found: readonly Failed[]): Figure[] {
  const spread = (figure: string, values: readonly number[], target: Figure['target']): Figure => {
    const { mean: value, p50, p90, max, count } = summary(values)
    return {
      benchmark: 'B4',
      figure,
      value,
      unit: '',
      target,
      basis: `${count} runs: p50 ${p50.toFixed(3)}, p90 ${p90.toFixed(3)}, max ${max.toFixed(3)}`,
    }
  }
  const grown = (which: (one: Failed) => boolean) => found.filter(which).map((one) => one.ours / one.free)
  const disturbed = found.reduce((sum, one) => sum + one.disturbed, 0)
  const broken = found.filter((one) => one.failures > 0)
  return [
    spread(
      'makespan / failure-free, 10 % fail',
      grown(({ share }) => share === 0.1),
      atMost(1.15),
    ),
    ...KINDS.map((kind) =>
      spread(
        `the same, ${kind}`,
        grown((one) => one.share === 0.1 && one.kind === kind),
        null,
      ),
    ),
    spread(
      'makespan / failure-free, 5 % fail',
      grown(({ share }) => share === 0.05),
      null,
    ),
    spread(
      'makespan / failure-free, 30 % fail',
      grown(({ share }) => share === 0.3),
      null,
    ),
    {
      benchmark: 'B4',
      figure: 'unaffected tasks disturbed',
      value: disturbed,
      unit: '',
      target: atMost(0),
      basis: `${found.length} runs`,
    },
    spread(
      'stop-the-world / ours',
      broken.map((one) => one.stopped / one.ours),
      atLeast(1.15),
    ),
  ]
}

const lineOf = ({ member, kind, share, failures: count, free, ours: own, stopped, disturbed }: Failed): Line => ({
  benchmark: 'B4',
  family: member.family,
  name: member.workload.name,
  n: member.n,
  sigma: member.sigma,
  kind,
  share,
  failures: count,
  free,
  ours: own,
  stopped,
  disturbed,
})

const chartOf = (found: readonly Failed[]) => ({
  title: `Makespan over the failure-free one, ${SLOTS} slots`,
  x: 'share of tasks that fail',
  y: 'times as long (mean)',
  points: [...KINDS, 'stop the world'].flatMap((series) =>
    SHARES.map((x) => {
      const some = found.filter((one) => one.share === x && (one.kind === series || series === 'stop the world'))
      return {
        x,
        series,
        y: mean(some.map((one) => (series === 'stop the world' ? one.stopped : one.ours) / one.free)),
      }
    }),
  ),
})
