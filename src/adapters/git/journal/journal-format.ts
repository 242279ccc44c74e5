import { join } from 'node:path'
import { issueOf, logBranchRef, logRef, type RunId, runCountOf, runOfJournalRef, type Sha } from '../../../core/ids.ts'
import type { RunEvent } from '../../../core/run/event.ts'
import { eventsInMessage } from '../../../core/run/journal-message.ts'
import type { JournalTip } from '../../../ports/journal.ts'
import type { CommitWords } from '../../../ports/repo.ts'
import { gitText } from '../plumbing.ts'
import { fetchInto, type GitStore, openGitStore } from '../store.ts'

const SUBJECT_CHARACTERS = 72

/** The message of a journal commit: a subject for `git log`, then one line of JSON for each event. */
export const journalMessage = (run: RunId, events: readonly RunEvent[], nonce: string): CommitWords => ({
  subject: subjectOf(events),
  body: events.map((event) => JSON.stringify(event)).join('\n'),
  // Two writers of the same events in the same second must not make the same commit: for git, pushing a commit that the ref
  // already has is a success, so both writers would believe that they had won.
  trailers: { 'Tributary-Run': run, 'Tributary-Nonce': nonce },
})

/** `t3 landed, t5 started`, as many as fit. */
function subjectOf(events: readonly RunEvent[]): string {
  const all = events.map(sentenceOf)
  const shown = all.filter((_, index) => all.slice(0, index + 1).join(', ').length <= SUBJECT_CHARACTERS)
  const hidden = all.length - shown.length
  return [shown.join(', '), ...(hidden > 0 ? [`and ${hidden} more`] : [])].filter((part) => part !== '').join(' ')
}

function sentenceOf(event: RunEvent): string {
  const [noun = '', ...verb] = event.type.split('_')
  const name = 'task' in event && event.task !== null ? event.task : ''
  return [noun === 'task' ? name : noun, ...verb, noun === 'task' ? '' : name].filter((word) => word !== '').join(' ')
}

/** Where a run's journal lives: on a custom ref or, if the remote refuses those, on a branch. */
export type RefKind = 'custom' | 'branch'

const OWN = 'refs/tributary/'

export const journalRef = (kind: RefKind, run: RunId): string => (kind === 'custom' ? logRef(run) : logBranchRef(run))
export const bothRefs = (run: RunId): string[] => [logRef(run), logBranchRef(run)]

/** A remote that refuses the journal's custom ref refuses all others under `refs/tributary/` too. */
export const isAllowedRef = (kind: RefKind, ref: string): boolean => kind === 'custom' || !ref.startsWith(OWN)

export interface JournalLocation {
  kind: RefKind
  tip: Sha
}

export function journalIn(refs: ReadonlyMap<string, Sha>, run: RunId): JournalLocation | null {
  for (const kind of ['custom', 'branch'] as const) {
    const tip = refs.get(journalRef(kind, run))
    if (tip !== undefined) return { kind, tip }
  }
  return null
}

/** Patterns for `listRefs`. They match too much, so `runsIn` filters the result. */
export const runPatterns = (issue: number): string[] =>
  bothRefs(`${issue}`).flatMap((ref) => [ref, ref.replace(/\/log$/, '-*/log')])

export function runsIn(refs: ReadonlyMap<string, Sha>, issue: number): JournalTip[] {
  const all = [...refs.keys()].flatMap((ref) => runOfJournalRef(ref) ?? [])
  const runs = [...new Set(all)].filter((run) => issueOf(run) === issue)
  return runs
    .toSorted((one, other) => runCountOf(one) - runCountOf(other))
    .flatMap((run) => {
      const found = journalIn(refs, run)
      return found === null ? [] : [{ run, tip: found.tip }]
    })
}

/** Prefixes for `listRefs` of all that can stand in the way of a new run. */
export const placesOf = (run: RunId): string[] => ['refs/heads/tributary', 'refs/heads/tributary/*', `${OWN}${run}/*`]

/** For git a name is a file or a folder, never both: `tributary` and `tributary/42` keep `tributary/42/trunk` out. */
export const refsInTheWay = (refs: ReadonlyMap<string, Sha>, run: RunId): string[] =>
  [...refs.keys()].filter(
    (ref) =>
      ['refs/heads/tributary', `refs/heads/tributary/${run}`].some((place) => ref === place) ||
      [`refs/heads/tributary/${run}/`, `${OWN}${run}/`].some((folder) => ref.startsWith(folder)),
  )

/**
 * Every event of the journal up to `tip`. The commits are fetched into a separate repository, without trees and blobs: the
 * repository that merges has the journal only from its first read on, and deepening it would also deepen the code's history.
 */
export async function readHistory(store: GitStore, run: RunId, tip: Sha): Promise<RunEvent[]> {
  const chain = await openGitStore({
    gitDir: join(store.repo.gitDir, 'history'),
    remoteUrl: store.remote.url,
    token: store.remote.token,
    clock: store.clock,
    ...store.network,
  })
  await fetchInto(chain, ['--filter=tree:0'], [`+${tip}:refs/journal/${run}`])
  const log = await gitText(chain.repo, ['log', '--first-parent', '--reverse', '-z', '--format=%H%n%B', tip, '--'])
  return log
    .split('\0')
    .filter((entry) => entry !== '')
    .flatMap((entry) => eventsInMessage(entry.slice(0, 40), entry.slice(41)))
}
