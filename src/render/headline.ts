import { shortPlanId } from '../core/plan-id.ts'
import type { ActiveRun, EndedRun, LiveRun, ProposedRun, Work } from '../core/state.ts'
import { code } from './code.ts'
import { bounded, inline } from './escape.ts'
import { pullOf } from './planned.ts'
import { counts, standingAs, standingsOf } from './standing.ts'
import { count } from './words.ts'

export interface Headline {
  /** In a few words, the same ones every time. */
  title: string
  /** The counts, as a line of their own; empty where nothing is counted. */
  counts: string
  /** What that means, as a sentence. */
  means: string
}

/** How a run stands, for the status comment, the check of the run and the job summary. */
export function headline(run: LiveRun): Headline {
  switch (run.phase) {
    case 'requested':
      return { title: 'Planning', counts: '', means: 'The plan in the issue is being read.' }
    case 'proposed':
      return proposed(run)
    case 'active':
      return { ...active(run), counts: counts(standingsOf(run.work)) }
    case 'ended':
      return {
        ...ended(run),
        counts: run.work === null || run.work.startedAt === null ? '' : counts(standingsOf(run.work)),
      }
  }
}

function proposed({ work }: ProposedRun): Headline {
  if (work.baseSeen.stale)
    return {
      title: 'Out of date',
      counts: '',
      means: 'The base branch moved in paths that the plan uses. Nothing was started.',
    }
  return {
    title: 'Waiting for approval',
    counts: '',
    means: `The plan has ${count(work.plan.tasks.length, 'task')}. Nothing runs before ${code(`/approve ${shortPlanId(work.planId)}`)}.`,
  }
}

type Told = Omit<Headline, 'counts'>

function active(run: ActiveRun): Told {
  const { work, paused } = run
  if (work.baseSeen.stale)
    return {
      title: 'Stopped',
      means: 'The base branch moved in paths that the plan uses. Nothing new starts before a person decides.',
    }
  if (paused !== null)
    return {
      title: 'Paused',
      means: `Paused by ${inline(paused.by)}. What is at work goes on to its end; nothing new starts.`,
    }
  const standings = standingsOf(work)
  if (standingAs(standings, 'at work', 'queued').length > 0)
    return { title: 'Running', means: 'Tasks start as soon as their own needs have landed.' }
  const verifying = verification(run)
  if (verifying !== null) return verifying
  if (standingAs(standings, 'verified').length > 0) return { title: 'Running', means: 'Verified work is being merged.' }
  if (standingAs(standings, 'waits for a person').length > 0)
    return { title: 'Waiting for a person', means: 'Nothing else can go on before that.' }
  if (standingAs(standings, 'failed', 'cancelled').length > 0)
    return { title: 'Stopped', means: 'What could be done is done; the rest waits for a decision of a person.' }
  if (standingAs(standings, 'not approved').length > 0 && standingAs(standings, 'waits for its needs').length === 0)
    return { title: 'Waiting for a person', means: 'The approved part is done; the rest is not approved.' }
  return { title: 'Running', means: 'The next tasks are being prepared.' }
}

function verification({ work }: ActiveRun): Told | null {
  const found = work.verification
  if (found === null) return null
  if (found.status === 'queued' || found.status === 'in_progress') {
    const searching = found.on !== work.trunk.tip
    return {
      title: 'Verifying',
      means: searching
        ? 'The verification failed on trunk; earlier merges are verified to find the one that broke it.'
        : 'All tasks are in trunk, and the verification runs on it.',
    }
  }
  if (found.status === 'failed') return { title: 'Verification failed', means: culprit(work) }
  return null
}

function culprit(work: Work): string {
  if (work.verification?.status === 'failed' && work.verification.failure.reason !== 'verification-failed')
    return 'The verification could not be run.'
  if (work.culprit === null) return 'The merge that broke it is being looked for.'
  if (work.culprit.task === null) return 'It fails on the base already, before any task was merged.'
  return `It fails since ${code(work.culprit.task)} was merged.`
}

function ended(run: EndedRun): Told {
  const { work } = run
  const pull = pullOf(run, 'trunk')
  const why = run.why.trim() === '' ? '' : ` Reason given: ${inline(bounded(run.why, 500))}.`
  switch (run.conclusion) {
    case 'success':
      return {
        title: 'Done',
        means: 'Everything is in trunk, and the verification passed.',
      }
    case 'merged':
      return {
        title: 'Merged',
        means: `The final pull request${pull === null ? '' : ` ${pull}`} was merged. The branches of the tasks are gone; the journal stays.`,
      }
    case 'closed':
      return {
        title: 'Closed',
        means: `The final pull request${pull === null ? '' : ` ${pull}`} was closed without a merge. The branches of the tasks are gone; the journal stays.`,
      }
    case 'cancelled':
      return {
        title: 'Cancelled',
        means: `The run was stopped.${why} Branches with work in them stay${work === null || work.trunk.merges.length === 0 ? '' : ', and so does trunk with what was merged'}.`,
      }
    case 'rejected':
      return { title: 'Rejected', means: `The plan was rejected, and nothing was started.${why}` }
    case 'refused':
      return {
        title: 'Refused',
        means: `The plan has ${count(run.problems.length, 'problem')}, and nothing was started.`,
      }
  }
}
