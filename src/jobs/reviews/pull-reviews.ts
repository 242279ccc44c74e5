import { isOutsider, type Person } from '../../core/command/authority.ts'
import { decideFinalReview } from '../../core/command/decide-final-review.ts'
import {
  decidePullReview,
  type LineComment,
  type PullReview,
  reviewKey,
} from '../../core/command/decide-pull-review.ts'
import type { DecisionResult } from '../../core/command/decision.ts'
import { branchRef, type Sha, type TaskId, taskBranch } from '../../core/ids.ts'
import type { LiveRun, RunState } from '../../core/run/state.ts'
import { SETTINGS_PATH, type Settings } from '../../core/settings.ts'
import { explain } from '../../render/reply/explain-failure.ts'
import { renderAnswer } from '../../render/reply/replies.ts'
import type { JobDeps } from '../deps.ts'
import { personOf } from '../person-of.ts'
import { say } from '../say.ts'
import { readSettingsNow } from '../settings-now.ts'
import { lineWriters } from './line-writers.ts'

/** A review with all that its decision depends on, besides the run. */
export interface LoadedReview {
  review: PullReview
  /** `trunk`: the final pull request. */
  task: TaskId | 'trunk'
  person: Person
  lines: readonly LineComment[]
  settings: Settings
}

type Deps = Pick<JobDeps, 'forge' | 'log' | 'readSettings' | 'clock' | 'journal' | 'repo'>

interface Reviewed {
  review: PullReview
  task: TaskId
  by: { login: string; type: string }
}

/** Asks who reviews and what they say of which lines. Null: outsiders and bots review for people, and start nothing. */
export async function loadReview(deps: Deps, { review, task, by }: Reviewed): Promise<LoadedReview | null> {
  const person = await personOf(deps, by)
  if (isOutsider(person)) return null
  const [settings, lines] = await Promise.all([
    readSettingsNow(deps),
    review.verdict === 'approved' ? [] : deps.forge.lineComments(review),
  ])
  if (settings.ok) return { review, task, person, lines, settings: settings.value }
  deps.log(`a review was not looked at, since ${SETTINGS_PATH} is faulty: ${settings.error.join('; ')}`)
  return null
}

/** Asks git for what the decision depends on: where the branch stands, or who wrote the lines. */
export async function decideLoaded(
  deps: Pick<Deps, 'clock' | 'journal' | 'repo' | 'log'>,
  run: RunState,
  loaded: LoadedReview,
): Promise<DecisionResult | null> {
  if (run.phase === 'empty') return null
  const { review, person, settings, task } = loaded
  const facts = {
    person,
    settings,
    at: deps.clock.now().toISOString(),
    commentedAt: review.submittedAt,
    key: reviewKey(review),
    issue: run.issue.number,
    threadTask: task,
    branches: await branchesOf(deps, run, loaded),
    drift: null,
  }
  if (task !== 'trunk') return decidePullReview(run, facts, loaded)
  const writers = review.verdict === 'changes_requested' ? await lineWriters(deps, run, loaded.lines) : new Map()
  return decideFinalReview(run, facts, { ...loaded, writers })
}

/** Where the branch of the task stands, on which an approval depends. */
async function branchesOf(
  { journal }: Pick<Deps, 'journal'>,
  { run }: LiveRun,
  { task, review }: LoadedReview,
): Promise<ReadonlyMap<string, Sha>> {
  if (review.verdict !== 'approved' || task === 'trunk') return new Map()
  const branch = taskBranch(run, task)
  const tip = (await journal.look(run, [branchRef(branch)])).refs.get(branchRef(branch))
  return new Map(tip === undefined ? [] : [[branch, tip]])
}

/** Answers in the first thread of the review or, if it has none, on the pull request. */
export async function answerReview(
  deps: Pick<Deps, 'forge' | 'log'>,
  loaded: LoadedReview,
  decided: DecisionResult,
  state: RunState,
): Promise<void> {
  const { review, lines, settings } = loaded
  const body = decided.ok ? renderAnswer(decided.value.answer, state, settings) : explain(decided.error).join('\n')
  const [line] = lines
  const key = reviewKey(review)
  if (line !== undefined) {
    const said = await deps.forge.replyInThread(review.pull, line.first, key, body)
    if (said.ok) return
    deps.log(`not said in the thread of review ${review.id}: ${said.message}`)
  }
  await say(deps, { threads: [review.pull], key, body })
}
