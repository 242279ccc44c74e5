import { issueOf, logRef } from '../../core/ids.ts'
import { shortPlanId } from '../../core/plan/plan-id.ts'
import { sections } from '../markdown/blocks.ts'
import { code, fence, sentence } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { fitted, LIMITS } from '../markdown/fit.ts'
import { count } from '../markdown/format.ts'
import { makeMarker } from '../markdown/marker.ts'
import { approvalSection, planInputsSection, waitsForApproval } from './approval.ts'
import { baselineLine, baselineSection } from './baseline.ts'
import { amendmentLines, versionDifference } from './difference.ts'
import { graph } from './graph.ts'
import { numbersSection } from './numbers.ts'
import { planText, type TextLevel } from './plan-text.ts'
import type { PlannedRun } from './planned-run.ts'
import { planningStage } from './planning-progress.ts'
import { commandList, taskDetails, taskTable } from './tasks.ts'

/** What a rendering shows. The levels leave out more and more; the list of commands goes last. */
interface Level {
  /** Bytes for the details of the tasks, and for the changes since the version before. */
  details: number
  text: TextLevel
  graph: boolean
  table: 'full' | 'brief' | 'none'
  commands: boolean
}

const LEVELS: readonly Level[] = [
  { details: 20_000, text: 'full', graph: true, table: 'full', commands: true },
  { details: 3_000, text: 'brief', graph: true, table: 'full', commands: true },
  { details: 0, text: 'brief', graph: false, table: 'full', commands: true },
  { details: 0, text: 'none', graph: false, table: 'full', commands: true },
  { details: 0, text: 'none', graph: false, table: 'brief', commands: true },
  { details: 0, text: 'none', graph: false, table: 'none', commands: true },
  { details: 0, text: 'none', graph: false, table: 'none', commands: false },
]

/** The plan as people approve it. The text depends on the plan, not on the progress of the run. */
export function renderPlanComment(run: PlannedRun): string {
  // Predicted once, although the comment may be rendered several times until it fits.
  const predicted = run.work.open ? [] : ['### Numbers', '', ...numbersSection(run)]
  return fitted(
    LIMITS.comment,
    LEVELS.map((level) => () => planComment(run, level, predicted)),
  )
}

/** Whether the comment shows every command. If not, the plan must not be offered for approval: it cannot be read. */
export function planCanBeShown(run: PlannedRun): boolean {
  const shown = new Set(renderPlanComment(run).split('\n'))
  return commandList(run.work.plan).every((line) => shown.has(line))
}

const planComment = (run: PlannedRun, level: Level, predicted: readonly string[]): string[] => [
  makeMarker('plan', run.run),
  ...sections(
    [`## Plan: ${inline(bounded(run.work.plan.title, 200))}`],
    asked(run),
    // Left out with the table, so that a plan which could be shown without it still can.
    level.table === 'none' ? [] : baselineLine(run),
    versionDifference(run.work, Math.max(level.details, 2_000)),
    level.text === 'none' ? [elsewhere(run)] : planText(run, level.text),
    level.graph ? graph(run.work.plan) : [],
    tasks(run, level),
    level.details > 0 ? taskDetails(run.work.plan, level.details) : [],
    level.details > 0 ? baselineSection(run) : [],
    grown(run),
    commands(run, level),
    predicted,
    notes(run, level),
    planInputsSection(run),
    approvalSection(run),
  ),
  ...(waitsForApproval(run) ? lineToCopy(run) : []),
]

/** The code block stays open on purpose: it ends with the document, so that the line to copy is the last one. */
const lineToCopy = ({ work }: PlannedRun): string[] => ['', '```text', `/approve ${shortPlanId(work.planId)}`]

function asked(run: PlannedRun): string[] {
  const { work } = run
  const version = work.version > 1 ? ` Version ${work.version}.` : ''
  const lines = [`For issue #${issueOf(run.run)}, asked for by ${inline(run.askedBy)}.${version} ${WAITS[work.mode]}`]
  if (work.open)
    lines.push(
      '',
      `**Still being written: ${count(work.plan.tasks.length, 'task')} so far.** It cannot be approved yet.`,
    )
  else if (planningStage(run) !== 'done')
    lines.push('', '**Another version was asked for and is being written. This one cannot be approved any more.**')
  return lines
}

const WAITS: Readonly<Record<PlannedRun['work']['mode'], string>> = {
  strict: 'No task, no agent and no write before an approval.',
  soft: 'Slots work on it already; nothing of it lands before an approval.',
  off: 'It runs without an approval; the final pull request is the gate.',
}

const elsewhere = (run: PlannedRun): string =>
  run.planning === null
    ? `The context is left out here; it is in issue #${run.issue.number}.`
    : `The context is left out here; it is in the journal: ${code(`git fetch origin ${logRef(run.run)}`)}.`

function tasks({ work: { plan, settings } }: PlannedRun, level: Level): string[] {
  if (plan.tasks.length === 0) return []
  if (level.table === 'none')
    return ['### Tasks', '', 'The table is left out: it would not fit. The commands below name every task.']
  return ['### Tasks', '', ...taskTable(plan, settings, level.table === 'brief')]
}

function grown({ work }: PlannedRun): string[] {
  const lines = amendmentLines(work, 4_000)
  return lines.length === 0 ? [] : ['### Grown while at work', '', ...lines]
}

function commands(run: PlannedRun, level: Level): string[] {
  const list = commandList(run.work.plan)
  if (list.length === 0) return []
  const head = [`### Commands that ${run.work.mode === 'off' ? 'it may run' : 'an approval allows'}`, '']
  if (level.commands)
    return [
      ...head,
      ...fence(list.join('\n')),
      '',
      'Words are separated by blanks; a word that is not plain is quoted as in JSON. No shell reads them.',
    ]
  return [
    ...head,
    `There are ${list.length}, too many to be shown here. **Read them before you approve:**`,
    '',
    ...fence(`git fetch origin ${logRef(run.run)} && git log --format=%B FETCH_HEAD`, 'sh'),
  ]
}

function notes({ work }: PlannedRun, level: Level): string[] {
  if (work.notes.length === 0) return []
  if (level.table !== 'full')
    return ['### Notes', '', `${count(work.notes.length, 'note')} left out: they would not fit.`]
  return ['### Notes', '', ...work.notes.map((note) => `- ${sentence(note)}`)]
}
