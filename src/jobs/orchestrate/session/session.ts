import type { JournalLoss } from '../../../core/failure.ts'
import type { RunId, Sha } from '../../../core/ids.ts'
import type { CodeOwners } from '../../../core/plan/code-owners.ts'
import type { Refusable } from '../../../core/run/report.ts'
import type { LiveRun, RunState } from '../../../core/run/state.ts'
import type { Quotas } from '../../../core/schedule/request-pace.ts'
import type { KeptWork } from '../../../core/slots/checkpoint.ts'
import type { InspectedResult } from '../../../core/slots/result-events.ts'
import type { SlotJobState } from '../../../core/slots/slot-jobs.ts'
import type { Repo } from '../../../ports/repo.ts'
import type { JobEnding } from '../../../ports/slots.ts'
import type { OrchestrateDeps } from '../../deps.ts'
import type { Draft } from './event-draft.ts'
import { noPendingMerges, type PendingMerges } from './pending-merges.ts'
import { noReviews, type SeenReviews } from './seen-reviews.ts'
import { createStageRunner, type StageRunner } from './stage-runner.ts'

/** The memory of one orchestrator. All of it can be restored from git and the API: a death loses nothing. */
export interface Session {
  deps: OrchestrateDeps
  repo: Repo
  run: RunId
  state: LiveRun
  tip: Sha
  limiter: Limiter
  /** Tips of the base branch and of trunk, as they were listed last. */
  refs: Map<string, Sha>
  /** Slots by name, as the job lists showed them last. */
  jobs: Map<string, SlotJobState>
  /** What the logs of ended jobs said, by job: each is read once. */
  endings: Map<number, JobEnding | null>
  /** How often the log of an ended job was asked for. */
  logLooks: Map<number, number>
  /** Inspected results by artifact, or by job and its log: none is downloaded twice. Null: of a slot that does not have that work. */
  inspected: Map<string, InspectedResult | null>
  /** Work of lost slots, by attempt: none is downloaded twice. Null: there is none, or the remote does not take it. */
  keptWork: Map<string, KeptWork | null>
  /** Digests and places of what this process has published; recorded with the next events. */
  shown: Map<string, { number: number; node: string; digest: string }>
  /** The state that is fully published; null: something is still to be published. */
  shownState: LiveRun | null
  /** Projections that GitHub refused: this process does not retry them. */
  refused: Set<string>
  pullRefused: string | null
  /** Names of what an earlier process may have published or started without recording it: looked for before it is created. */
  unsure: ReadonlySet<string>
  /** Milliseconds of the clock at the last edit of each comment that is edited in place. */
  editedAt: Map<string, number>
  /** Workflow runs that this process has started and not yet recorded, by request. */
  dispatched: Map<string, number>
  /** Milliseconds of the clock at the last look at the final pull request. */
  pullSeenAt: number | null
  reviews: SeenReviews
  /** Code owners by the commit that they were read at. */
  owners: { base: Sha; rules: CodeOwners } | null
  /** Requests for slots whose dispatch GitHub refused, with its words. */
  notStarted: Map<string, string>
  /** What GitHub refuses and the run can do without, with its words; recorded with the next events. */
  refusals: Map<Refusable, string>
  /** Branches of the run that were deleted by others. */
  deleted: Set<string>
  /** Branches of tasks that others moved: what slots hand over is kept beside them. */
  notOurs: Set<string>
  /** Refs that the remote refused, with its words, until the journal says what follows from that. */
  refusedRefs: Map<string, string>
  /** Results are taken in one by one: a push was refused, and the remote did not say for which of its refs. */
  oneByOne: boolean
  /** GitHub has refused a push for workflow files that are not those of the base branch: they are taken over next. */
  behind: boolean
  /** Why this orchestrator must leave without recording it. */
  stopped: JournalLoss | null
  merges: PendingMerges
  started: boolean
  /** The end of the API's limit, as of the last request that it refused. */
  limitedUntil: Date | null
  /** Calls of the planner that wait for a model that is busy. */
  waitingCalls: Map<object, { since: string; why: string }>
  /** Milliseconds of the clock before which jobs and results are not looked at, and nothing is shown: few requests are left. */
  nextLook: number
  nextShow: number
  /** Milliseconds of the clock until which GitHub refuses what people read. */
  contentLimitedUntil: number
  stageRunner: StageRunner
  /** The states of other runs; null: not read yet. */
  others: Promise<RunState[]> | null
}

/** One step of a wake-up. Steps run in order, each on the draft of the earlier ones. */
export type OrchestratorStep = (session: Session, draft: Draft) => Promise<Draft> | Draft

export const quotasOf = ({ deps: { forge } }: Session): Quotas => ({
  rest: forge.quota('rest'),
  graphql: forge.quota('graphql'),
})

export const nowOf = (session: Session): string => session.deps.clock.now().toISOString()

/** The session of an orchestrator that knows nothing but the journal. */
export function newSession(
  deps: OrchestrateDeps,
  repo: Repo,
  run: RunId,
  at: { state: LiveRun; tip: Sha; unsure: ReadonlySet<string> },
): Session {
  return {
    deps,
    repo,
    run,
    state: at.state,
    tip: at.tip,
    limiter: limiter(deps.clock.now().getTime()),
    refs: new Map(),
    jobs: new Map(),
    endings: new Map(),
    logLooks: new Map(),
    notStarted: new Map(),
    refusals: new Map(),
    inspected: new Map(),
    keptWork: new Map(),
    shown: new Map(),
    shownState: null,
    refused: new Set(),
    pullRefused: null,
    unsure: at.unsure,
    editedAt: new Map(),
    dispatched: new Map(),
    pullSeenAt: null,
    reviews: noReviews(),
    owners: null,
    deleted: new Set(),
    notOurs: new Set(),
    refusedRefs: new Map(),
    oneByOne: false,
    behind: false,
    stopped: null,
    merges: noPendingMerges(),
    started: false,
    limitedUntil: null,
    waitingCalls: new Map(),
    nextLook: 0,
    nextShow: 0,
    contentLimitedUntil: 0,
    stageRunner: createStageRunner(),
    others: null,
  }
}

/** A token bucket of pushes: GitHub advises against more than six a minute to one repository. */
interface Limiter {
  /** Seconds until the next push is allowed; 0: now, and it is counted. The rate may differ from call to call. */
  take(nowMilliseconds: number, perMinute: number): number
}

export function limiter(nowMilliseconds: number): Limiter {
  let used = 0
  let at = nowMilliseconds
  return {
    take(now, perMinute) {
      const burst = Math.max(1, Math.floor(perMinute))
      used = Math.max(0, used - ((now - at) / 60_000) * perMinute)
      at = now
      if (used + 1 > burst) return ((used + 1 - burst) / perMinute) * 60
      used += 1
      return 0
    },
  }
}
