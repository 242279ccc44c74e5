import { failureLog, type TaskFailure } from '../../core/failure.ts'
import { logRef, shortSha, type TaskId, trunkBranch } from '../../core/ids.ts'
import { recordOf } from '../../core/run/lookup.ts'
import { type Refusable, refusableSchema } from '../../core/run/report.ts'
import type { LiveRun } from '../../core/run/state.ts'
import type { Work } from '../../core/run/work.ts'
import { budgetText, moneySection } from '../cost.ts'
import { detailsBlock, sections } from '../markdown/blocks.ts'
import { code, commandText, fence } from '../markdown/code.ts'
import { bounded, inline, oneLine } from '../markdown/escape.ts'
import { failingLines } from '../markdown/failing-lines.ts'
import { firstOf, fitted, LIMITS } from '../markdown/fit.ts'
import { count, duration, moment } from '../markdown/format.ts'
import { makeMarker } from '../markdown/marker.ts'
import { amendmentLines } from '../plan/difference.ts'
import { graph } from '../plan/graph.ts'
import { predictedBesideTaken } from '../plan/numbers.ts'
import { isPlanned, type PlannedRun, pullOf } from '../plan/planned-run.ts'
import { explainProblem } from '../plan/problems.ts'
import { displayStatuses, nodeStyles, tasksShownAs } from './display-status.ts'
import { headline } from './headline.ts'
import { limitLine, modelLine } from './limit-line.ts'
import { nextSteps } from './next-steps.ts'
import { failureLine, flakyVerification } from './task-failure.ts'
import { leftOut, linksOf, statusTable, type TableDetail } from './task-table.ts'

/** What a rendering shows. The levels leave out more and more; the next steps stay in all of them. */
interface Level {
  graph: boolean
  rows: TableDetail | null
}

const LEVELS: readonly Level[] = [
  { graph: true, rows: { open: false, words: true } },
  { graph: false, rows: { open: false, words: true } },
  { graph: false, rows: { open: true, words: true } },
  { graph: false, rows: { open: true, words: false } },
  { graph: false, rows: null },
]

/** Bytes for the next steps, and for the problems, in every rendering. */
const STEPS = 20_000

/** The live comment of a run. It depends on the state alone: all times are from the journal. */
export const renderStatus = (run: LiveRun): string => fittedStatus(run, [makeMarker('status', run.run)])

/** The same for a place that is no comment, so without a marker. */
export const statusText = (run: LiveRun): string => fittedStatus(run, [])

const fittedStatus = (run: LiveRun, before: readonly string[]): string =>
  fitted(
    LIMITS.comment,
    LEVELS.map((level) => () => [...before, ...status(run, level)]),
  )

function status(run: LiveRun, level: Level): string[] {
  const { title, counts, detail } = headline(run)
  return sections(
    [`## ${title}${counts === '' ? '' : `: ${counts}`}`],
    [detail],
    limitLine(run),
    modelLine(run),
    steps(run),
    isPlanned(run) ? failures(run) : [],
    problems(run),
    level.graph && isPlanned(run) && run.work.startedAt !== null
      ? graph(run.work.plan, nodeStyles(displayStatuses(run.work)))
      : [],
    tasks(run, level.rows),
    isPlanned(run) ? verification(run.work) : [],
    isPlanned(run) ? grown(run.work) : [],
    isPlanned(run) ? predictedBesideTaken(run) : [],
    money(run),
    without(run),
    detailsBlock('About this run', facts(run)),
  )
}

function steps(run: LiveRun): string[] {
  const found = nextSteps(run).map((step) => `- ${step}`)
  if (found.length === 0) return []
  return [
    '**What you can do now**',
    '',
    ...firstOf(found, STEPS, (left) => `- and ${count(left, 'more line')} of this kind`),
  ]
}

const MOST_FAILURES = 3

/** The lines that say what failed, so that a person need not open a log to choose between a retry and a skip. */
function failures(run: PlannedRun): string[] {
  const failed = tasksShownAs(displayStatuses(run.work), 'failed').slice(0, MOST_FAILURES)
  return sections(...failed.map((id) => failureOf(run, id)))
}

function failureOf(run: PlannedRun, id: TaskId): string[] {
  const { state, attempts } = recordOf(run.work, id)
  const last = attempts.at(-1)
  if (state.status !== 'failed' || last === undefined) return []
  const lines = failingBlock(state.failure)
  if (lines.length === 0) return []
  const links = linksOf(run, id, last)
  const more = links.length === 0 ? '' : ` (${links.join(', ')})`
  return [`${code(id)} failed: ${failureLine(state.failure)}${more}:`, ...lines]
}

function failingBlock(failure: TaskFailure): string[] {
  const lines = failingLines(failureLog(failure))
  return lines.length === 0 ? [] : ['', ...fence(lines.join('\n'))]
}

const problems = (run: LiveRun): string[] =>
  run.phase === 'ended'
    ? firstOf(
        run.problems.map((problem) => `- ${explainProblem(problem)}`),
        STEPS,
        (left) => `- and ${count(left, 'more problem')}`,
      )
    : []

/** Above this, tasks that have landed or wait for others are folded. */
const MANY_TASKS = 20

