import type { Sha, TaskId } from '../../../core/ids.ts'
import { mayStart } from '../../../core/landing/gate.ts'
import { headsOf, isSettled, placeOf, recordOf, taskOf, type Work } from '../../../core/run/state.ts'
import { blockers, tasksWithStatus } from '../../../core/run/task-status.ts'
import { type MergeOutcome, mergeWithin, prefetchMerge } from '../session/pending-merges.ts'
import type { OrchestratorStep, Session } from '../session/session.ts'

interface Source {
  need: TaskId
  head: Sha
}
export interface BaseConflict {
  status: 'clash'
  id: TaskId
  later: TaskId
  merged: readonly Source[]
  paths: string[]
}
export type Base = { status: 'merged'; id: TaskId; sha: Sha } | { status: 'merging' } | BaseConflict

/**
 * What a task's base is merged from, as far as its needs have landed. In the order of trunk: of two that clash, the same one
 * is sent back, whichever merge comes first.
 */
function settledSources(work: Work, id: TaskId): Source[] {
  const own = recordOf(work, id).onto.map((head) => ({ need: id, head }))
  const needs = taskOf(work, id).needs.toSorted((a, b) => placeOf(work, a) - placeOf(work, b))
  const open = needs.findIndex((need) => !isSettled(work, need))
  const settled = open === -1 ? needs : needs.slice(0, open)
  return [...own, ...settled.flatMap((need) => headsOf(work, need).map((head) => ({ need, head })))]
}

/** The merge of the needs' heads, without a checkout. A root starts from trunk's first commit. */
export async function baseOf(session: Session, work: Work, id: TaskId): Promise<Base> {
  let sha: Sha | null = null
  const merged: Source[] = []
  for (const source of settledSources(work, id)) {
    const joined: MergeOutcome | null =
      sha === null ? { ok: true, sha: source.head } : await mergeWithin(session, ...joining(session, id, sha, source))
    if (joined === null) return { status: 'merging' }
    if (!joined.ok) return { status: 'clash', id, later: source.need, merged, paths: joined.paths }
    sha = joined.sha
    merged.push(source)
  }
  return { status: 'merged', id, sha: sha ?? work.trunk.start }
}

/** One of the two, where it holds the other; else their merge. */
function joining(
  { repo, run }: Session,
  id: TaskId,
  ours: Sha,
  { need, head }: Source,
): [string, () => Promise<MergeOutcome>] {
  const words = { subject: `Merge ${need} for ${id}`, trailers: { 'Tributary-Run': run } }
  const join = async (): Promise<MergeOutcome> => {
    if (ours === head || (await repo.isAncestor(ours, head))) return { ok: true, sha: head }
    if (await repo.isAncestor(head, ours)) return { ok: true, sha: ours }
    return repo.merge(ours, head, words)
  }
  return [`${id} ${ours} ${head}`, join]
}

/**
 * Of tasks some of whose needs are still at work, what their bases begin with is merged meanwhile: when the last need lands,
 * one merge is left.
 */
export const prepareBases: OrchestratorStep = (session, draft) => {
  if (draft.state.phase !== 'active' || draft.state.paused !== null) return draft
  const { work } = draft.state
  const blocked = blockers(work)
  for (const { id, needs, kind } of tasksWithStatus(work, 'pending')) {
    if (needs.length < 3 || kind === 'plan' || blocked.has(id) || !mayStart(work, id)) continue
    let sha: Sha | null = null
    for (const source of settledSources(work, id)) {
      const joined: MergeOutcome | null =
        sha === null ? { ok: true, sha: source.head } : prefetchMerge(session, ...joining(session, id, sha, source))
      if (joined?.ok !== true) break
      sha = joined.sha
    }
  }
  return draft
}
