import type { PullReview } from '../../core/command/decide-pull-review.ts'
import { parseBranch, type RunId, taskBranch, trunkBranch } from '../../core/ids.ts'
import type { RunState } from '../../core/run/state.ts'
import type { Settings } from '../../core/settings.ts'
import { withStarts } from '../../core/slots/slot-requests.ts'
import { appendOrSayLoss } from '../append-decided.ts'
import { type CommandDeps, type CommandOutcome, nothing } from '../deps.ts'
import { mergeIfApproved } from '../reviews/auto-merge.ts'
import { lookForReviews } from '../reviews/missed-reviews.ts'
import { answerReview, decideLoaded, type LoadedReview, loadReview } from '../reviews/pull-reviews.ts'
import { readSettingsNow } from '../settings-now.ts'
import { untilAppended } from '../until-appended.ts'
import { recordClosed } from './pull-action.ts'

interface Submitted {
  review: PullReview
  headBranch: string
  sender: { login: string; type: string }
}

/** Records what follows from a review of a pull request of a run, and answers it. */
export async function runReview(deps: CommandDeps, { review, headBranch, sender }: Submitted): Promise<CommandOutcome> {
  const branch = parseBranch(headBranch)
  if (branch === null) return nothing
  if (branch.task === 'trunk' && review.verdict === 'approved') return approved(deps, branch.run)
  const loaded = await loadReview(deps, { review, task: branch.task, by: sender })
  return loaded === null ? nothing : untilAppended(() => record(deps, branch.run, loaded))
}

/** An approval of the final pull request starts nothing here; it may switch auto-merge on. */
async function approved(deps: CommandDeps, run: RunId): Promise<CommandOutcome> {
  const read = await deps.journal.read(run)
  const merged = read === null ? null : await mergeIfApproved(deps, read.state, () => readSettingsNow(deps))
  return merged === null ? nothing : recordClosed(deps, run, { merged: true, ...merged }, 'us')
}

/**
 * Acts on what no event has told, if no orchestrator is there to look: of a pull request in conflict, GitHub sends none. Null: there
 * was nothing to act on.
 */
export async function actOnMissedReviews(
  deps: CommandDeps,
  state: RunState,
  settings: Settings,
): Promise<CommandOutcome | null> {
  if (state.phase === 'empty' || state.orchestrator !== null) return null
  const { run } = state
  const outcomes: CommandOutcome[] = []
  for (const { review, task } of (await lookForReviews(deps, state))?.missed ?? []) {
    const headBranch = task === 'trunk' ? trunkBranch(run) : taskBranch(run, task)
    outcomes.push(await runReview(deps, { review, headBranch, sender: review.author }))
  }
  if (state.phase === 'ended' && settings.auto_merge !== 'off') outcomes.push(await approved(deps, run))
  return outcomes.find(({ orchestrate }) => orchestrate) ?? outcomes.at(-1) ?? null
}

async function record(deps: CommandDeps, run: string, loaded: LoadedReview): Promise<CommandOutcome | null> {
  const read = await deps.journal.read(run)
  if (read === null || read.state.phase === 'empty') return nothing
  const decided = await decideLoaded(deps, read.state, loaded)
  if (decided === null) return nothing
  const events = decided.ok ? decided.value.events : []
  const at = deps.clock.now().toISOString()
  const after = withStarts(read.state, events, deps.workflowRun, at, loaded.person.login, { place: 'elsewhere' })
  const written = await appendOrSayLoss(deps, { run, ...read }, after)
  if (written !== true) return written === null ? null : nothing
  await answerReview(deps, loaded, decided, after.state)
  return { run, orchestrate: after.starts.orchestrate, slots: [] }
}