function tasks(run: LiveRun, rows: TableDetail | null): string[] {
  if (!isPlanned(run) || run.work.startedAt === null) return []
  if (rows === null)
    return [`The table of ${count(run.work.plan.tasks.length, 'task')} would not fit. The checks show each task.`]
  const statuses = displayStatuses(run.work)
  if (rows.open || statuses.size <= MANY_TASKS) return [...statusTable(run, statuses, rows), ...leftOut(run, rows)]
  return sections(
    statusTable(run, statuses, { ...rows, open: true }),
    detailsBlock(`All ${statuses.size} tasks`, statusTable(run, statuses, rows)),
    leftOut(run, rows),
  )
}

function money(run: LiveRun): string[] {
  const lines = moneySection(run)
  return lines.length === 0 ? [] : detailsBlock(`Money: ${budgetText(run.ledger)}`, lines)
}

/** Parts that were added to the plan during the run. */
function grown(of: Work): string[] {
  const lines = amendmentLines(of, 3_000)
  return lines.length === 0 ? [] : ['**The plan grew**', '', ...lines]
}

function verification({ verification: found }: Work): string[] {
  if (found === null) return []
  const on = `Verification ${found.attempt} of ${code(shortSha(found.on))}`
  switch (found.status) {
    case 'queued':
      return [`${on}: queued.`]
    case 'in_progress':
      return [`${on}: at work in slot ${code(found.slot)} since ${moment(found.since)}.`]
    case 'passed':
      return [`${on}: passed in ${duration(found.report.acceptanceSeconds)}.${flakyVerification(found)}`]
    case 'failed':
      return [`${on}: ${failureLine(found.failure)}.`, ...failingBlock(found.failure)]
  }
}

function facts(run: LiveRun): string[] {
  const pull = pullOf(run, 'trunk')
  const lines = [
    `Run ${code(run.run)} of issue #${run.issue.number}, requested by ${inline(run.askedBy)} at ${moment(run.askedAt)}.`,
    ...(isPlanned(run) ? work(run.work, run.run, pull) : []),
    ...(run.crashes === 0
      ? []
      : [
          `The orchestrator was lost ${count(run.crashes, 'time')} without progress in between; what was done is kept.`,
        ]),
    ...(run.phase === 'ended' ? [`Ended at ${moment(run.endedAt)}.`] : []),
    `Journal: ${code(commandText(['git', 'fetch', 'origin', logRef(run.run)]))}, then \`git log FETCH_HEAD\`.`,
  ]
  return lines.map((line) => `- ${line}`)
}

function work(of: Work, run: string, pull: string | null): string[] {
  const who = [...new Set(of.approvedBy)].map(inline).join(', ')
  const by = who === '' ? `Mode ${code(of.mode)}, not approved` : `Approved by ${who}`
  const started = of.startedAt === null ? [] : [`${by}; started at ${moment(of.startedAt)}.`]
  const merges = of.trunk.merges.length
  const trunk = `Trunk: ${code(trunkBranch(run))} at ${code(shortSha(of.trunk.tip))}, ${count(merges, 'merge')}${pull === null ? '' : `, final pull request ${pull}`}.`
  const adopted = (of.trunk.adopted ?? []).map(
    ({ sha, author, at }) =>
      `${inline(bounded(author, 100))} moved trunk to ${code(shortSha(sha))} at ${moment(at)}: it is verified, and later merges build on it.`,
  )
  return [...started, trunk, ...adopted.slice(-5)]
}

/** What GitHub refuses is not folded: only people can change it. */
const without = (run: LiveRun): string[] =>
  [...(run.pullRefused === null ? [] : [refusedPull(run, run.pullRefused)]), ...refusalLines(run)].map(
    (line) => `- ${line}`,
  )

/** What the run does without, and what would change that. */
const WITHOUT: Readonly<Record<Refusable, string>> = {
  artifact:
    'GitHub takes no artifacts, so finished work comes by the logs of the slots, each of which ends with it. Delete old artifacts, or raise the storage (Settings > Billing); GitHub counts again after some hours',
  check: 'GitHub refuses checks; this comment has what they would say. The job `orchestrate` needs `checks: write`',
  comment:
    'GitHub refuses comments; the checks and the journal have what they would say. Unlock the conversation if it is locked',
  draft:
    'This repository has no draft pull requests, so those of the run are ordinary ones: do not merge the final one before the run is done',
  pull: 'GitHub refuses a change of a pull request: close it, or mark it as ready, by hand',
  reviewers:
    'Someone in `reviewers` could not be asked for a review. Name people with access to the repository, not the author of the pull request; to ask a team takes the token of an App',
}

/** A line for each thing that the platform refuses. */
export const refusalLines = ({ refused = {} }: LiveRun): string[] =>
  refusableSchema.options.flatMap((what) => {
    const why = refused[what]
    return why === undefined ? [] : [`${WITHOUT[what]}. GitHub said: ${inline(bounded(oneLine(why), 500))}`]
  })

/** The relative link works on the issue and on every pull request. */
function refusedPull(run: LiveRun, why: string): string {
  const compare = isPlanned(run)
    ? ` [Compare the branches](../compare/${encodeURI(run.work.baseBranch)}...${trunkBranch(run.run)}) instead.`
    : ''
  return `Pull requests cannot be opened: ${inline(bounded(why, 500))}.${compare} "Allow GitHub Actions to create and approve pull requests" in the repository's Actions settings allows it.`
}
