import { shortSha, trunkBranch } from '../../core/ids.ts'
import { shortPlanId } from '../../core/plan/plan-id.ts'
import type { EndedRun, LiveRun, ProposedRun } from '../../core/run/state.ts'
import { code } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { count } from '../markdown/format.ts'
import { pullOf } from '../plan/planned-run.ts'
import { planningHeadline, planningStage } from '../plan/planning-progress.ts'
import { displayStatuses, taskCounts } from './display-status.ts'
import { type ActiveHeadline, activeHeadline } from './headline-active.ts'

export interface Headline {
  /** A few words from a fixed set. */
  title: string
  /** The counts of tasks by status; empty if no task has started. */
  counts: string
  /** What the title means, in one or two sentences. */
  detail: string
}

/** The heading of a run for the status comment, the run's check and the job summary. */
export function headline(run: LiveRun): Headline {
  switch (run.phase) {
    case 'requested':
      return { ...planningHeadline(run), counts: '' }
    case 'proposed':
      return proposed(run)
    case 'active':
      return { ...activeHeadline(run), counts: taskCounts(displayStatuses(run.work)) }
    case 'ended':
      return {
        ...ended(run),
        counts: run.work === null || run.work.startedAt === null ? '' : taskCounts(displayStatuses(run.work)),
      }
  }
}

function proposed(run: ProposedRun): Headline {
  const { work } = run
  if (planningStage(run) !== 'done') return { ...planningHeadline(run), counts: '' }
  if (work.baseSeen.stale)
    return {
      title: 'Out of date',
      counts: '',
      detail: 'The base branch moved in paths that the plan uses. Nothing was started.',
    }
  return {
    title: 'Waiting for approval',
    counts: '',
    detail: `The plan has ${count(work.plan.tasks.length, 'task')}. No task starts before ${code(`/approve ${shortPlanId(work.planId)}`)}.`,
  }
}

const gone = ({ work }: EndedRun, whose: 'run' | 'tasks'): string =>
  work?.settings.keep_branches === true
    ? 'Its branches and its journal stay.'
    : `The branches of the ${whose} are gone; the journal stays.`

/** People may merge more than was verified. */
function beyond({ work, head }: EndedRun): string {
  const passed = work?.verification?.status === 'passed' ? work.verification.on : undefined
  return head === undefined || passed === undefined || head === passed
    ? ''
    : ` Its head was ${code(shortSha(head))}, and the verification passed on ${code(shortSha(passed))}: what came after that was not verified.`
}

function ended(run: EndedRun): ActiveHeadline {
  const { work } = run
  const pull = pullOf(run, 'trunk')
  const why = run.why.trim() === '' ? '' : ` Reason given: ${inline(bounded(run.why, 500))}.`
  switch (run.conclusion) {
    case 'success':
      return {
        title: 'Done',
        detail: `What landed is on ${code(trunkBranch(run.run))}, and the verification passed.`,
      }
    case 'merged':
      return {
        title: 'Merged',
        detail: `The final pull request${pull === null ? '' : ` ${pull}`} was merged.${beyond(run)} ${gone(run, 'run')}`,
      }
    case 'closed':
      return {
        title: 'Closed',
        detail: `The final pull request${pull === null ? '' : ` ${pull}`} was closed without a merge. ${gone(run, 'tasks')}`,
      }
    case 'cancelled':
      return {
        title: 'Cancelled',
        detail: `The run was stopped.${why} Branches with work in them stay${work === null || work.trunk.merges.length === 0 ? '' : ', and so does trunk with what was merged'}.`,
      }
    case 'rejected':
      return {
        title: 'Rejected',
        detail: `The plan was rejected, and nothing ${work?.startedAt == null ? 'was started' : 'of it landed'}.${why}`,
      }
    case 'refused':
      return {
        title: 'Refused',
        detail:
          run.planning === null
            ? `The plan has ${count(run.problems.length, 'problem')}, and nothing was started.`
            : 'There is no plan, and nothing landed.',
      }
  }
}
