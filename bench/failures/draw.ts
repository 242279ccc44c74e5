import type { TaskFailure } from '../../src/core/failure.ts'
import type { TaskId } from '../../src/core/ids.ts'
import { dependantsOf } from '../../src/core/plan/graph.ts'
import type { Task } from '../../src/core/plan/plan.ts'
import { nextRung } from '../../src/core/schedule/retry-ladder.ts'
import { type Member, minutesIn } from '../graphs/corpus.ts'
import type { Workload } from '../machine/conditions.ts'
import { randomOf, seedOf } from '../random.ts'
import type { Places } from './places.ts'

/** The outcome of a failure: another attempt succeeds, or re-planning of this part does, without or with its dependants. */
export const KINDS = ['retry', 'split', 'changed interface'] as const
export type Kind = (typeof KINDS)[number]

export interface Drawn {
  kind: Kind
  /** Tasks of which an attempt fails. */
  failing: ReadonlySet<TaskId>
  /** Those among them that fail again and again, until another plan takes their place. */
  forGood: ReadonlySet<TaskId>
  /** The share of its time after which an attempt fails. */
  failsAt(task: TaskId, attempt: number): number
}

/**
 * Each task fails with the same likelihood, at a moment drawn evenly from the last four fifths of its time. As many of them
 * as a run may plan again do so for good; all others can be done at the second attempt.
 */
export function drawFailures({ workload, key }: Member, share: number, kind: Kind): Drawn {
  const random = randomOf(seedOf('failures', key, share))
  const { tasks } = workload.plan
  const failing = tasks.filter(() => random() < share)
  const drawn = new Map(failing.map((task) => [task.id, random()]))
  const shuffled = failing.toSorted((a, b) => (drawn.get(a.id) ?? 0) - (drawn.get(b.id) ?? 0))
  return {
    kind,
    failing: new Set(failing.map(({ id }) => id)),
    forGood: kind === 'retry' ? new Set() : unrelated(shuffled, tasks),
    failsAt: (task, attempt) => 0.2 + 0.8 * randomOf(seedOf('fails at', key, share, task, attempt))(),
  }
}

/** As many as a run may plan again, none of which waits for another: a part that is planned again too often is left to a person. */
function unrelated(of: readonly Task[], tasks: readonly Task[]): Set<TaskId> {
  const chosen = new Set<TaskId>()
  for (const task of of) {
    if (chosen.size === replansAllowed(task)) break
    const waiting = dependantsOf(tasks, [task.id])
    const isRelated = [...chosen].some((id) => waiting.has(id) || dependantsOf(tasks, [id]).has(task.id))
    if (!isRelated) chosen.add(task.id)
  }
  return chosen
}

const MOST = 1000

/** How often a run may be re-planned in part, from the shipped rule, for a task that was retried often enough. */
export function replansAllowed(task: Task): number {
  const tried = { failures: MOST, attempts: [], replans: 0 }
  const counts = Array.from({ length: MOST }, (_, count) => count)
  return counts.find((count) => nextRung(task, tried, failureOf('split', MOST), count) !== 'replan') ?? MOST
}

/** No two attempts fail with the same words: the machine would take that for hopeless, and ask a person. */
const failureOf = (kind: Kind, attempt: number): TaskFailure =>
  kind === 'retry'
    ? { reason: 'acceptance-failed', exitCode: 1, log: `attempt ${attempt}` }
    : { reason: 'agent-stopped', why: 'gave-up', detail: `attempt ${attempt}` }

/** What each attempt takes and comes to, whatever the tasks are called by then. */
export function failingWorkload({ workload }: Member, drawn: Drawn, plan: Workload['plan'], places: Places): Workload {
  const takes = minutesIn(workload)
  return {
    name: workload.name,
    plan,
    attempt(task, attempt) {
      const { origin, isHalf } = places.of(task)
      const minutes = takes({ id: origin }) / (isHalf ? 2 : 1)
      if (!fails(drawn, task, origin, attempt)) return { minutes, failure: null }
      return { minutes: minutes * drawn.failsAt(origin, attempt), failure: failureOf(drawn.kind, attempt) }
    },
  }
}

/** What took the place of a task that failed for good does not fail. */
function fails({ failing, forGood }: Drawn, task: TaskId, origin: TaskId, attempt: number): boolean {
  if (forGood.has(origin)) return task === origin
  return failing.has(origin) && attempt === 1
}
