import { commitSubject } from '../core/commit-words.ts'
import { attemptRef, branchRef, type Sha, type TaskId, taskBranch } from '../core/ref.ts'
import { queueable } from '../core/schedule.ts'
import { headsOf, isSettled, recordOf, taskOf, type Work } from '../core/state.ts'
import type { RefUpdate } from '../ports/journal.ts'
import type { CommitWords } from '../ports/repo.ts'
import { type Draft, move, planned, record } from './draft.ts'
import { nowOf, type Session, type Step } from './session.ts'
import { conflict } from './trunk.ts'

/** Gives every task whose needs have landed its branch: an own first commit on the merge of its needs' heads. */
export const queueTasks: Step = async (session, draft) => {
  if (draft.state.phase !== 'active' || draft.state.paused !== null) return draft
  const { work } = draft.state
  const made = await severally(queueable(work), ({ id }) => queuedOn(session, work, id))
  const clashes = made.filter(({ base }) => !base.ok)
  const next = clashes.reduce(
    (after, one) => (one.base.ok ? after : needsConflict(session, after, one.id, one.base)),
    draft,
  )
  // A need that is to be done again is none to start from.
  const still = clashes.length === 0 ? null : new Set(queueable(planned(next)).map(({ id }) => id))
  const queued = made.flatMap(({ id, base }) => (base.ok && still?.has(id) !== false ? [{ id, ...base }] : []))
  const branched = queued.reduce((after, { moves }) => moves.reduce(move, after), next)
  const events = queued.map(
    ({ id, attempt, start }) => ({ type: 'task_queued', task: id, attempt, base: start }) as const,
  )
  return record(branched, nowOf(session), ...events)
}

/** Merges at the same time: each is a process of git, and machines that run jobs have a few cores. */
const AT_ONCE = 4

async function severally<In, Out>(items: readonly In[], act: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = []
  const waiting = items.entries()
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await act(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return results
}

interface Source {
  need: TaskId
  head: Sha
}
interface Clash {
  ok: false
  later: TaskId
  merged: readonly Source[]
  paths: string[]
}

async function queuedOn(session: Session, work: Work, id: TaskId) {
  const { onto, attempts } = recordOf(work, id)
  const base = await baseOf(session, work, id, onto)
  if (!base.ok) return { id, base }
  const attempt = attempts.length + 1
  const words = startWords(session, work, id, attempt)
  const start = await session.repo.commit(await session.repo.treeOf(base.sha), [base.sha], words)
  const last = attempts.at(-1)
  const from = last?.head ?? last?.base ?? null
  const moves: RefUpdate[] = [{ ref: branchRef(taskBranch(session.run, id)), from, to: start }]
  if (last?.head != null) moves.push({ ref: attemptRef(session.run, id, last.attempt), from: null, to: last.head })
  return { id, base: { ok: true, attempt, start, moves } as const }
}

/** The merge of the needs' heads, without a checkout. A root starts from trunk's first commit. */
async function baseOf(
  session: Session,
  work: Work,
  id: TaskId,
  onto: readonly Sha[],
): Promise<Clash | { ok: true; sha: Sha }> {
  const sources = taskOf(work, id).needs.flatMap((need) => headsOf(work, need).map((head) => ({ need, head })))
  let sha: Sha | null = null
  const merged: Source[] = []
  for (const source of [...onto.map((head) => ({ need: id, head })), ...sources]) {
    const words = { subject: `Merge ${source.need} for ${id}`, trailers: { 'Tributary-Run': session.run } }
    const result = await mergeInto(session, sha, source.head, words)
    if (!result.ok) return { ok: false, later: source.need, merged, paths: result.paths }
    sha = result.sha
    merged.push(source)
  }
  return { ok: true, sha: sha ?? work.trunk.start }
}

async function mergeInto(session: Session, ours: Sha | null, theirs: Sha, words: CommitWords) {
  const { repo } = session
  if (ours === null || ours === theirs || (await repo.isAncestor(ours, theirs)))
    return { ok: true, sha: theirs } as const
  if (await repo.isAncestor(theirs, ours)) return { ok: true, sha: ours } as const
  return repo.merge(ours, theirs, words)
}

/** Two needs of one task are in conflict: the later of the two is run again on top of the earlier ones. */
function needsConflict(session: Session, draft: Draft, id: TaskId, { later, merged, paths }: Clash): Draft {
  // Another task with the same needs has said so already.
  if (later !== id && !isSettled(planned(draft), later)) return draft
  const others = merged.map((source) => source.need).filter((need) => need !== id && need !== later)
  const heads = merged.map((source) => source.head)
  return conflict(session, draft, later, others.length > 0 ? others : [id], paths, heads)
}

/** A commit of its own for every attempt: a check belongs to a commit, and a claim must be unique. */
function startWords(session: Session, work: Work, id: TaskId, attempt: number): CommitWords {
  return {
    subject: commitSubject(`Start ${id}: ${taskOf(work, id).title}`, `Start ${id}`),
    trailers: { 'Tributary-Run': session.run, 'Tributary-Task': id, 'Tributary-Attempt': `${attempt}` },
  }
}
