import { attemptRef, branchRef, type Sha, type TaskId, taskBranch } from '../../../core/ids.ts'
import { isSettled, recordOf, taskOf, type Work } from '../../../core/run/state.ts'
import { queueable } from '../../../core/schedule/ready.ts'
import { commitSubject } from '../../../core/text/control-characters.ts'
import type { RefUpdate } from '../../../ports/journal.ts'
import type { CommitWords } from '../../../ports/repo.ts'
import { type Draft, plannedWork, recordEvents, withRefMove } from '../session/event-draft.ts'
import { CONCURRENT_MERGES } from '../session/pending-merges.ts'
import { nowOf, type OrchestratorStep, type Session } from '../session/session.ts'
import { type BaseConflict, baseOf } from './bases.ts'
import { conflict } from './trunk.ts'

/** Gives every task whose needs have landed its branch: an own first commit on the merge of its needs' heads. */
export const queueTasks: OrchestratorStep = async (session, draft) => {
  if (draft.state.phase !== 'active' || draft.state.paused !== null) return draft
  const { work } = draft.state
  const bases = await severally(queueable(work), ({ id }) => baseOf(session, work, id))
  const clashes = bases.filter((base) => base.status === 'clash')
  const next = clashes.reduce((after, clash) => needsConflict(session, after, clash), draft)
  // A need that is to be done again is none to start from.
  const still = clashes.length === 0 ? null : new Set(queueable(plannedWork(next)).map(({ id }) => id))
  const merged = bases.filter((base) => base.status === 'merged').filter(({ id }) => still?.has(id) !== false)
  return withBranches(session, next, await severally(merged, (base) => branched(session, work, base)))
}

/** As many at once as merges. */
async function severally<In, Out>(items: readonly In[], act: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = []
  const waiting = items.entries()
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await act(item)
  }
  await Promise.all(Array.from({ length: CONCURRENT_MERGES }, worker))
  return results
}

/** Two needs of one task are in conflict: the later of the two is run again on top of the earlier ones. */
function needsConflict(session: Session, draft: Draft, { id, later, merged, paths }: BaseConflict): Draft {
  // Another clash has sent one of them back already: what comes of it is not known yet.
  const ofOthers = [later, ...merged.map(({ need }) => need)].filter((need) => need !== id)
  if (!ofOthers.every((need) => isSettled(plannedWork(draft), need))) return draft
  const others = merged.map((source) => source.need).filter((need) => need !== id && need !== later)
  const heads = merged.map((source) => source.head)
  return conflict(session, draft, later, others.length > 0 ? others : [id], paths, heads)
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
  if (last?.head != null) moves.push({ ref: attemptRef(session.run, id, last.attempt), from: null, to: last.head })
  return { id, attempt, start, moves }
}

function withBranches(session: Session, draft: Draft, branches: readonly Branched[]): Draft {
  const moved = branches.flatMap(({ moves }) => moves).reduce(withRefMove, draft)
  const events = branches.map(
    ({ id, attempt, start }) => ({ type: 'task_queued', task: id, attempt, base: start }) as const,
  )
  return recordEvents(moved, nowOf(session), ...events)
}

/** A commit of its own for every attempt: a check belongs to a commit, and a claim must be unique. */
function startWords(session: Session, work: Work, id: TaskId, attempt: number): CommitWords {
  return {
    subject: commitSubject(`Start ${id}: ${taskOf(work, id).title}`, `Start ${id}`),
    trailers: { 'Tributary-Run': session.run, 'Tributary-Task': id, 'Tributary-Attempt': `${attempt}` },
  }
}
