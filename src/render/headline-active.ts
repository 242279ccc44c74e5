import { spentUsd } from '../core/ledger.ts'
import { shortPlanId } from '../core/plan-id.ts'
import { wantedStages, wantsDescription } from '../core/stages.ts'
import type { ActiveRun, Work } from '../core/state.ts'
import { suspects } from '../core/verification.ts'
import { code } from './code.ts'
import { inline } from './escape.ts'
import { usd } from './money.ts'
import { moreMoney } from './money-wait.ts'
import { planningStage, toldOfPlanning } from './planning-stage.ts'
import { type Standing, type Standings, standingAs, standingsOf } from './standing.ts'
import { count } from './words.ts'

export interface Told {
  title: string
  means: string
}

/** How a run at work stands. Its titles are the same few words every time: checks and tests go by them. */
export function active(run: ActiveRun): Told {
  const { work, paused } = run
  if (work.baseSeen.stale)
    return {
      title: 'Stopped',
      means: 'The base branch moved in paths that the plan uses. Nothing new starts before a person decides.',
    }
  if (paused?.cause === 'budget') return outOfMoney(run)
  if (paused !== null)
    return {
      title: 'Paused',
      means: `Paused by ${inline(paused.by)}. What is at work goes on to its end; nothing new starts.`,
    }
  const standings = standingsOf(work)
  if (standingAs(standings, 'at work', 'queued').length > 0) return { title: 'Running', means: running(run) }
  return verification(run) ?? planning(run) ?? waiting(run, standings)
}

/** What was done with the money, and what goes on with more of it. */
function outOfMoney(run: ActiveRun): Told {
  const { work, ledger } = run
  const landed = standingAs(standingsOf(work), 'landed').length
  return {
    title: 'Paused at the limit of money',
    means: `${landed} of ${count(work.plan.tasks.length, 'task')} landed for ${usd(spentUsd(ledger))}; the limit is ${usd(ledger.limit ?? 0)}, and no more calls to a model are made. Nothing is lost: ${moreMoney(run)} goes on from here.`,
  }
}

function running(run: ActiveRun): string {
  const starts = 'Tasks start as soon as their own needs have landed.'
  if (planningStage(run) === 'done') return starts
  return `${starts} ${toldOfPlanning(run).means}`
}

/** The plan, or another version of it, is being written, and no task is at work meanwhile. */
const planning = (run: ActiveRun): Told | null => (planningStage(run) === 'done' ? null : toldOfPlanning(run))

function waiting(run: ActiveRun, standings: Standings): Told {
  const { work } = run
  const some = (...wanted: Standing[]) => standingAs(standings, ...wanted).length > 0
  if (wantsDescription(run))
    return { title: 'Running', means: 'Everything is in trunk and verified; the change is put into words now.' }
  if (some('verified')) return { title: 'Running', means: 'Verified work is being merged.' }
  if (some('waits for a person')) return { title: 'Waiting for a person', means: 'Nothing else can go on before that.' }
  if (some('failed', 'cancelled') && !isReplanning(run))
    return { title: 'Stopped', means: 'What could be done is done; the rest waits for a decision of a person.' }
  if (some('waits for approval') && !some('waits for its needs'))
    return {
      title: 'Waiting for approval',
      means: `What could be done beforehand is done. Nothing lands before ${code(`/approve ${shortPlanId(work.planId)}`)}.`,
    }
  if (some('not approved') && !some('waits for its needs')) return notApproved(work)
  return { title: 'Running', means: preparing(run) }
}

const notApproved = ({ amendments }: Work): Told => ({
  title: 'Waiting for a person',
  means: amendments.some(({ within }) => !within)
    ? 'The plan grew beyond what was approved; the new part waits for an approval.'
    : 'The approved part is done; the rest is not approved.',
})

const isReplanning = (run: ActiveRun): boolean => wantedStages(run).some(({ name }) => name === 'replan')

function preparing(run: ActiveRun): string {
  const stage = wantedStages(run).find(({ name }) => name === 'replan' || name === 'expand' || name === 'scope')
  if (stage?.task == null) return 'The next tasks are being prepared.'
  return stage.name === 'replan'
    ? `${code(stage.task)} failed for good; this part of the plan is being written anew.`
    : `${code(stage.task)} is being turned into tasks.`
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
  const [named = '', ...others] = suspects(work)
  if (others.length === 0) return `It fails since ${code(named)} was merged.`
  const some = others.slice(0, 5).map(code).join(', ')
  const more = others.length > 5 ? ` and ${others.length - 5} more` : ''
  return `${code(named)} was sent back, and trunk still fails: its new work does not mend it, or another task that was merged since its first has broken trunk too: ${some}${more}. The log may tell which.`
}
