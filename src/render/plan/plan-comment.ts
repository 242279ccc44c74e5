import { issueOf, logRef } from '../../core/ids.ts'
import { shortPlanId } from '../../core/plan/plan-id.ts'
import { detailsBlock, sections } from '../markdown/blocks.ts'
import { code, fence, sentence } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { fitted, LIMITS } from '../markdown/fit.ts'
import { commaList, count } from '../markdown/format.ts'
import { makeMarker } from '../markdown/marker.ts'
import { modelText } from '../markdown/model-text.ts'
import { allowedLines, planInputs, warnings } from './approval.ts'
import { baselineLine, baselineSection } from './baseline.ts'
import { amendmentLines, versionDifference } from './difference.ts'
import { graph } from './graph.ts'
import { numbersSection, threeNumbers } from './numbers.ts'
import { type PlanStage, planStage } from './plan-stage.ts'
import { planText, type TextLevel } from './plan-text.ts'
import { type PlannedRun, pullOf } from './planned-run.ts'
import { briefTaskList, commandList, taskList } from './tasks.ts'

/** What a rendering shows. The levels leave out more and more; the list of commands goes last. */
interface Level {
  /** Bytes for the details of the tasks, and for the changes since the version before. */
  details: number
  text: TextLevel
  graph: boolean
  tasks: 'full' | 'brief' | 'none'
  commands: boolean
}

const LEVELS: readonly Level[] = [
  { details: 20_000, text: 'full', graph: true, tasks: 'full', commands: true },
  { details: 3_000, text: 'brief', graph: true, tasks: 'full', commands: true },
  { details: 0, text: 'brief', graph: false, tasks: 'full', commands: true },
  { details: 0, text: 'none', graph: false, tasks: 'full', commands: true },
  { details: 0, text: 'none', graph: false, tasks: 'brief', commands: true },
  { details: 0, text: 'none', graph: false, tasks: 'none', commands: true },
  { details: 0, text: 'none', graph: false, tasks: 'none', commands: false },
]

/** The plan as people approve it: what a decision needs on one screen, all else folded. Once decided, it says so and folds itself. */
export function renderPlanComment(run: PlannedRun): string {
  // Predicted once, although the comment may be rendered several times until it fits.
  const numbers = run.work.open ? { first: [], more: [] } : { first: threeNumbers(run), more: numbersSection(run) }
  return fitted(
    LIMITS.comment,
    LEVELS.map((level) => () => planComment(run, level, numbers)),
  )
}

/** Whether the comment shows every command. If not, the plan must not be offered for approval: it cannot be read. */
export function planCanBeShown(run: PlannedRun): boolean {
  const shown = new Set(renderPlanComment(run).split('\n'))
  return commandList(run.work.plan).every((line) => shown.has(line))
}

interface Numbers {
  first: readonly string[]
  more: readonly string[]
}

function planComment(run: PlannedRun, level: Level, numbers: Numbers): string[] {
  const stage = planStage(run)
  const { plan } = run.work
  const screen = sections(
    // Left out with the tasks, so that a plan which could be shown without it still can.
    level.tasks === 'none' ? [] : baselineLine(run),
    level.graph ? graph(plan) : [],
    numbers.first,
    warnings(run),
  )
  return [
    makeMarker('plan', run.run),
    ...sections(
      [`## Plan: ${inline(bounded(plan.title, 200))}`],
      [
        ...whatItIs(run),
        `For issue #${issueOf(run.run)}, requested by ${inline(run.askedBy)}.${version(run)} ${STANDS[stage](run)}`,
      ],
      stage === 'approved' || stage === 'ended' ? detailsBlock('Graph and numbers', screen) : screen,
      stage === 'waits' ? howToDecide(run) : [],
      versionDifference(run.work, Math.max(level.details, 2_000)),
      grown(run),
      ...folded(run, level, numbers.more),
    ),
  ]
}

const version = ({ work }: PlannedRun): string => (work.version > 1 ? ` Version ${work.version}.` : '')

/** The first of the two sentences of the first screen; the whole summary is among what is folded. */
function whatItIs({ work }: PlannedRun): string[] {
  const text = modelText(firstSentence(work.plan.summary), 300)
  return text === '' ? [] : [text, '']
}

const firstSentence = (text: string): string => /^.*?[.!?](?=\s|$)/s.exec(text.trim())?.[0] ?? text.trim()

