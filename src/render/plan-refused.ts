import type { Problem } from '../core/failure.ts'
import { spentUsd } from '../core/ledger.ts'
import type { EndedRun } from '../core/state.ts'
import { explainProblem, hint } from './explain-problem.ts'
import { firstOf, fitted, LIMITS } from './fit.ts'
import { makeMarker } from './marker.ts'
import { usd } from './money.ts'
import { sections } from './table.ts'
import { count } from './words.ts'

/** Why there is no plan, and what to do about it: every problem, or as many as fit. */
export const renderPlanRefused = (run: EndedRun): string =>
  fitted(LIMITS.comment, [
    () =>
      refused(
        run,
        run.problems.flatMap((problem) => [`- ${explainProblem(problem)}`, `  ${hint(problem)}`]),
      ),
    () => refused(run, short(run.problems)),
    () => refused(run, []),
  ])

const refused = (run: EndedRun, problems: readonly string[]): string[] => [
  makeMarker('refused', run.run),
  ...sections(...(run.planning === null ? byHand(run) : byModel(run)).map((line) => [line]), problems, [
    run.planning === null
      ? 'What to do next: edit the plan in the issue, then type `/plan` in a new comment.'
      : 'What to do next: type `/plan -- words` in a new comment, with words that say what was missing; or write a plan by hand into the issue, then type `/plan`.',
  ]),
]

const byHand = ({ problems, issue }: EndedRun): string[] => [
  '## The plan cannot be used',
  `${count(problems.length, 'problem')} in the plan of issue #${issue.number}. Nothing was started.`,
]

const byModel = ({ issue, ledger }: EndedRun): string[] => [
  '## There is no plan',
  `The planner came to none for issue #${issue.number}. Nothing landed. It cost ${usd(spentUsd(ledger))}.`,
]

/** Without the hints; the rest counted where even that is too much. */
const short = (problems: readonly Problem[]): string[] =>
  firstOf(
    problems.map((problem) => `- ${explainProblem(problem)}`),
    LIMITS.comment - 1000,
    (left) => `- and ${count(left, 'more problem')}`,
  )
