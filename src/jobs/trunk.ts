import { commitSubject } from '../core/commit-words.ts'
import { fewPaths } from '../core/hand-off.ts'
import { attemptRef, branchRef, type Sha, type TaskId, taskBranch, trunkBranch } from '../core/ref.ts'
import { nextMerge, queueable, touchedBy } from '../core/schedule.ts'
import { headsOf, recordOf, taskOf, type Work } from '../core/state.ts'
import type { CommitWords } from '../ports/repo.ts'
import { type Draft, move, planned, record } from './draft.ts'
import { nowOf, type Session, type Step } from './session.ts'

/** Automatic runs of a task on a merged base after a conflict; then a person is asked. */
const CONFLICTS = 2

/** Merges what has landed into trunk, in topological order, as far as that order is complete. */
export const assembleTrunk: Step = async (session, draft) => {
  let next = draft
  if (next.state.phase !== 'active' || next.state.paused !== null) return next
  for (;;) {
    const work = planned(next)
    const step = nextMerge(work)
    if (step.next !== 'merge') return next
    const merged = await session.repo.merge(work.trunk.tip, step.head, mergeWords(session, work, step.task))
    if (merged.ok) {
      const trunk = branchRef(trunkBranch(session.run))
      next = move(next, { ref: trunk, from: work.trunk.tip, to: merged.sha })
      next = record(next, nowOf(session), { type: 'trunk_moved', task: step.task, sha: merged.sha })
    } else {
      const others = work.trunk.merges.map((merge) => merge.task).filter((id) => id !== step.task)
      next = conflict(session, next, step.task, others, merged.paths, [work.trunk.tip])
    }
  }
}

/** The later task is run again on the merged base; what it was told to do is often enough to settle it. */
function conflict(session: Session, draft: Draft, task: TaskId, others: TaskId[], paths: string[], onto: Sha[]): Draft {
  const work = planned(draft)
  const final = recordOf(work, task).conflicts >= CONFLICTS
  const named = touchedBy(work, paths, others)
  return record(draft, nowOf(session), {
    type: 'task_conflicted',
    task,
    with: named,
    paths: fewPaths(paths),
    onto,
    final,
  })
}

/** Gives every task whose needs have landed its branch: an own first commit on the merge of its needs' heads. */
export const queueTasks: Step = async (session, draft) => {
  let next = draft
  if (next.state.phase !== 'active' || next.state.paused !== null) return next
  for (const { id } of queueable(next.state.work)) next = await queue(session, next, id)
  return next
}

async function queue(session: Session, draft: Draft, id: TaskId): Promise<Draft> {
  const work = planned(draft)
  const task = taskOf(work, id)
  const { onto, attempts } = recordOf(work, id)
  const base = await baseOf(session, draft, id, onto)
  if (!base.ok) return base.draft
  const attempt = attempts.length + 1
  const words = startWords(session, work, id, attempt)
  const start = await session.repo.commit(await session.repo.treeOf(base.sha), [base.sha], words)
  const last = attempts.at(-1)
  const ref = branchRef(taskBranch(session.run, task.id))
  let next = move(draft, { ref, from: last?.head ?? last?.base ?? null, to: start })
  if (last?.head != null)
    next = move(next, { ref: attemptRef(session.run, id, last.attempt), from: null, to: last.head })
  return record(next, nowOf(session), { type: 'task_queued', task: id, attempt, base: start })
}

type Base = { ok: true; sha: Sha } | { ok: false; draft: Draft }

/** The merge of the needs' heads, without a checkout. A root starts from trunk's first commit. */
async function baseOf(session: Session, draft: Draft, id: TaskId, onto: readonly Sha[]): Promise<Base> {
  const work = planned(draft)
  const sources = taskOf(work, id).needs.flatMap((need) => headsOf(work, need).map((head) => ({ need, head })))
  let sha: Sha | null = null
  const merged: { need: TaskId; head: Sha }[] = []
  for (const source of [...onto.map((head) => ({ need: id, head })), ...sources]) {
    const words = { subject: `Merge ${source.need} for ${id}`, trailers: { 'Tributary-Run': session.run } }
    const result = await mergeInto(session, sha, source.head, words)
    if (!result.ok) return { ok: false, draft: needsConflict(session, draft, id, source.need, merged, result.paths) }
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
function needsConflict(
  session: Session,
  draft: Draft,
  id: TaskId,
  later: TaskId,
  merged: readonly { need: TaskId; head: Sha }[],
  paths: string[],
): Draft {
  const others = merged.map((source) => source.need).filter((need) => need !== id && need !== later)
  return conflict(
    session,
    draft,
    later,
    others.length > 0 ? others : [id],
    paths,
    merged.map((source) => source.head),
  )
}

function mergeWords(session: Session, work: Work, id: TaskId): CommitWords {
  const task = taskOf(work, id)
  const attempt = recordOf(work, id).attempts.length
  return {
    subject: commitSubject(`Merge ${id}: ${task.title}`, `Merge ${id}`),
    trailers: { 'Tributary-Run': session.run, 'Tributary-Task': id, 'Tributary-Attempt': `${attempt}` },
  }
}

/** A commit of its own for every attempt: a check belongs to a commit, and a claim must be unique. */
function startWords(session: Session, work: Work, id: TaskId, attempt: number): CommitWords {
  return {
    subject: commitSubject(`Start ${id}: ${taskOf(work, id).title}`, `Start ${id}`),
    trailers: { 'Tributary-Run': session.run, 'Tributary-Task': id, 'Tributary-Attempt': `${attempt}` },
  }
}
