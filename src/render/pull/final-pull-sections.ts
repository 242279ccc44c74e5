import { shortSha } from '../../core/ids.ts'
import { ownOf } from '../../core/own.ts'
import { verificationCommands } from '../../core/plan/checks.ts'
import type { AttemptRecord } from '../../core/run/task-record.ts'
import { code, codes, commandText, fence } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { firstOf } from '../markdown/fit.ts'
import { commaList, duration } from '../markdown/format.ts'
import type { PlannedRun } from '../plan/planned-run.ts'
import { taskTitle } from '../plan/tasks.ts'
import { displayStatuses, tasksShownAs } from '../status/display-status.ts'
import { adaptationLines, reviewLines } from '../status/review-text.ts'
import { failureLine, flakyAcceptance, flakyVerification } from '../status/task-failure.ts'

const COMMANDS = 4_000

/** The verdict on trunk, with the commands of the verification. */
export function verificationSection({ work }: PlannedRun): string[] {
  const found = work.verification
  const commands = verificationCommands(work.plan).map(commandText).join('\n')
  const result =
    found?.status === 'passed'
      ? `Passed on ${code(shortSha(found.on))} in ${duration(found.report.acceptanceSeconds)}, in a job without a write token (sandbox: ${inline(bounded(found.report.sandbox, 100))}).${flakyVerification(found)}`
      : found?.status === 'failed'
        ? `Failed on ${code(shortSha(found.on))}: ${failureLine(found.failure)}.`
        : 'Not run.'
  if (commands.length > COMMANDS) return [result, '', 'Its commands are named in the plan comment.']
  return [result, '', ...fence(commands)]
}

/** Conflicts that a model has resolved, for a closer look before the merge. */
export function conflictsSection({ work }: PlannedRun): string[] {
  const lines = work.plan.tasks.flatMap((task) => {
    const { state } = ownOf(work.tasks, task.id) ?? {}
    const others = state?.status === 'landed' ? (state.report?.resolved ?? []) : []
    return others.length > 0
      ? [
          `- ${taskTitle(task)}: a model resolved its conflict with ${codes(others)}; its acceptance was run by the machine.`,
        ]
      : []
  })
  return lines.length === 0 ? [] : ['### Conflicts resolved by a model', '', ...lines]
}

const REVIEWED = '**Reviewed by a model before it landed**'
const ROOM_FOR_REVIEWS = 8_000

/** What a model said of results before they landed, and what it changed in briefs. The acceptances and the verification are the machine's. */
export function reviewsSection({ work }: PlannedRun): string[] {
  const lines = work.plan.tasks.flatMap((task) => {
    const record = ownOf(work.tasks, task.id)
    const said = record === undefined ? [] : [...reviewLines(record, 300), ...adaptationLines(work, task.id, 300)]
    return said.length === 0 ? [] : [`- ${taskTitle(task)}`, ...said.map((line) => `  ${line}`)]
  })
  return lines.length === 0
    ? []
    : [REVIEWED, '', ...firstOf(lines, ROOM_FOR_REVIEWS, (left) => `- and ${left} more lines`)]
}

/** Attempts that failed or lost their slot, and skipped tasks: listed even if the run ended well. */
export function rerunsSection({ work }: PlannedRun): string[] {
  const lines = work.plan.tasks.flatMap((task) =>
    (ownOf(work.tasks, task.id)?.attempts ?? []).flatMap((attempt) => {
      const why = whyRetried(attempt)
      return why === null ? [] : [`- ${code(task.id)}, attempt ${attempt.attempt}: ${why}.`]
    }),
  )
  const skipped = tasksShownAs(displayStatuses(work), 'skipped')
  const more = skipped.length === 0 ? [] : [`- Skipped by a person: ${commaList(skipped.map(code))}.`]
  return lines.length + more.length === 0 ? [] : ['**Attempts that failed**', '', ...lines, ...more]
}

function whyRetried({ outcome, failure }: AttemptRecord): string | null {
  if (outcome === 'returned') return 'its slot was lost, and it was given out again'
  return failure === null ? null : failureLine(failure)
}

export function byPeopleSection({ work }: PlannedRun): string[] {
  const lines = (work.trunk.adopted ?? []).map(
    ({ sha, author }) => `- ${code(shortSha(sha))} by ${inline(bounded(author, 100))}`,
  )
  return lines.length === 0 ? [] : ['### Brought into this branch by people', '', ...lines.slice(-50)]
}

/** Acceptances that passed only when they ran again. */
export function flakySection({ work }: PlannedRun): string[] {
  const lines = work.plan.tasks.flatMap(({ id }) => {
    const { state } = ownOf(work.tasks, id) ?? {}
    const flaky = state?.status === 'landed' ? (state.report?.flaky ?? []) : []
    return flaky.length === 0 ? [] : [`- ${code(id)}: ${flakyAcceptance(flaky)}`]
  })
  return lines.length === 0 ? [] : ['### Flaky', '', ...lines]
}

/** Tasks whose work is not part of the change, and why. */
export function notLandedSection(run: PlannedRun): string[] {
  const statuses = displayStatuses(run.work)
  const rest = (
    [
      ['failed', 'Failed'],
      ['blocked', 'Blocked'],
      ['cancelled', 'Cancelled'],
      ['skipped', 'Skipped'],
      ['not approved', 'Not approved'],
    ] as const
  ).flatMap(([status, name]) => {
    const ids = tasksShownAs(statuses, status)
    return ids.length === 0 ? [] : [`- ${name}: ${codes(ids)}`]
  })
  return rest.length === 0 ? [] : ['### What is not in here', '', ...rest]
}
