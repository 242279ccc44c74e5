import { type RunId, taskBranch, trunkBranch } from '../../../core/ids.ts'
import { waitsForPerson } from '../../../core/landing/gate.ts'
import type { CodeOwners } from '../../../core/plan/code-owners.ts'
import { recordOf, taskOf } from '../../../core/run/lookup.ts'
import { type CommentName, type ProjectionName, projectionName } from '../../../core/run/projection-name.ts'
import type { LiveRun } from '../../../core/run/state.ts'
import type { Work } from '../../../core/run/work.ts'
import type { Located, Projection } from '../../../ports/forge.ts'
import { checkedTasks, checksFor } from '../../../render/check/check-output.ts'
import type { CheckOutput } from '../../../render/check/check-state.ts'
import { runChecksFor } from '../../../render/check/run-check.ts'
import { makeMarker } from '../../../render/markdown/marker.ts'
import { renderPlanComment } from '../../../render/plan/plan-comment.ts'
import { isPlanned, type PlannedRun } from '../../../render/plan/planned-run.ts'
import { renderPlanRefused } from '../../../render/plan/problems.ts'
import { finalPull } from '../../../render/pull/final-pull.ts'
import { workerPull } from '../../../render/pull/worker-pull.ts'
import { renderProposed } from '../../../render/reply/replies.ts'
import { type CalledByRequest, callFor } from '../../../render/status/call.ts'
import { displayStatus } from '../../../render/status/display-status.ts'
import { renderPlanning, renderQuestions } from '../../../render/status/planning-comment.ts'
import { renderStatus } from '../../../render/status/status-comment.ts'
import type { Locate } from './last-shown.ts'
import { calledByRequest } from './review-requests.ts'

const FINAL_PULL: ProjectionName = { kind: 'pull', of: 'trunk' }

/** All that people should see of a run, as a function of its state and of the code owners that its base names. */
export function desiredProjections(run: LiveRun, locate: Locate, owners: CodeOwners = []): Projection[] {
  if (!isPlanned(run)) return [...planning(run, locate), ...refusal(run, locate), ...calls(run, locate, owners)]
  const pulls = run.work.plan.tasks.flatMap((task) => taskPulls(run, task.id, locate))
  // People are asked for a review right after its pull request is opened.
  const isOpened = new Set(pulls.map(({ kind, name }) => (kind === 'pull' ? name : '')))
  const locatedOrOpening: Locate = (name) =>
    locate(name) ?? (isOpened.has(projectionName(name)) ? { number: 0, node: '' } : null)
  return [
    ...planning(run, locate),
    ...finalPulls(run, locate),
    ...comments(run, locate, owners),
    ...calls(run, locate, owners, calledByRequest(run, locatedOrOpening, owners)),
    ...pulls,
    ...run.work.plan.tasks.flatMap((task) => answeredThreads(run, task.id, locate)),
    ...pullsLeftOut(run, locate),
    ...checks(run, locate),
  ]
}

function comment(run: RunId, locate: Locate, comment: CommentName, thread: number, body: string): Projection {
  const marker = makeMarker(comment, run)
  const kind = 'comment'
  const name: ProjectionName = { kind, comment }
  const pull = locate(FINAL_PULL)
  const on = pull?.number === thread ? { threadNode: pull.node } : {}
  return { kind, name: projectionName(name), located: locate(name), thread, ...on, marker, body }
}

function refusal(run: LiveRun, locate: Locate): Projection[] {
  if (run.phase !== 'ended' || run.problems.length === 0) return []
  return [comment(run.run, locate, 'refused', run.issue.number, renderPlanRefused(run))]
}

/** The planner's progress and questions are comments on the issue: the pull request comes with the plan. */
function planning(run: LiveRun, locate: Locate): Projection[] {
  if (run.planning === null) return []
  const on = run.issue.number
  const wanted = [comment(run.run, locate, 'planning', on, renderPlanning(run))]
  if (run.planning.questions.length > 0) wanted.push(comment(run.run, locate, 'questions', on, renderQuestions(run)))
  return wanted
}

function finalPulls(run: PlannedRun, locate: Locate): Projection[] {
  if (run.pullRefused !== null) return []
  const name = projectionName(FINAL_PULL)
  const located = locate(FINAL_PULL)
  if (run.phase === 'ended' && located === null) return []
  const head = trunkBranch(run.run)
  const { baseBranch: base } = run.work
  const draft = takesDrafts(run)
  const wanted: Projection[] = [{ kind: 'pull', name, located, head, base, draft, ...finalPull(run) }]
  if (run.phase !== 'ended' || located === null) return wanted
  if (run.conclusion === 'success')
    wanted.push({ kind: 'ready-pull', name: projectionName({ kind: 'ready', of: 'trunk' }), located })
  if (run.conclusion === 'cancelled' || run.conclusion === 'rejected')
    wanted.push({ kind: 'close-pull', name: projectionName({ kind: 'close', of: 'trunk' }), located })
  return wanted
}

