import type { RunId, Sha } from '../core/ref.ts'
import type { LiveRun } from '../core/state.ts'
import type { Repo } from '../ports/repo.ts'
import { limiter } from './limiter.ts'
import { noMerges } from './merges.ts'
import { openDesk } from './planning/desk.ts'
import type { Session } from './session.ts'
import type { OrchestrateDeps } from './wiring.ts'

/** What an orchestrator knows when it begins: what the journal says. `unsure`: what an earlier one may have shown or started. */
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
    inspected: new Map(),
    shown: new Map(),
    shownState: null,
    refused: new Set(),
    pullRefused: null,
    unsure: at.unsure,
    editedAt: new Map(),
    dispatched: new Map(),
    deleted: new Set(),
    merges: noMerges(),
    started: false,
    desk: openDesk(),
  }
}
