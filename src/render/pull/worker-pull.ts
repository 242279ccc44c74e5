import { failureLog } from '../../core/failure.ts'
import { shortSha, type TaskId, trunkBranch } from '../../core/ids.ts'
import { waitsForPerson } from '../../core/landing/gate.ts'
import { spendingOfTask } from '../../core/money/ledger.ts'
import { dependantsOf } from '../../core/plan/graph.ts'
import type { Task } from '../../core/plan/plan.ts'
import { recordOf, taskOf } from '../../core/run/lookup.ts'
import type { Work } from '../../core/run/work.ts'
import { commitSubject } from '../../core/text/control-characters.ts'
import { costFacts } from '../cost.ts'
import { detailsBlock, sections } from '../markdown/blocks.ts'
import { code, codes, commandText, fence, withoutColours } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { failingLines } from '../markdown/failing-lines.ts'
import { fitted, LIMITS, tail } from '../markdown/fit.ts'
import { duration } from '../markdown/format.ts'
import { blockQuote, modelBlock, modelText } from '../markdown/model-text.ts'
import { type PlannedRun, pullOf } from '../plan/planned-run.ts'
import { handOffLines, taskFacts } from '../plan/task-brief.ts'
import { checkName } from '../plan/tasks.ts'
import { newestReport } from '../status/display-status.ts'
import { adaptationLines, differenceLines, reviewLines } from '../status/review-text.ts'
import { failureLine } from '../status/task-failure.ts'
import { linksOf } from '../status/task-table.ts'
import { type WorkerStage, workerStage } from './worker-stage.ts'

/**
 * Title and body of the pull request of one task into trunk. The body follows the state of the task where a person has something to
 * do. One that lands by itself is not edited, since each edit is a write: its words hold from its opening on, and after its merge.
 */
export function workerPull(run: PlannedRun, id: TaskId): { title: string; body: string } {
  const task = taskOf(run.work, id)
  return {
    title: bounded(`${task.id}: ${commitSubject(task.title, 'a task')}`, 200),
    body: fitted(LIMITS.pull, [
      () => body(run, task, { goal: true, lists: true, handOff: 1_200 }),
      () => body(run, task, { goal: false, lists: true, handOff: 200 }),
      () => body(run, task, { goal: false, lists: false, handOff: 0 }),
    ]),
  }
}

interface Level {
  goal: boolean
  lists: boolean
  handOff: number
}

function body(run: PlannedRun, task: Task, level: Level): string[] {
  const stage = workerStage(run, task.id)
  const about = [
    [`${code(task.id)} ${inline(task.title)}, a task of the plan for issue #${run.issue.number}.`],
    level.goal && task.goal.trim() !== '' ? blockQuote(task.goal) : [],
  ]
  const folded = detailsBlock('The brief of this task', brief(run, task, level))
  if (landsByItself(run.work, task.id, stage))
    return sections(unattended(run, task), ...about, promises(run, task), folded)
  return sections(
    top(run, task.id, stage),
    ...about,
    lookAt(run, task.id, stage.kind === 'landed' ? 'What it did' : 'What to look at', level.handOff),
    acceptance(run, task),
    promises(run, task),
    stage.kind === 'at work' ? [] : cost(run, task.id),
    folded,
  )
}

/** So far as is known now, no person is asked for anything before it lands, nor to look twice at what a model settled or found. */
function landsByItself(work: Work, id: TaskId, { kind }: WorkerStage): boolean {
  const record = recordOf(work, id)
  const settled = newestReport(record)?.resolved ?? []
  const isQuiet = settled.length === 0 && reviewLines(record, 1).length === 0
  return isQuiet && !waitsForPerson(work, id) && ['at work', 'verified', 'landed'].includes(kind)
}

/** Says nothing that a merge makes wrong: whether it is open or merged is what GitHub shows above it. */
const unattended = (run: PlannedRun, { id, title }: Task): string[] => [
  `**Nothing to do here.** The run merges this into ${trunkOf(run)} by itself once its acceptance passes; until then, this pull request stays open. The result comes with the check ${code(checkName(id, title))}: the worker's report, the output, and the cost. If the run needs you, this text says so.`,
]

/** What this is now, and what a person types. */
function top(run: PlannedRun, id: TaskId, stage: WorkerStage): string[] {
  const back = `Request changes, or type ${code(`/retry ${id} -- note`)}, to send it back; ${code(`/skip ${id}`)} leaves it out.`
  switch (stage.kind) {
    case 'at work':
      return [`**At work**, attempt ${stage.attempt}. There is nothing to review yet.${superseded(stage)}`]
    case 'verified':
      return [`${VERIFIED[stage.waitsFor](trunkOf(run))}${stage.waitsFor === 'review' ? ` ${back}` : ''}`]
    case 'failed':
      return failed(run, id)
    case 'landed':
      return [`**Landed** in ${trunkOf(run)}${mergeOf(run, id)}. There is nothing left to do here.`]
    case 'left':
      return [`**Not part of the change**: ${LEFT[stage.how]}. The branch stays as long as the run does.`]
  }
}