/** Comments go to the final pull request or, if GitHub refuses pull requests, to the issue. */
function comments(run: PlannedRun, locate: Locate, owners: CodeOwners): Projection[] {
  const pull = locate(FINAL_PULL)
  if (pull === null && run.pullRefused === null && run.phase !== 'ended') return []
  const thread = pull?.number ?? run.issue.number
  const wanted = [comment(run.run, locate, 'plan', thread, renderPlanComment(run))]
  if (pull !== null)
    wanted.push(comment(run.run, locate, 'proposed', run.issue.number, renderProposed(run, pull.number, owners)))
  if (run.phase !== 'proposed') wanted.push(comment(run.run, locate, 'status', thread, renderStatus(run)))
  return wanted
}

/** Never edited: an edit calls no one. */
function calls(run: LiveRun, locate: Locate, owners: CodeOwners, requested?: CalledByRequest): Projection[] {
  const call = callFor(run, (name) => locate({ kind: 'comment', comment: name }) !== null, owners, requested)
  const thread = locate(FINAL_PULL)?.number ?? run.issue.number
  if (call === null) return []
  return [comment(run.run, locate, call.name, thread, `${makeMarker(call.name, run.run)}\n${call.body}`)]
}

/**
 * One pull request into trunk for each task: GitHub shows it as merged when trunk holds its commits. One that lands by itself is
 * opened at its start, since GitHub takes none for commits that trunk holds; one that waits for a person, and under `review-only`
 * every one, when there is something to look at.
 */
function taskPulls(run: PlannedRun, id: string, locate: Locate): Projection[] {
  const { work } = run
  if (!work.settings.worker_pull_requests || run.pullRefused !== null || taskOf(work, id).kind === 'gate') return []
  const pullName: ProjectionName = { kind: 'pull', of: id }
  const [name, located] = [projectionName(pullName), locate(pullName)]
  const { state, attempts } = recordOf(work, id)
  const [head, base] = [taskBranch(run.run, id), trunkBranch(run.run)]
  const isReady = state.status === 'verified' && state.review === undefined
  const draft = takesDrafts(run) && !isReady
  // Rendered only if it is wanted: most tasks of a large plan have not begun.
  const pull = (): Projection => ({ kind: 'pull', name, located, head, base, draft, ...workerPull(run, id) })
  if (located === null) {
    if (run.phase !== 'active' || !attempts.some((attempt) => attempt.startedAt !== null)) return []
    const isLate = work.settings.worker_pull_requests === 'review-only' || waitsForPerson(work, id)
    if (isLate && !isForPerson(work, id)) return []
    return mergedIn(work, id) ? [] : [pull()]
  }
  if (isReady) return [pull(), { kind: 'ready-pull', name: projectionName({ kind: 'ready', of: id }), located }]
  const over = run.phase === 'ended' && run.conclusion !== 'success' && !mergedIn(work, id)
  return over || state.status === 'skipped' ? [pull(), closing(id, located)] : [pull()]
}

/** Whether a person is to look at the work of a task: to let it land, or to see why it failed. */
function isForPerson(work: Work, id: string): boolean {
  const { state } = recordOf(work, id)
  return displayStatus(work, id) === 'waits for a person' || (state.status === 'failed' && state.head !== null)
}

/** Threads of reviews that asked for the work that is verified now. */
function answeredThreads({ work }: PlannedRun, id: string, locate: Locate): Projection[] {
  const { state, threads = [] } = recordOf(work, id)
  const pull = locate({ kind: 'pull', of: id })
  if (pull === null || (state.status !== 'verified' && state.status !== 'landed')) return []
  return threads.map((node) => ({
    kind: 'resolve-thread',
    name: projectionName({ kind: 'resolve', thread: node }),
    located: { number: pull.number, node },
  }))
}

/** Closes the pull requests of tasks that are no longer part of the plan: no merge would close them. */
const pullsLeftOut = ({ work }: PlannedRun, locate: Locate): Projection[] =>
  checkedTasks(work).flatMap((id) => {
    const located = locate({ kind: 'pull', of: id })
    const isLeftOut = work.plan.tasks.every((task) => task.id !== id)
    return located === null || !isLeftOut ? [] : [closing(id, located)]
  })

const closing = (id: string, located: Located): Projection => ({
  kind: 'close-pull',
  name: projectionName({ kind: 'close', of: id }),
  located,
})

/** What GitHub has refused once is not asked for again. */
const takesDrafts = ({ refused }: LiveRun): boolean => refused?.draft === undefined

const mergedIn = (work: Work, id: string): boolean => work.trunk.merges.some((merge) => merge.task === id)

function checks(run: PlannedRun, locate: Locate): Projection[] {
  if (run.phase === 'proposed') return []
  const one = (of: string, { name: label, ...check }: CheckOutput): Projection => {
    const name: ProjectionName = { kind: 'check', of, sha: check.sha }
    return { kind: 'check', name: projectionName(name), label, located: locate(name), ...check }
  }
  const tasks = checkedTasks(run.work).flatMap((id) => checksFor(run, id).map((check) => one(id, check)))
  return [...tasks, ...runChecksFor(run).map((check) => one('run', check))]
}
