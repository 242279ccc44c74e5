import type { Sha, TaskId } from '../../../core/ids.ts'
import type { Work } from '../../../core/run/work.ts'
import { type BaseSource, baseSources, type NeedsConflict, worthPreparing } from '../../../core/schedule/task-base.ts'
import { signed } from '../../commit-words.ts'
import { type MergeOutcome, mergeWithin, prefetchMerge } from '../session/pending-merges.ts'
import type { OrchestratorStep, Session } from '../session/session.ts'
import { withWorkflows } from '../session/workflow-files.ts'

export type Base =
  | { status: 'merged'; id: TaskId; sha: Sha }
  | { status: 'merging' }
  | ({ status: 'conflict' } & NeedsConflict)

/** The merge of the needs' heads, without a checkout. A root starts from trunk's first commit. */
export async function baseOf(session: Session, work: Work, id: TaskId): Promise<Base> {
  let sha: Sha | null = null
  const merged: BaseSource[] = []
  for (const source of baseSources(work, id)) {
    const joined: MergeOutcome | null =
      sha === null
        ? { ok: true, sha: source.head }
        : await mergeWithin(session, ...joining(session, work, id, sha, source))
    if (joined === null) return { status: 'merging' }
    if (!joined.ok) return { status: 'conflict', id, later: source.need, merged, paths: joined.paths }
    sha = joined.sha
    merged.push(source)
  }
  return { status: 'merged', id, sha: await withWorkflows(session, work, sha ?? work.trunk.start) }
}

/** One of the two if it holds the other; else their merge. */
function joining(
  { repo, run }: Session,
  { settings }: Work,
  id: TaskId,
  ours: Sha,
  { need, head }: BaseSource,
): [string, () => Promise<MergeOutcome>] {
  const join = async (): Promise<MergeOutcome> => {
    if (ours === head || (await repo.isAncestor(ours, head))) return { ok: true, sha: head }
    if (await repo.isAncestor(head, ours)) return { ok: true, sha: ours }
    const message = { subject: `Merge ${need} for ${id}`, trailers: { 'Tributary-Run': run } }
    return repo.merge(ours, head, signed(settings.commits, message))
  }
  return [`${id} ${ours} ${head}`, join]
}

/** Merges the first heads of a base while the other needs are at work: when the last one lands, one merge is left. */
export const prepareBases: OrchestratorStep = (session, draft) => {
  if (draft.state.phase !== 'active' || draft.state.paused !== null) return draft
  const { work } = draft.state
  for (const { id } of worthPreparing(work)) {
    let sha: Sha | null = null
    for (const source of baseSources(work, id)) {
      const joined: MergeOutcome | null =
        sha === null
          ? { ok: true, sha: source.head }
          : prefetchMerge(session, ...joining(session, work, id, sha, source))
      if (joined?.ok !== true) break
      sha = joined.sha
    }
  }
  return draft
}