const superseded = ({ before }: Extract<WorkerStage, { kind: 'at work' }>): string => {
  if (before === null) return ''
  const why = before.failure === null ? '' : `: ${failureLine(before.failure)}`
  return ` It replaces attempt ${before.attempt}${why}.`
}

const VERIFIED: Readonly<Record<'review' | 'model' | 'approval' | 'next', (trunk: string) => string>> = {
  review: (trunk) =>
    `**Ready for your review.** Its acceptance passed. Approve this pull request, or type \`/approve\` here, and the run merges it into ${trunk}; a merge by hand counts as an approval.`,
  model: (trunk) => `**Verified.** A model reviews it before the run merges it into ${trunk}.`,
  approval: (trunk) => `**Verified.** It lands in ${trunk} once the plan is approved.`,
  next: (trunk) => `**Verified.** The run merges it into ${trunk} next.`,
}

const LEFT = {
  skipped: 'the task was skipped',
  cancelled: 'the task was stopped',
  'run ended': 'the run ended before it landed',
} as const

function failed(run: PlannedRun, id: TaskId): string[] {
  const { state, attempts } = recordOf(run.work, id)
  if (state.status !== 'failed') return []
  const lines = failingLines(failureLog(state.failure))
  const last = attempts.at(-1)
  const links = last === undefined ? [] : linksOf(run, id, last)
  return sections(
    [
      `**Failed**: ${failureLine(state.failure)}${links.length === 0 ? '' : ` (${links.join(', ')})`}. Type ${code(`/retry ${id} -- note`)} to try again, or ${code(`/skip ${id}`)} to go on without it.`,
    ],
    lines.length === 0 ? [] : fence(lines.join('\n')),
  )
}

function trunkOf(run: PlannedRun): string {
  const final = pullOf(run, 'trunk')
  return `${code(trunkBranch(run.run))}${final === null ? '' : ` (${final})`}`
}

function mergeOf({ work }: PlannedRun, id: TaskId): string {
  const merge = work.trunk.merges.findLast(({ task }) => task === id)
  return merge === undefined ? '' : ` with ${code(shortSha(merge.sha))}`
}

/** What a reviewer should look at first: what the worker said of it, and what a model found or settled. */
function lookAt({ work }: PlannedRun, id: TaskId, heading: string, most: number): string[] {
  const report = newestReport(recordOf(work, id))
  const resolved = report?.resolved ?? []
  const review = [...reviewLines(recordOf(work, id), most), ...adaptationLines(work, id, most)]
  return sections(
    resolved.length === 0
      ? []
      : [`**Conflict resolved by a model**: this settles a conflict with ${codes(resolved)}. Look at it twice.`],
    report?.handOff === undefined || most === 0
      ? []
      : [`### ${heading}`, '', ...handOffLines(report.handOff, most), ...differenceLines(work, id, most)],
    review.length === 0 || most === 0 ? [] : ['### Review by a model', '', ...review],
  )
}

const LOG = 4_000

/** The command, its verdict, and the end of its output. */
function acceptance({ work }: PlannedRun, { id, acceptance: { argv } }: Task): string[] {
  const report = newestReport(recordOf(work, id))
  if (report === null || argv.length === 0) return []
  const log = withoutColours(report.acceptanceLog).trimEnd()
  return [
    '### Acceptance',
    '',
    `${code(bounded(commandText(argv), 300))} passed in ${duration(report.acceptanceSeconds)}.`,
    ...(log === '' ? [] : ['', ...detailsBlock('The end of its output', fence(tail(log, LOG)))]),
  ]
}

/** What other tasks build on, and which. */
function promises({ work }: PlannedRun, { id, interface: promised }: Task): string[] {
  const direct = work.plan.tasks.filter(({ needs }) => needs.includes(id)).map((task) => task.id)
  const all = dependantsOf(work.plan.tasks, [id]).size
  if (direct.length === 0) return []
  const others = all > direct.length ? `, and ${all - direct.length} more after them` : ''
  const words = promised.trim() === '' ? '' : ` It promised them: ${modelText(promised, 1_000)}`
  return [`**Others build on it:** ${codes(direct.slice(0, 20))}${others}.${words}`]
}

const cost = (run: PlannedRun, id: TaskId): string[] => {
  const lines = costFacts(spendingOfTask(run.ledger, id))
  return recordOf(run.work, id).attempts.length === 0 ? [] : lines
}

const brief = ({ work }: PlannedRun, task: Task, { goal, lists }: Level): string[] =>
  sections(
    goal && task.expected_outcome.trim() !== '' ? modelBlock(task.expected_outcome) : [],
    lists ? taskFacts(task, work.settings) : ['Its paths and commands would not fit here; the plan comment has them.'],
  )
