import { ownOf } from '../own.ts'
import type { EventOf } from './event.ts'
import { withAmendment, withTask } from './evolve-plan.ts'
import type { ChangingEvent } from './folds.ts'
import type { Work } from './state.ts'

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
      }
    case 'verification_failed': {
      const { on, attempt, failure, at } = event
      const failed = { status: 'failed', on, attempt, failure, since: at } as const
      const verdicts = { ...work.verdicts, [on]: 'failed' as const }
      return { ...judged(work), verdicts, verification: failed, lastFailure: failed }
    }
    case 'culprit_found':
      return { ...work, culprit: { task: event.task }, verification: work.lastFailure ?? work.verification }
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
    case 'base_moved':
      return { ...work, baseSeen: { sha: event.to, paths: event.paths, stale: event.stale } }
  }
}

const judged = ({ lostVerifications: _, ...work }: Work): Work => work

/** During the search for a culprit an earlier merge may pass; trunk's tip still fails. */
function afterPass(work: Work, { on, attempt, report, at }: EventOf<'verification_passed'>): Work['verification'] {
  if (on !== work.trunk.tip && work.lastFailure !== null) return work.lastFailure
  return { status: 'passed', on, attempt, report, since: at }
}

function trunkMoved(work: Work, event: EventOf<'trunk_moved'>): Work {
  const state = ownOf(work.tasks, event.task)?.state
  if (state?.status !== 'landed') return work
  const merge = { task: event.task, head: state.head, sha: event.sha, at: event.at }
  return {
    ...work,
    verification: null,
    lastFailure: null,
    trunk: { ...work.trunk, tip: event.sha, merges: [...work.trunk.merges, merge] },
  }
}
