import { shortPlanId } from '../core/plan-id.ts'
import { issueOf, logRef, trunkBranch } from '../core/ref.ts'
import type { Settings } from '../core/settings.ts'
import { code, fence, sentence } from './code.ts'
import { bounded, inline, quote } from './escape.ts'
import { fitted, LIMITS } from './fit.ts'
import { graph } from './graph.ts'
import { makeMarker } from './marker.ts'
import { numbers } from './plan-numbers.ts'
import { commandList, taskTable } from './plan-tasks.ts'
import type { PlannedRun } from './planned.ts'
import { sections } from './table.ts'
import { count } from './words.ts'

/** What a rendering leaves out, in the order in which it is given up. The list of commands goes last. */
interface Level {
  text: boolean
  graph: boolean
  table: 'full' | 'brief' | 'none'
  commands: boolean
}

const LEVELS: readonly Level[] = [
  { text: true, graph: true, table: 'full', commands: true },
  { text: false, graph: true, table: 'full', commands: true },
  { text: false, graph: false, table: 'full', commands: true },
  { text: false, graph: false, table: 'brief', commands: true },
  { text: false, graph: false, table: 'none', commands: true },
  { text: false, graph: false, table: 'none', commands: false },
]

/** The plan as people approve it. It says the same as long as the plan is the same. */
export const renderPlanComment = (run: PlannedRun): string =>
  fitted(
    LIMITS.comment,
    LEVELS.map((level) => () => planComment(run, level)),
  )

/** Whether the comment can name every command; a plan that nobody can read must not be offered. */
export function planCanBeShown(run: PlannedRun): boolean {
  const shown = new Set(renderPlanComment(run).split('\n'))
  return commandList(run.work.plan).every((line) => shown.has(line))
}

const planComment = (run: PlannedRun, level: Level): string[] => [
  makeMarker('plan', run.run),
  ...sections(
    [`## Plan: ${inline(bounded(run.work.plan.title, 200))}`],
    [asked(run)],
    level.text ? text(run) : [`The context is left out here; it is in issue #${run.issue.number}.`],
    level.graph ? graph(run.work.plan) : [],
    tasks(run, level),
    commands(run, level),
    ['### Numbers', '', ...numbers(run.work.plan, run.work.settings)],
    notes(run, level),
    basis(run),
    approval(run),
  ),
  '',
  // Left open on purpose: a code block ends with the document, so the line to copy is the very last.
  '```text',
  `/approve ${shortPlanId(run.work.planId)}`,
]

const asked = (run: PlannedRun): string =>
  `For issue #${issueOf(run.run)}, asked for by ${inline(run.askedBy)}. Nothing of it runs before an approval.`

function text({ work: { plan }, words }: PlannedRun): string[] {
  const part = (title: string, lines: string): string[] =>
    lines.trim() === '' ? [] : [`**${title}**`, '', ...quote(lines)]
  const list = (title: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`**${title}**`, '', ...items.map((item) => `- ${inline(item)}`)]
  return sections(
    plan.summary.trim() === '' ? [] : quote(plan.summary),
    part('Context', plan.context),
    part('Approach', plan.approach),
    list('Assumptions', plan.assumptions),
    list('Not part of it', plan.non_goals),
    part('Said with `/plan`', words),
  )
}

function tasks({ work: { plan } }: PlannedRun, level: Level): string[] {
  if (level.table === 'none')
    return ['### Tasks', '', 'The table is left out: it would not fit. The commands below name every task.']
  return ['### Tasks', '', ...taskTable(plan, level.table === 'brief')]
}

function commands(run: PlannedRun, level: Level): string[] {
  const list = commandList(run.work.plan)
  const head = ['### Commands that an approval allows', '']
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

const basis = ({ work }: PlannedRun): string[] => [
  '### What it stands on',
  '',
  `- Base: ${code(bounded(work.baseBranch, 200))} at ${code(work.base)}`,
  `- Settings: ${work.settingsBlob === '' ? 'none, so the defaults' : `\`.github/tributary.yml\`, blob ${code(work.settingsBlob)}`}`,
  `- Limits: ${limits(work.settings)}`,
  `- Plan id: ${code(work.planId)}`,
]

const limits = ({ limits: { files, file_kilobytes }, slots }: Settings): string =>
  [
    `${count(slots.start, 'slot')} at the start and ${slots.cap} at most`,
    `${count(files, 'file')} a task`,
    `${file_kilobytes} KB a file`,
  ].join(', ')

function approval({ run, work }: PlannedRun): string[] {
  const { merge, sandbox, worker_pull_requests } = work.settings
  const id = shortPlanId(work.planId)
  return [
    '### What an approval does',
    '',
    sandbox === 'off'
      ? '- The commands above run in jobs whose token can only read. **They run without isolation: `sandbox: off` is set.**'
      : '- The commands above run in a sandbox without network, in jobs whose token can only read.',
    `- Each task works on a branch of its own${worker_pull_requests ? ', with a pull request of its own' : ''}. ${
      merge === 'auto'
        ? `When its acceptance passes, it is merged into ${code(trunkBranch(run))}.`
        : `When its acceptance passes, it waits for \`/approve\` on its pull request, then it is merged into ${code(trunkBranch(run))}.`
    }`,
    `- Nothing is merged into ${code(bounded(work.baseBranch, 200))}: a person does that, with the final pull request.`,
    '- It counts for exactly this plan, these settings and this base. If the base moves in paths that the plan uses, it counts no longer.',
    '',
    `A part of it: \`/approve ${id} --only t1,t2\`, with the ids of tasks. Not at all: \`/reject -- why\`. All of it:`,
  ]
}
