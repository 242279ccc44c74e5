import { ownOf } from '../own.ts'
import type { Baseline } from './baseline.ts'
import type { EventOf } from './event.ts'
import { withAmendment, withTask } from './evolve-plan.ts'
import type { ChangingEvent } from './folds.ts'
import type { Work } from './work.ts'

/** The work after an event about trunk, verification or the plan. */
export function evolveWork(work: Work, event: ChangingEvent<'work'>): Work {
  switch (event.type) {
    case 'trunk_moved':
      return trunkMoved(work, event)
    case 'workflows_followed':
      return {
        ...work,
        workflows: { base: event.base, commit: event.commit },
        verification: null,
        trunk: { ...work.trunk, tip: event.sha },
      }
    case 'verification_queued':
      return {
        ...work,
        verifications: event.attempt,
        verification: { status: 'queued', on: event.on, attempt: event.attempt, since: event.at },
      }
    case 'verification_started':
      return {
        ...work,
        verification: {
          status: 'in_progress',
          on: event.on,
          attempt: event.attempt,
          slot: event.slot,
          ...(event.job !== undefined && { job: event.job }),
          since: event.at,
        },
      }
    case 'verification_returned':
      return { ...work, verification: null, lostVerifications: (work.lostVerifications ?? 0) + (event.unbegun ? 0 : 1) }
    case 'verification_passed':
      return {
        ...judged(work),
        verdicts: { ...work.verdicts, [event.on]: 'passed' },
        verification: afterPass(work, event),
        failedOnce: undefined,
      }
    case 'trunk_adopted': {
      const { sha, author, at } = event
      const adopted = [...(work.trunk.adopted ?? []), { sha, author, at, after: work.trunk.merges.length }]
      return { ...work, ...UNVERIFIED, culprit: null, trunk: { ...work.trunk, tip: sha, adopted } }
    }
    case 'verification_failed': {
      const { on, attempt, failure, at } = event
      const failed = { status: 'failed', on, attempt, failure, ...ranIn(work, event), since: at } as const
      if (event.again) return { ...judged(work), verification: failed, failedOnce: failed }
      return {
        ...judged(work),
        failedOnce: undefined,
        verdicts: { ...work.verdicts, [on]: 'failed' },
        verification: failed,
        lastFailure: failed,
      }
    }
    case 'verification_retried': {
      const passed = Object.entries(work.verdicts).filter(([, verdict]) => verdict === 'passed')
      return { ...work, ...UNVERIFIED, culprit: null, verdicts: Object.fromEntries(passed) }
    }
    case 'culprit_found':
      return { ...work, culprit: culpritOf(event), verification: work.lastFailure ?? work.verification }
    case 'baseline_started':
    case 'baseline_taken':
    case 'baseline_given_up':
      return event.version === work.version && work.approved?.length === 0
        ? { ...work, baseline: baselineAfter(event) }
        : work
    case 'task_planned':
      return work.open ? withTask(work, event) : work
    case 'plan_amended':
      return withAmendment(work, event)
    case 'task_scoped':
      return { ...work, scopes: { ...work.scopes, [event.task]: event.exploration } }
    case 'change_described': {
      const { title, body, contradictions } = event
      return { ...work, described: { title, body, contradictions } }
    }
    case 'base_renamed':
      return { ...work, baseBranch: event.baseBranch }
    case 'base_moved':
      return { ...work, baseSeen: { sha: event.to, paths: event.paths, stale: event.stale } }
  }
}

const judged = ({ lostVerifications: _, ...work }: Work): Work => work

/** During the search for a culprit an earlier merge may pass; trunk's tip still fails. */
function afterPass(work: Work, { on, attempt, report, at }: EventOf<'verification_passed'>): Work['verification'] {
  if (on !== work.trunk.tip && work.lastFailure !== null) return work.lastFailure
  const flaky = work.failedOnce?.on === on ? { flaky: work.failedOnce.failure } : {}
  return { status: 'passed', on, attempt, report, ...flaky, ...ranIn(work, { attempt }), since: at }
}

/** Where the verification ran that ends now. */
function ranIn({ verification }: Work, { attempt }: { attempt: number }) {
  if (verification?.status !== 'in_progress' || verification.attempt !== attempt) return {}
  const { slot, job } = verification
  return job === undefined ? {} : { ranIn: { slot, job } }
}

const culpritOf = ({ task, adopted }: EventOf<'culprit_found'>) =>
  adopted === undefined ? { task } : { task, adopted }

/** What a trunk has whose tip was not verified yet. */
const UNVERIFIED = { verification: null, lastFailure: null, failedOnce: undefined } as const

function trunkMoved(work: Work, event: EventOf<'trunk_moved'>): Work {
  const state = ownOf(work.tasks, event.task)?.state
  if (state?.status !== 'landed') return work
  const merge = { task: event.task, head: state.head, sha: event.sha, at: event.at }
  return {
    ...work,
    ...UNVERIFIED,
    trunk: { ...work.trunk, tip: event.sha, merges: [...work.trunk.merges, merge] },
  }
}

function baselineAfter(event: EventOf<'baseline_started' | 'baseline_taken' | 'baseline_given_up'>): Baseline {
  const since = event.at
  switch (event.type) {
    case 'baseline_started':
      return { status: 'in_progress', slot: event.slot, since }
    case 'baseline_taken':
      return { status: 'taken', checks: event.checks, sandbox: event.sandbox, since }
    case 'baseline_given_up':
      return { status: 'given-up', why: event.why, since }
  }
}
