import type { EventOf, RunEvent } from './event.ts'
import { withAmendment, withTask } from './evolve-plan.ts'
import { evolveTask, type Fresh } from './evolve-task.ts'
import type { Work } from './state.ts'

/** What a run has of its work after an event: tasks, trunk, verification, growth. */
export function evolveWork(work: Work, event: Exclude<RunEvent, EventOf<'plan_requested'>>, fresh: Fresh): Work {
  switch (event.type) {
    case 'trunk_moved':
      return trunkMoved(work, event)
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
      return { ...work, verification: null }
    case 'verification_passed':
      return {
        ...work,
        verdicts: { ...work.verdicts, [event.on]: 'passed' },
        verification: { status: 'passed', on: event.on, attempt: event.attempt, report: event.report, since: event.at },
      }
    case 'verification_failed':
      return {
        ...work,
        verdicts: { ...work.verdicts, [event.on]: 'failed' },
        verification: {
          status: 'failed',
          on: event.on,
          attempt: event.attempt,
          failure: event.failure,
          since: event.at,
        },
      }
    case 'culprit_found':
      return { ...work, culprit: { task: event.task } }
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
    default:
      return evolveTask(work, event, fresh)
  }
}

function trunkMoved(work: Work, event: EventOf<'trunk_moved'>): Work {
  const state = work.tasks[event.task]?.state
  if (state?.status !== 'landed') return work
  const merge = { task: event.task, head: state.head, sha: event.sha, at: event.at }
  return {
    ...work,
    verification: null,
    trunk: { ...work.trunk, tip: event.sha, merges: [...work.trunk.merges, merge] },
  }
}