const STANDS: Readonly<Record<PlanStage, (run: PlannedRun) => string>> = {
  written: ({ work }) =>
    `**Still being written: ${count(work.plan.tasks.length, 'task')} so far.** You cannot approve it yet.`,
  replaced: () => '**Another version is being written.** You can no longer approve this one.',
  waits: (run) => WAITS[run.work.mode](run),
  stale: () =>
    '**Out of date: the base moved in paths that it uses.** You cannot approve it as it is; the status says what you can do.',
  approved: (run) => `**Approved by ${people(run)}.** The status comment shows its progress.`,
  ungated: () => 'It runs without an approval; the final pull request is the gate.',
  ended: (run) => `**The run has ended: ${run.phase === 'ended' ? run.conclusion : ''}.** ${outcomeAt(run)}`,
}

const outcomeAt = (run: PlannedRun): string => {
  const pull = pullOf(run, 'trunk')
  return `The outcome is ${pull === null ? 'in the status comment' : `on ${pull}`}.`
}

const people = ({ work }: PlannedRun): string => commaList([...new Set(work.approvedBy)].map(inline))

const WAITS: Readonly<Record<PlannedRun['work']['mode'], (run: PlannedRun) => string>> = {
  strict: ({ work }) =>
    work.startedAt === null
      ? '**No task or agent starts, and no code changes, until you approve it.**'
      : '**A part of it is approved. The rest waits for you.**',
  soft: () => '**Slots work on it already; nothing lands before you approve it.**',
  off: () => '',
}

/** What a person types: the line to copy first. */
function howToDecide({ work, planning }: PlannedRun): string[] {
  const id = shortPlanId(work.planId)
  const revise = planning === null ? '' : '`/revise -- what to change` for another version, '
  return [
    'To approve it, type this in a new comment:',
    '',
    ...fence(`/approve ${id}`),
    '',
    `Or type ${revise}\`/reject -- why\` to end it, or ${code(`/approve ${id} --only t1,t2`)} to start only the tasks that you name.`,
  ]
}

/** All that a decision may need beyond the first screen. */
function folded(run: PlannedRun, level: Level, numbers: readonly string[]): string[][] {
  const block = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : detailsBlock(title, lines)
  return [
    block(`Tasks (${run.work.plan.tasks.length})`, tasks(run, level)),
    block('Context, approach and risks', level.text === 'none' ? [elsewhere(run)] : planText(run, level.text)),
    commands(run, level),
    level.details > 0 ? baselineSection(run) : [],
    block('How the numbers were estimated', numbers),
    block('Notes on the plan', notes(run, level)),
    block(run.work.mode === 'off' ? 'What it may do' : 'What your approval covers', [
      ...allowedLines(run),
      ...planInputs(run),
    ]),
  ]
}

const elsewhere = (run: PlannedRun): string =>
  run.planning === null
    ? `The context would not fit here; it is in issue #${run.issue.number}.`
    : `The context would not fit here; it is in the journal: ${code(`git fetch origin ${logRef(run.run)}`)}.`

function tasks({ work: { plan, settings } }: PlannedRun, level: Level): string[] {
  if (plan.tasks.length === 0) return []
  if (level.tasks === 'none') return ['The list would not fit here. The commands below name every task.']
  return level.tasks === 'brief' ? briefTaskList(plan) : taskList(plan, settings, level.details)
}

function grown({ work }: PlannedRun): string[] {
  const lines = amendmentLines(work, 4_000)
  return lines.length === 0 ? [] : ['**Grown while at work**', '', ...lines]
}

function commands(run: PlannedRun, level: Level): string[] {
  const list = commandList(run.work.plan)
  if (list.length === 0) return []
  if (level.commands)
    return detailsBlock(
      `Commands that ${run.work.mode === 'off' ? 'it may run' : 'your approval allows'} (${list.length})`,
      [
        ...fence(list.join('\n')),
        '',
        'Words are separated by spaces; a word that is not plain is quoted as in JSON. No shell reads them.',
      ],
    )
  return [
    `There are ${list.length} commands, too many for a comment. **Read them before you approve:**`,
    '',
    ...fence(`git fetch origin ${logRef(run.run)} && git log --format=%B FETCH_HEAD`, 'sh'),
  ]
}

function notes({ work }: PlannedRun, level: Level): string[] {
  if (work.notes.length === 0) return []
  if (level.tasks !== 'full') return [`${count(work.notes.length, 'note')} would not fit here.`]
  return work.notes.map((note) => `- ${sentence(note)}`)
}
