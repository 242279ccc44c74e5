import { attemptRef, branchRef, type Sha, type TaskId, taskBranch } from '../../../core/ids.ts'
import type { Task } from '../../../core/plan/plan.ts'
import { recordOf, taskOf } from '../../../core/run/lookup.ts'
import type { Work } from '../../../core/run/work.ts'
import { queueable } from '../../../core/schedule/ready.ts'
import { type NeedsConflict, needsConflicted } from '../../../core/schedule/task-base.ts'
import { commitSubject } from '../../../core/text/control-characters.ts'
import type { RefUpdate } from '../../../ports/journal.ts'
import type { CommitWords } from '../../../ports/repo.ts'
import { signed } from '../../commit-words.ts'
import { type Draft, plannedWork, recordEvents, withRefMove } from '../session/event-draft.ts'
import { CONCURRENT_MERGES } from '../session/pending-merges.ts'
import { taskRefusal } from '../session/refusals.ts'
import { nowOf, type OrchestratorStep, type Session } from '../session/session.ts'
import { withWorkflows } from '../session/workflow-files.ts'
import { baseOf } from './bases.ts'

/** Creates the branch of every task whose needs have landed: a commit of its own on the merge of its needs' heads. */
export const queueTasks: OrchestratorStep = async (session, draft) => {
  if (draft.state.phase !== 'active' || draft.state.paused !== null) return draft
  const now = session.deps.clock.now()
  const ready = queueable(plannedWork(draft), now)
  const rest = withoutRefused(session, draft, ready)
  const work = plannedWork(rest)
  const left = rest === draft ? ready : queueable(work, now)
  const bases = await severally(left, ({ id }) => baseOf(session, work, id))
  const conflicts = bases.filter((base) => base.status === 'conflict')
  const next = conflicts.reduce((after, conflict) => withConflict(session, after, conflict), rest)
  // A task must not start from a need that is to run again.
  const still = conflicts.length === 0 ? null : new Set(queueable(plannedWork(next), now).map(({ id }) => id))
  const merged = bases.filter((base) => base.status === 'merged').filter(({ id }) => still?.has(id) !== false)
  return withBranches(session, next, await severally(merged, (base) => branched(session, work, base)))
}

/** Tasks whose branches the remote does not take fail before they begin. */
const withoutRefused = (session: Session, draft: Draft, ready: readonly Task[]): Draft =>
  ready.reduce((next, { id: task }) => {
    const attempt = recordOf(plannedWork(draft), task).attempts.length + 1
    const failure = taskRefusal(session, task, attempt)
    return failure === null
      ? next
      : recordEvents(next, nowOf(session), { type: 'task_failed', task, attempt, head: null, failure, final: true })
  }, draft)

/** Runs as many at once as there may be merges. */
async function severally<In, Out>(items: readonly In[], act: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = []
  const waiting = items.entries()
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await act(item)
  }
  await Promise.all(Array.from({ length: CONCURRENT_MERGES }, worker))
  return results
}

function withConflict(session: Session, draft: Draft, conflict: NeedsConflict): Draft {
  const event = needsConflicted(plannedWork(draft), conflict)
  return event === null ? draft : recordEvents(draft, nowOf(session), event)
}

interface Branched {
  id: TaskId
  attempt: number
  start: Sha
  moves: readonly RefUpdate[]
}

async function branched(session: Session, work: Work, { id, sha }: { id: TaskId; sha: Sha }): Promise<Branched> {
  const { attempts } = recordOf(work, id)
  const attempt = attempts.length + 1
  const words = startWords(session, work, id, attempt)
  const start = await session.repo.commit(await session.repo.treeOf(sha), [sha], words)
  const last = attempts.at(-1)
  const from = last?.head ?? last?.base ?? null
  const moves: RefUpdate[] = [{ ref: branchRef(taskBranch(session.run, id)), from, to: start }]
  if (last?.head != null) {
    const kept = await withWorkflows(session, work, last.head)
    moves.push({ ref: attemptRef(session.run, id, last.attempt), from: null, to: kept })
  }
  return { id, attempt, start, moves }
}

function withBranches(session: Session, draft: Draft, branches: readonly Branched[]): Draft {
  const moved = branches.flatMap(({ moves }) => moves).reduce(withRefMove, draft)
  const events = branches.map(
    ({ id, attempt, start }) => ({ type: 'task_queued', task: id, attempt, base: start }) as const,
  )
  return recordEvents(moved, nowOf(session), ...events)
}

/** Every attempt has a commit of its own: a check belongs to one commit, and a claim must be unique. */
function startWords(session: Session, work: Work, id: TaskId, attempt: number): CommitWords {
  return signed(work.settings.commits, {
    subject: commitSubject(`Start ${id}: ${taskOf(work, id).title}`, `Start ${id}`),
    trailers: { 'Tributary-Run': session.run, 'Tributary-Task': id, 'Tributary-Attempt': `${attempt}` },
  })
}
