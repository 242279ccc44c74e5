import { writeFileSync } from 'node:fs'
import { live } from '../__tests__/render/support/runs.ts'
import { judgePlan } from '../src/cli/check/judge-plan.ts'
import type { Failure, Problem, TaskFailure } from '../src/core/failure.ts'
import { unknownBase } from '../src/core/plan/known-base.ts'
import { defaultSettings } from '../src/core/settings.ts'
import { table } from '../src/render/markdown/blocks.ts'
import { stableCode } from '../src/render/markdown/code.ts'
import { explainProblem, hint } from '../src/render/plan/problems.ts'
import { explain } from '../src/render/reply/explain-failure.ts'
import { headline } from '../src/render/status/headline.ts'
import { limitLine } from '../src/render/status/limit-line.ts'
import { nextSteps } from '../src/render/status/next-steps.ts'
import { refusalLines } from '../src/render/status/status-comment.ts'
import { explainTaskFailure } from '../src/render/status/task-failure.ts'
import { FAILURES, PAUSES, PROBLEMS, SAID, STOPS, TASK_FAILURES, WITHOUT } from './refusal-rows.ts'

/** docs/refusals.md: every reason, when it comes, what it says and what to do, as the code renders it for people. */
export const refusalsPage = (): string =>
  `${[
    '# When something is refused, fails or stops',
    '',
    'Each refusal has a reason code, which does not change. This page is made by `npm run refusals` from the code that',
    'writes the messages; names, numbers and words of programs in it are examples.',
    ...section('A command is refused', 'The answer to the comment says it.', commands()),
    ...section(
      'A plan is refused',
      'The comment with the problems says it, and `tributary check` before that.',
      plans(),
    ),
    ...section('A task or the verification fails', "The status comment says it, and the task's check.", tasks()),
    ...section('A run is paused', 'The status comment says it.', stops(PAUSES)),
    ...section('A run waits for a person', 'The status comment says it.', stops(STOPS)),
    ...section('A job cannot go on', 'A new comment says it, on the issue or the pull request.', said()),
    ...section(
      'GitHub refuses what a run can do without',
      'The run goes on, and the status comment says it.',
      without(),
    ),
  ].join('\n')}\n`

type Row = [name: string, when: string, says: string, todo: string]

const section = (title: string, where: string, rows: readonly Row[]): string[] => [
  '',
  `## ${title}`,
  '',
  where,
  '',
  ...table(['Reason', 'When it comes', 'What it says', 'What to do'], rows),
]

const explained = (name: string, when: string, [says = '', ...todo]: readonly string[]): Row => [
  `\`${name}\``,
  when,
  says,
  cell(todo.filter((line) => line !== stableCode(name))),
]

/** Lines of Markdown in a cell of a table. */
const cell = (lines: readonly string[]): string =>
  lines
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== '')
    .join('<br>')
    // The id of a sample's plan depends on every default of the settings.
    .replace(/\/approve [0-9a-f]{12}/g, '/approve abcdef012345')

const commands = (): Row[] =>
  Object.entries(FAILURES).map(([reason, { when, ...sample }]) =>
    explained(reason, when, explain({ reason, ...sample } as Failure)),
  )

const tasks = (): Row[] =>
  Object.entries(TASK_FAILURES).map(([reason, { when, ...sample }]) =>
    explained(reason, when, explainTaskFailure({ reason, ...sample } as TaskFailure)),
  )

const plans = (): Row[] =>
  Object.entries(PROBLEMS).flatMap(([code, row]): Row[] => {
    if (row === null) return []
    const problem = 'plan' in row ? foundIn(row.plan, code) : sampleOf(code, row.message)
    return [[`\`${code}\``, row.when, explainProblem(problem).replace(` ${stableCode(code)}`, ''), hint(problem)]]
  })

const sampleOf = (code: string, message: string) => ({ code, task: null, field: null, message }) as Problem

/** The problem as `tributary check` finds it in a plan. */
function foundIn(text: string, code: string): Problem {
  const found = judgePlan({ name: 'plan.yml', text }, defaultSettings, unknownBase).findings
  const problem = found.find((one) => one.code === code)
  if (problem === undefined) throw new Error(`the sample plan for ${code} has ${JSON.stringify(found)}`)
  return { ...sampleOf(code, problem.message), task: problem.task, field: problem.field }
}

const stops = (rows: typeof PAUSES | typeof STOPS): Row[] =>
  Object.entries(rows).map(([name, { when, events }]) => {
    const run = live(...events)
    const { title, detail } = headline(run)
    return [`\`${name}\``, when, cell([`**${title}.** ${detail}`]), cell(nextSteps(run))]
  })

const said = (): Row[] =>
  Object.entries(SAID).map(([reason, { when, says }]) => {
    const [first = '', ...todo] = says().replace(stableCode(reason), '').split('\n')
    return [`\`${reason}\``, when, first, cell(todo)]
  })

/** Each line says both. */
const without = (): Row[] =>
  Object.entries(WITHOUT).map(([name, { when, events }]) => {
    const run = live(...events)
    const [line = ''] = [...limitLine(run), ...refusalLines(run)]
    const [says = '', ...todo] = line.split(
      /(?<=[.;:]) (?=Its words|What slots|Delete old|The job|Unlock|Name people)|(?<=: )(?=do not merge|close it)/,
    )
    return [`\`${name}\``, when, cell([says]), cell(todo)]
  })

if (process.argv.includes('--write')) writeFileSync('docs/refusals.md', refusalsPage())
