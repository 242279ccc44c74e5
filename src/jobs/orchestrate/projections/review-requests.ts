import type { Sha } from '../../../core/ids.ts'
import { CODEOWNERS_PATHS, type CodeOwners, ownersOf, readCodeOwners } from '../../../core/plan/code-owners.ts'
import { recordOf } from '../../../core/run/lookup.ts'
import { projectionName } from '../../../core/run/projection-name.ts'
import { type LiveRun, settingsOf, workOf } from '../../../core/run/state.ts'
import { LOGIN_OR_TEAM } from '../../../core/settings.ts'
import { digest } from '../../../core/text/digest.ts'
import type { Located } from '../../../ports/forge.ts'
import { isPlanned, type PlannedRun } from '../../../render/plan/planned-run.ts'
import type { CalledByRequest } from '../../../render/status/call.ts'
import { pathsOf } from '../../../render/status/changed-paths.ts'
import { displayStatus } from '../../../render/status/display-status.ts'
import type { Session } from '../session/session.ts'
import { type Locate, lastShown } from './last-shown.ts'

interface ReviewRequest {
  name: string
  /** A task, or `trunk`. */
  of: string
  pull: Located
  reviewers: readonly string[]
  /** What they are to look at: a later head is asked for again. */
  head: Sha
}

/** Reads the code owners that the base of the plan names, from the orchestrator's repository: once for each base. */
export async function readOwners(session: Session): Promise<void> {
  const base = workOf(session.state)?.base
  if (base === undefined || session.owners?.base === base) return
  await session.repo.fetch([base])
  for (const path of CODEOWNERS_PATHS) {
    const text = await session.repo.readFile(base, path)
    if (text === null) continue
    session.owners = { base, rules: readCodeOwners(text) }
    return
  }
  session.owners = { base, rules: [] }
}

/** The pull requests that wait for a person, with who is asked to look: those of tasks, and the final one when the run is done. */
export function reviewRequests(run: LiveRun, locate: Locate, owners: CodeOwners = []): ReviewRequest[] {
  if (!isPlanned(run)) return []
  const { work } = run
  const request = (id: string, head: Sha, paths: readonly string[]): ReviewRequest[] => {
    const pull = locate({ kind: 'pull', of: id })
    const reviewers = reviewersOf(run, () => ownersOf(owners, paths))
    const name = projectionName({ kind: 'reviewers', of: id })
    return pull === null || reviewers.length === 0 ? [] : [{ name, of: id, pull, reviewers, head }]
  }
  if (run.phase === 'ended')
    return run.conclusion === 'success'
      ? request(
          'trunk',
          work.trunk.tip,
          work.trunk.merges.flatMap(({ task }) => pathsOf(work, task)),
        )
      : []
  return work.plan.tasks.flatMap(({ id }) => {
    const { state } = recordOf(work, id)
    if (state.status !== 'verified' || displayStatus(work, id) !== 'waits for a person') return []
    return request(id, state.head, pathsOf(work, id))
  })
}

const MOST_ASKED = 15

function reviewersOf(run: PlannedRun, ownersOfPaths: () => readonly string[]): string[] {
  const wanted = settingsOf(run).reviewers
  const named = wanted === 'codeowners' ? ownersOfPaths() : Array.isArray(wanted) ? wanted : []
  const asked = named.length > 0 || Array.isArray(wanted) ? named : [run.askedBy]
  return asked.filter((name) => LOGIN_OR_TEAM.test(name)).slice(0, MOST_ASKED)
}

const digestOf = ({ reviewers, head }: ReviewRequest): string => digest({ reviewers, head }).slice(0, 16)

/**
 * Whom GitHub tells of a request. It is silent if a person is asked again before the review, so that counts for the first head
 * alone; and it does not say whom it has refused.
 */
export function calledByRequest(run: LiveRun, locate: Locate, owners: CodeOwners): CalledByRequest {
  if (run.refused?.reviewers !== undefined) return new Map()
  const isFirst = (one: ReviewRequest) => (run.projected[one.name]?.digest ?? digestOf(one)) === digestOf(one)
  const requests = reviewRequests(run, locate, owners).filter(isFirst)
  return new Map(requests.map(({ of, reviewers }) => [of, reviewers]))
}

/** Asks once for each head. Whom GitHub does not let us ask is said once, and costs nothing else. True: people were asked now. */
export async function askForReviews(session: Session, state: LiveRun, locate: Locate): Promise<boolean> {
  let hasAsked = false
  for (const request of reviewRequests(state, locate, session.owners?.rules)) {
    const { name, pull, reviewers } = request
    const wanted = digestOf(request)
    if (lastShown({ shown: session.shown, state }, name)?.digest === wanted) continue
    const said = await session.deps.forge.askReviewers(pull.number, reviewers)
    hasAsked = true
    session.shown.set(name, { ...pull, digest: wanted })
    if (said.ok) continue
    session.deps.log(`${name}: ${said.message}`)
    session.refusals.set('reviewers', said.message)
  }
  return hasAsked
}
