import { failureLog } from '../../core/failure.ts'
import type { Sha } from '../../core/ids.ts'
import { projectedAs } from '../../core/run/projection-name.ts'
import type { Conclusion } from '../../core/run/state.ts'
import type { Verification } from '../../core/run/work.ts'
import { moneySection } from '../cost.ts'
import { sections } from '../markdown/blocks.ts'
import { firstOf, fitted, LIMITS } from '../markdown/fit.ts'
import { count, duration } from '../markdown/format.ts'
import type { PlannedRun } from '../plan/planned-run.ts'
import { displayStatuses, tasksShownAs } from '../status/display-status.ts'
import { headline } from '../status/headline.ts'
import { nextSteps } from '../status/next-steps.ts'
import { phaseOf, runBlocker } from '../status/run-phase.ts'
import { failureLine, flakyVerification } from '../status/task-failure.ts'
import { statusTable } from '../status/task-table.ts'
import { type CheckConclusion, type CheckOutput, type CheckState, completed } from './check-state.ts'
import { annotationsOf, detailsOf } from './job-log.ts'
import { outputSection } from './task-text.ts'

/**
 * The check of the whole run: on trunk's tip, once there is something to say of it. Until then there is none: it would cost a write
 * on each commit, and the next merge would make it obsolete. A required check that is missing blocks a merge as one in progress does.
 */
export function runChecksFor(run: PlannedRun): CheckOutput[] {
  const { tip } = run.work.trunk
  const state = runState(run)
  const isOver = state.status === 'completed'
  const title = isOver ? headline(run).title : 'Running'
  // What a verification said of a commit stands, also while the run works on from there.
  const isOpen = isShownOn(run, tip) && run.work.verdicts[tip] === undefined
  const commits = isOver || isOpen ? [...new Set([tip, ...failingCommit(run)])] : []
  return [...commits.map((sha) => runCheck(run, sha, title, state)), ...leftBehind(run, commits)]
}

const isShownOn = (run: PlannedRun, sha: Sha): boolean =>
  projectedAs(run, { kind: 'check', of: 'run', sha }) !== undefined

/** The earliest commit that is known to fail: the search for a culprit may have found one before the tip. */
const failingCommit = ({ work: { verification } }: PlannedRun): Sha[] =>
  verification?.status === 'failed' ? [verification.on] : []

const runCheck = (run: PlannedRun, sha: Sha, title: string, state: CheckState): CheckOutput => ({
  name: 'tributary / run',
  sha,
  externalId: `${run.run}/run/0`,
  title,
  state,
  ...(state.status === 'completed' ? { ...output(run), ...jobOfVerification(run, sha) } : atWork),
})

/** Where the newest verification ran; on the commit that failed it, also the lines that its output names. */
function jobOfVerification(run: PlannedRun, sha: Sha): Pick<CheckOutput, 'workflowRun' | 'job' | 'annotations'> {
  const { verification } = run.work
  if (verification?.status !== 'passed' && verification?.status !== 'failed') return {}
  const { ranIn } = verification
  return {
    ...(ranIn === undefined ? {} : detailsOf(run, ranIn)),
    ...(verification.status === 'failed' && verification.on === sha ? annotationsOf(verification.failure) : {}),
  }
}

/** Stays the same while the run is at work, so that it costs no writes; the status comment shows the progress. */
const atWork = {
  summary: 'The run is at work. The status comment on the final pull request shows each task.',
  text: 'Each task has a check of its own, on its own commits.',
}

/** Closes checks on earlier tips of trunk that got no verdict before the next merge. */
function leftBehind(run: PlannedRun, commits: readonly Sha[]): CheckOutput[] {
  const { start, merges, adopted = [] } = run.work.trunk
  const shown = [{ sha: start, at: run.work.proposedAt }, ...merges, ...adopted].filter(
    ({ sha }) => !commits.includes(sha) && isShownOn(run, sha),
  )
  return shown
    .filter(({ sha }) => run.work.verdicts[sha] === undefined)
    .map(({ sha, at }) => ({
      ...runCheck(run, sha, 'Trunk went on', completed('neutral', null, at)),
      summary: 'Later merges follow this commit; the check on the newest one counts.',
      text: atWork.text,
    }))
}

const output = (run: PlannedRun): Pick<CheckOutput, 'summary' | 'text'> => ({
  summary: fitted(LIMITS.check, [() => summary(run), () => [headline(run).detail]]),
  text: fitted(LIMITS.check, [
    () =>
      sections(
        statusTable(run, displayStatuses(run.work), { open: false, words: true }),
        verified(run),
        moneySection(run),
      ),
    () =>
      sections(
        statusTable(run, displayStatuses(run.work), { open: true, words: false }),
        verified(run),
        moneySection(run),
      ),
    () => verified(run),
  ]),
})

function summary(run: PlannedRun): string[] {
  const { title, counts, detail } = headline(run)
  const steps = firstOf(
    nextSteps(run).map((step) => `- ${step}`),
    20_000,
    (left) => `- and ${count(left, 'more line')} of this kind`,
  )
  return sections([`**${title}${counts === '' ? '' : `: ${counts}`}**`], [detail], steps)
}

/** In progress while the run can continue by itself; `action_required` only if nothing but a person can move it on. */
function runState(run: PlannedRun): CheckState {
  const { work } = run
  const startedAt = work.startedAt ?? work.proposedAt
  if (run.phase === 'ended') return completed(endOf(run.conclusion), startedAt, run.endedAt)
  if (run.phase === 'proposed') return completed('action_required', null, work.proposedAt)
  const blocker = runBlocker(phaseOf(run))
  if (blocker === 'none') return { status: 'in_progress', startedAt }
  const failed = blocker === 'broken' || tasksShownAs(displayStatuses(work), 'failed').length > 0
  return completed(failed ? 'failure' : 'action_required', startedAt, lastMoment(run))
}

function endOf(conclusion: Conclusion): CheckConclusion {
  switch (conclusion) {
    case 'success':
    case 'merged':
      return 'success'
    case 'refused':
      return 'failure'
    case 'closed':
    case 'cancelled':
    case 'rejected':
      return 'cancelled'
  }
}

/** The time of the newest change, from the journal: no clock is read. */
function lastMoment({ work }: PlannedRun): string {
  const moments = [
    work.startedAt ?? work.proposedAt,
    work.verification?.since ?? '',
    ...Object.values(work.tasks).map(({ state }) => ('since' in state ? state.since : '')),
  ]
  return moments.toSorted().at(-1) ?? work.proposedAt
}

function verified({ work }: PlannedRun): string[] {
  const { verification } = work
  if (verification === null) return ['The verification has not run yet.']
  return sections([verdict(verification)], outputSection(logOf(verification)))
}

function verdict(verification: Verification): string {
  switch (verification.status) {
    case 'queued':
      return 'The verification is queued.'
    case 'in_progress':
      return 'The verification is at work.'
    case 'passed':
      return `The verification passed in ${duration(verification.report.acceptanceSeconds)}. Cost: none (no model).${flakyVerification(verification)}`
    case 'failed':
      return `The verification failed: ${failureLine(verification.failure)}.`
  }
}

function logOf(verification: Verification): string {
  if (verification.status === 'passed') return verification.report.acceptanceLog
  return verification.status === 'failed' ? failureLog(verification.failure) : ''
}
