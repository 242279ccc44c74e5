import { shortSha, type TaskId } from '../../core/ids.ts'
import { spentUsd } from '../../core/money/ledger.ts'
import { shortPlanId } from '../../core/plan/plan-id.ts'
import type { ActiveRun } from '../../core/run/state.ts'
import type { Work } from '../../core/run/work.ts'
import { nextParked } from '../../core/schedule/ready.ts'
import { budgetCommand } from '../cost.ts'
import { code, sentence } from '../markdown/code.ts'
import { bounded, inline, oneLine } from '../markdown/escape.ts'
import { count, moment, usd } from '../markdown/format.ts'
import { planningHeadline, planningStage } from '../plan/planning-progress.ts'
import { displayStatuses, tasksShownAs } from './display-status.ts'
import { phaseOf, type TrunkFailure } from './run-phase.ts'

export interface ActiveHeadline {
  title: string
  detail: string
}

/** The heading of an active run. Titles come from a small fixed set. */
export function activeHeadline(run: ActiveRun): ActiveHeadline {
  const { work } = run
  const phase = phaseOf(run)
  switch (phase.kind) {
    case 'base-moved':
      return {
        title: 'Stopped',
        detail: 'The base branch moved in paths that the plan uses. Nothing new starts before a person decides.',
      }
    case 'out-of-money':
      return outOfMoney(run)
    case 'paused':
      return {
        title: 'Paused',
        detail: `${pausedFor(phase)} Tasks that are running finish; no new ones start.`,
      }
    case 'running':
      return { title: 'Running', detail: running(run) }
    case 'verifying':
      return {
        title: 'Verifying',
        detail: verifying(phase),
      }
    case 'verification-failed':
      return { title: 'Verification failed', detail: brokenBy(phase.failure) }
    case 'planning':
      return planningHeadline(run)
    case 'describing':
      return { title: 'Running', detail: 'Everything is merged and verified; a model describes the change now.' }
    case 'merging':
      return { title: 'Running', detail: 'Verified work is being merged.' }
    case 'waiting-for-person':
      return { title: 'Waiting for a person', detail: `${besides(work, 'The run continues after you decide')}.` }
    case 'stuck':
      return {
        title: 'Stopped',
        detail: `${besides(work, 'Everything else is done')}; you decide how the rest goes on.`,
      }
    case 'waiting-for-approval':
      return {
        title: 'Waiting for approval',
        detail: `${besides(work, 'Everything that needs no approval is done')}. Nothing lands before ${code(`/approve ${shortPlanId(work.planId)}`)}.`,
      }
    case 'part-not-approved':
      return {
        title: 'Waiting for a person',
        detail: phase.grew
          ? 'The plan grew beyond what was approved; the new part waits for an approval.'
          : `${besides(work, 'The approved part is done')}; the rest is not approved.`,
      }
    case 'replanning':
      return {
        title: 'Running',
        detail: `${code(phase.task)} failed for good; this part of the plan is being written again.`,
      }
    case 'expanding':
      return { title: 'Running', detail: `${code(phase.task)} is being turned into tasks.` }
    case 'model-busy':
      return {
        title: 'Waiting for the model',
        detail: `The model is overloaded or cannot be reached. The work so far is kept, and goes on by itself at ${moment(phase.next.toISOString())}.`,
      }
    case 'preparing':
      return { title: 'Running', detail: 'The next tasks are being prepared.' }
  }
}

/** Parked tasks go on while a person is waited for. */
function besides(work: Work, otherwise: string): string {
  const parked = nextParked(work)
  return parked === null ? otherwise : `What waits for the model goes on at ${moment(parked.toISOString())}`
}

/** A person who pauses a run gives no reason. */
function pausedFor({ by, why, refused }: { by: string; why: string; refused: boolean }): string {
  // GitHub's words may end with a full stop.
  const words = bounded(oneLine(why), 1500).replace(/[.\s]+$/, '')
  if (refused) return `GitHub refused the trunk branch of the run. GitHub said: ${sentence(words)}.`
  return by !== 'tributary' || words.trim() === ''
    ? `Paused by ${inline(by)}.`
    : `The run is paused: ${sentence(words)}.`
}

function verifying({ searching, rerun }: { searching: boolean; rerun: boolean }): string {
  const again = rerun ? ' It failed once, and runs again on the same tree before anything is blamed.' : ''
  return searching
    ? `The verification failed on trunk; earlier merges are verified to find the one that broke it.${again}`
    : `All tasks are merged into trunk, and the verification runs on it.${again}`
}

/** What has landed for the money spent, and how to raise the limit. */
function outOfMoney(run: ActiveRun): ActiveHeadline {
  const { work, ledger } = run
  const landed = tasksShownAs(displayStatuses(work), 'landed').length
  return {
    title: 'Paused at the limit of money',
    detail: `${landed} of ${count(work.plan.tasks.length, 'task')} landed for ${usd(spentUsd(ledger))}; the limit is ${usd(ledger.limit ?? 0)}, and no more calls to a model are made. Nothing is lost: ${budgetCommand(run)} continues from here.`,
  }
}

function running(run: ActiveRun): string {
  const starts = 'Tasks start as soon as their own needs have landed.'
  if (planningStage(run) === 'done') return starts
  return `${starts} ${planningHeadline(run).detail}`
}

function brokenBy(failure: TrunkFailure): string {
  switch (failure.cause) {
    case 'not-run':
      return 'The verification could not be run.'
    case 'searching':
      return 'The merge that broke it is being looked for.'
    case 'base':
      return 'It fails on the base already, before any task was merged.'
    case 'adopted':
      return `It has failed since ${code(shortSha(failure.sha))}, which ${inline(bounded(failure.author, 100))} added to trunk.`
    case 'task':
      return brokenByTask(failure.task, failure.others)
  }
}

function brokenByTask(task: TaskId, others: readonly TaskId[]): string {
  if (others.length === 0) return `It has failed since ${code(task)} was merged.`
  const some = others.slice(0, 5).map(code).join(', ')
  const more = others.length > 5 ? ` and ${others.length - 5} more` : ''
  return `${code(task)} was sent back, and trunk still fails. Either its new work does not fix it, or a task that was merged later broke trunk too: ${some}${more}. The log may tell which.`
}
