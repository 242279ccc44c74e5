import { verificationCommands } from '../core/assignment.ts'
import { commitSubject } from '../core/commit-words.ts'
import { logRef, shortSha, trunkBranch } from '../core/ref.ts'
import type { AttemptRecord } from '../core/state.ts'
import { code, codes, fence, words } from './code.ts'
import { bounded, inline, quote } from './escape.ts'
import { failureLine } from './explain-task.ts'
import { fitted, LIMITS } from './fit.ts'
import { headline } from './headline.ts'
import { titled } from './plan-tasks.ts'
import { type PlannedRun, pullOf } from './planned.ts'
import { standingAs, standingsOf } from './standing.ts'
import { sections, table } from './table.ts'
import { count, duration, listed } from './words.ts'

const TITLE = 200

/** The final pull request: first what is planned, in the end what became of it. */
export const finalPull = (run: PlannedRun): { title: string; body: string } => ({
  title: bounded(commitSubject(run.work.plan.title, `Run ${run.run}`), TITLE),
  body: fitted(LIMITS.pull, [
    () => body(run, { text: true, tasks: true, reruns: true }),
    () => body(run, { text: false, tasks: true, reruns: true }),
    () => body(run, { text: false, tasks: true, reruns: false }),
    () => body(run, { text: false, tasks: false, reruns: false }),
  ]),
})

interface Level {
  text: boolean
  tasks: boolean
  reruns: boolean
}

const body = (run: PlannedRun, level: Level): string[] =>
  run.phase === 'ended' ? account(run, level) : draft(run, level)

/** While the run is at work this stays as it is: the comments tell how far it got. */
function draft(run: PlannedRun, level: Level): string[] {
  const { plan } = run.work
  return sections(
    [
      `Tributary works here on issue #${run.issue.number}: ${count(plan.tasks.length, 'task')}, merged into this branch one by one.`,
    ],
    level.text ? intent(run) : [],
    [
      'The plan, and the status of the run while it is at work, are in the comments below. Nothing runs before the plan is approved there.',
    ],
    level.tasks
      ? table(
          ['Task', 'Needs'],
          plan.tasks.map((task) => [titled(task), codes(task.needs)]),
        )
      : [],
    journal(run),
  )
}

function account(run: PlannedRun, level: Level): string[] {
  const { title, counts, means } = headline(run)
  return sections(
    // Merging must close the issue only where the whole of it was done.
    run.phase === 'ended' &&
      run.work.verification?.status === 'passed' &&
      ['success', 'merged'].includes(run.conclusion)
      ? [`Closes #${run.issue.number}`]
      : [`For issue #${run.issue.number}.`],
    [`**${title}${counts === '' ? '' : `: ${counts}`}.** ${means}`],
    level.text ? intent(run) : [],
    level.tasks
      ? ['### What landed', '', ...landed(run)]
      : [
          `${count(run.work.trunk.merges.length, 'merge')}; the table would not fitted, \`git log --first-parent\` has it.`,
        ],
    ['### Verification', '', ...verification(run)],
    level.reruns ? reruns(run) : [],
    notLanded(run),
    journal(run),
  )
}

function intent({ work: { plan } }: PlannedRun): string[] {
  return sections(
    plan.summary.trim() === '' ? [] : quote(plan.summary),
    plan.context.trim() === '' ? [] : quote(plan.context),
  )
}

/** In the order in which they were merged; a task that was merged twice is one line, with its newest merge. */
function landed(run: PlannedRun): string[] {
  const merges = new Map(run.work.trunk.merges.map((merge) => [merge.task, merge]))
  const rows = run.work.plan.tasks.flatMap((task) => {
    const merge = merges.get(task.id)
    if (merge === undefined) return []
    return [
      [titled(task), codes(task.writes), pullOf(run, task.id) ?? '', code(shortSha(merge.sha)), took(run, task.id)],
    ]
  })
  return rows.length === 0 ? ['Nothing.'] : table(['Task', 'Wrote in', 'Pull request', 'Merge', 'Took'], rows)
}

function took({ work }: PlannedRun, id: string): string {
  const { state } = work.tasks[id] ?? {}
  if (state?.status !== 'landed' || state.report === null) return ''
  return duration(state.report.workSeconds + state.report.acceptanceSeconds)
}

const COMMANDS = 4_000

function verification({ work }: PlannedRun): string[] {
  const found = work.verification
  const commands = verificationCommands(work.plan).map(words).join('\n')
  const result =
    found?.status === 'passed'
      ? `Passed on ${code(shortSha(found.on))} in ${duration(found.report.acceptanceSeconds)}, in a job without a write token (sandbox: ${inline(bounded(found.report.sandbox, 100))}).`
      : found?.status === 'failed'
        ? `Failed on ${code(shortSha(found.on))}: ${failureLine(found.failure)}.`
        : 'Not run.'
  if (commands.length > COMMANDS) return [result, '', 'Its commands are named in the plan comment.']
  return [result, '', ...fence(commands)]
}

/** What did not go right at once: it is part of the account, though it ended well. */
function reruns({ work }: PlannedRun): string[] {
  const lines = work.plan.tasks.flatMap((task) =>
    (work.tasks[task.id]?.attempts ?? []).flatMap((attempt) => {
      const why = mishap(attempt)
      return why === null ? [] : [`- ${code(task.id)}, attempt ${attempt.attempt}: ${why}.`]
    }),
  )
  const skipped = standingAs(standingsOf(work), 'skipped')
  const more = skipped.length === 0 ? [] : [`- Skipped by a person: ${listed(skipped.map(code))}.`]
  return lines.length + more.length === 0 ? [] : ['### Conflicts and reruns', '', ...lines, ...more]
}

function mishap({ outcome, failure }: AttemptRecord): string | null {
  if (outcome === 'returned') return 'its slot was lost, and it was given out again'
  return failure === null ? null : failureLine(failure)
}

function notLanded(run: PlannedRun): string[] {
  const standings = standingsOf(run.work)
  const rest = (
    [
      ['failed', 'Failed'],
      ['blocked', 'Blocked'],
      ['cancelled', 'Cancelled'],
      ['skipped', 'Skipped'],
      ['not approved', 'Not approved'],
    ] as const
  ).flatMap(([standing, name]) => {
    const ids = standingAs(standings, standing)
    return ids.length === 0 ? [] : [`- ${name}: ${codes(ids)}`]
  })
  return rest.length === 0 ? [] : ['### What is not in here', '', ...rest]
}

const journal = ({ run, work }: PlannedRun): string[] => [
  `Everything that the run knows is in its journal: ${code(`git fetch origin ${logRef(run)}:${logRef(run)}`)}, then ${code(`git log ${logRef(run)}`)}. ` +
    `Branch ${code(trunkBranch(run))}, base ${code(shortSha(work.base))}, plan ${code(work.planId.slice(0, 12))}.`,
]
