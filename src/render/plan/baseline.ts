import { checksNotAmong, isSameCommand } from '../../core/plan/checks.ts'
import { namesWhatTasksMake } from '../../core/plan/path-notes.ts'
import { type Argv, isAgentTask } from '../../core/plan/plan.ts'
import type { BaselineCheck } from '../../core/run/baseline.ts'
import type { Work } from '../../core/run/work.ts'
import { awaitsBaseline, baselineTime, takenChecks } from '../../core/schedule/baseline.ts'
import { BASELINE_MINUTES, CHECK_MINUTES } from '../../core/slots/baseline-slot.ts'
import { detailsBlock, table } from '../markdown/blocks.ts'
import { code, codes, commandText, fence, withoutColours } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { commaList, count } from '../markdown/format.ts'
import type { PlannedRun } from './planned-run.ts'

/** What people learn of a check: for an acceptance to fail is good, for the verification of the whole to pass. */
type Verdict = 'as it should' | 'proves nothing' | 'cannot run' | 'sound' | 'broken' | 'unknown'

interface Row {
  argv: Argv
  tasks: string[]
  check: BaselineCheck
  verdict: Verdict
}

const rowsOf = (work: Work): Row[] =>
  takenChecks(work).map(({ argv, check }) => {
    const all = work.plan.tasks
    const tasks = all.filter(({ acceptance }) => isSameCommand(acceptance.argv, argv)).map(({ id }) => id)
    return { argv, tasks, check, verdict: verdictOf(all, argv, tasks, check) }
  })

function verdictOf(all: Work['plan']['tasks'], argv: Argv, tasks: readonly string[], check: BaselineCheck): Verdict {
  const isAcceptance = tasks.length > 0
  switch (check.outcome) {
    case 'passed':
      return isAcceptance ? 'proves nothing' : 'sound'
    case 'failed':
      return isAcceptance ? 'as it should' : 'broken'
    case 'missing':
      // A script that a task is to write cannot run yet.
      return isAcceptance && namesWhatTasksMake(all, argv) ? 'as it should' : 'cannot run'
    case 'timed-out':
    case 'not-reached':
      return 'unknown'
  }
}

const SUMMARY: readonly (readonly [Verdict, (number: number) => string])[] = [
  [
    'as it should',
    (number) => `${count(number, 'acceptance fails', 'acceptances fail')} as ${number === 1 ? 'it' : 'they'} should`,
  ],
  [
    'proves nothing',
    (number) => `**${count(number, 'acceptance passes', 'acceptances pass')} already, which proves nothing**`,
  ],
  ['cannot run', (number) => `**${count(number, 'check')} cannot run**`],
  ['sound', (number) => `${count(number, 'command')} of the verification ${number === 1 ? 'passes' : 'pass'}`],
  [
    'broken',
    (number) =>
      `**${count(number, 'command')} of the verification ${number === 1 ? 'fails' : 'fail'} before any work**`,
  ],
  ['unknown', (number) => `${count(number, 'check')} did not finish in time`],
]

/** One line on what the checks do on the base; empty if there is nothing to say. */
export function baselineLine(run: PlannedRun): string[] {
  const { baseline } = run.work
  if (baseline?.status === 'given-up')
    return [`**On the base:** the checks have not run there: ${inline(bounded(baseline.why, 600))}.${looks(run)}`]
  if (awaitsBaseline(run))
    return [
      `**On the base:** the checks run there now, and the result will be shown here. You can approve without waiting for it.${looks(run)}`,
    ]
  if (baseline?.status === 'taken') {
    const rows = rowsOf(run.work)
    const parts = SUMMARY.flatMap(([verdict, text]) => {
      const number = rows.filter((row) => row.verdict === verdict).length
      return number === 0 ? [] : [text(number)]
    })
    const leftOut = checksNotAmong(
      run.work.plan,
      rows.map(({ argv }) => argv),
    ).length
    return [
      `**On the base:** ${commaList([...parts, ...(leftOut === 0 ? [] : [`${count(leftOut, 'check')} did not run`])])}.`,
    ]
  }
  if (run.phase !== 'proposed' || baselineTime(run) !== 'after') return []
  const why =
    run.work.settings.sandbox === 'off'
      ? 'nothing isolates them here (`sandbox: off`)'
      : 'those who asked for this plan may not approve it'
  return [
    run.work.plan.tasks.some(isAgentTask)
      ? `**On the base:** the checks run there after the approval, since ${why}.${looks(run)}`
      : `**On the base:** the checks do not run there, since ${why}.`,
  ]
}

/** What holds for agents' tasks if nothing is known of their checks when they begin. */
const looks = ({ work }: PlannedRun): string =>
  work.plan.tasks.some(isAgentTask)
    ? " An agent's task whose acceptance passes before any work then waits for you."
    : ''

const SAID: Readonly<Record<Verdict, string>> = {
  'as it should': 'fails as it should',
  'proves nothing': '**passes already: proves nothing**',
  'cannot run': '**cannot run**',
  sound: 'passes',
  broken: '**fails before any work**',
  unknown: 'not known',
}

/** What each check does on the base, in a folded block. */
export function baselineSection({ work }: PlannedRun): string[] {
  const rows = rowsOf(work)
  if (rows.length === 0 || work.baseline?.status !== 'taken') return []
  return detailsBlock('What each check does on the base', [
    ...table(['Check', 'Of', 'On the base'], rows.map(cellsOf)),
    '',
    `Each ran once on a fresh tree of the base, without network, in ${inline(bounded(work.baseline.sandbox, 100))}.`,
    ...rows.flatMap(outputOf),
  ])
}

const MOST_COMMAND = 300

const cellsOf = ({ argv, tasks, check, verdict }: Row): string[] => [
  code(bounded(commandText(argv), MOST_COMMAND)),
  tasks.length === 0 ? 'verification' : codes(tasks.slice(0, 10)),
  `${SAID[verdict]}${exitOf(check)}`,
]

function exitOf({ outcome, exitCode }: BaselineCheck): string {
  if (outcome === 'timed-out') return `: stopped after ${CHECK_MINUTES} minutes at most`
  if (outcome === 'not-reached') return `: not begun within ${BASELINE_MINUTES} minutes`
  return outcome === 'passed' ? '' : ` (exit code ${exitCode})`
}

const outputOf = ({ argv, check: { log } }: Row): string[] =>
  log === ''
    ? []
    : ['', `${code(bounded(commandText(argv), MOST_COMMAND))} ended with:`, '', ...fence(withoutColours(log))]
