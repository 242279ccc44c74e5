import type { Problem } from '../../core/failure.ts'
import { spentUsd } from '../../core/money/ledger.ts'
import type { EndedRun } from '../../core/run/state.ts'
import { sections } from '../markdown/blocks.ts'
import { code, sentence, stableCode } from '../markdown/code.ts'
import { oneLine } from '../markdown/escape.ts'
import { firstOf, fitted, LIMITS } from '../markdown/fit.ts'
import { count, usd } from '../markdown/format.ts'
import { makeMarker } from '../markdown/marker.ts'

/** Why there is no plan and what to do about it: all problems, or as many as fit. */
export const renderPlanRefused = (run: EndedRun): string =>
  fitted(LIMITS.comment, [
    () =>
      refused(
        run,
        run.problems.flatMap((problem) => [
          `- ${messageOf(problem)}`,
          `  ${hint(problem)} ${stableCode(problem.code)}`,
        ]),
      ),
    () => refused(run, short(run.problems)),
    () => refused(run, []),
  ])

const refused = (run: EndedRun, problems: readonly string[]): string[] => [
  makeMarker('refused', run.run),
  ...sections(...(run.planning === null ? byHand(run) : byModel(run)).map((line) => [line]), problems, [
    run.planning === null
      ? 'Then type `/plan` in a new comment.'
      : 'Type `/plan -- words` in a new comment, with words that say what was missing; or write a plan into the issue yourself, then type `/plan`.',
  ]),
]

const byHand = ({ problems, issue }: EndedRun): string[] =>
  problems.every(({ code }) => MISSING.includes(code))
    ? ['## There is no plan', 'Nothing was started.']
    : [
        '## The plan cannot be used',
        `The plan in issue #${issue.number} has ${count(problems.length, 'problem')}. Nothing was started.`,
      ]

/** What is said of an issue that has no plan to correct. */
const MISSING: readonly Problem['code'][] = ['no-plan', 'no-model', 'bad-settings']

const byModel = ({ issue, ledger }: EndedRun): string[] => [
  '## There is no plan',
  `The planner made none for issue #${issue.number}. Nothing landed. It cost ${usd(spentUsd(ledger))}.`,
]

/** The problems without hints; those that do not fit are counted. */
const short = (problems: readonly Problem[]): string[] =>
  firstOf(
    problems.map((problem) => `- ${explainProblem(problem)}`),
    LIMITS.comment - 1000,
    (left) => `- and ${count(left, 'more problem')}`,
  )

const HINTS: Record<Problem['code'], string> = {
  'not-yaml': 'Correct the YAML; a value with a colon or a hash in it needs quotes.',
  'not-a-plan': 'Compare with the example of a plan in the documentation.',
  'no-plan': 'Put the plan into the issue, in a fenced block that begins with ```` ```tributary ````.',
  'several-plans': 'Leave one fenced `tributary` block in the issue.',
  'duplicate-id': 'Give one of them another id.',
  'reserved-id': 'Give it another id.',
  'unknown-need': 'Name a task of this plan, or remove the need.',
  cycle: 'Remove one of these needs.',
  'protected-path': 'Remove the path; a person makes such a change.',
  'bad-path': 'Write a path or glob relative to the root of the repository.',
  'missing-acceptance': 'Give it an `acceptance`: the command that must end with exit code 0.',
  'missing-writes': 'Give it `writes`: the globs that it may change.',
  'command-not-allowed': 'Use a program of the `commands` list in `.github/tributary.yml`, or add it there.',
  'open-check': 'Leave the last `--` out, or name the words that follow it.',
  'no-such-script': 'Name a script of package.json, or let this task or one before it write package.json (`writes`).',
  'no-such-path': "Correct the path or leave it out; if a task is to create the file, name it in that task's `writes`.",
  'too-many-tasks': 'Make fewer tasks, or raise `limits.tasks` in `.github/tributary.yml`.',
  'too-long': 'Say it in fewer words, or make several plans of it.',
  'no-model':
    'On GitHub, the key is the secret `ANTHROPIC_API_KEY` (Settings > Secrets and variables > Actions). On your own machine, set `ANTHROPIC_API_KEY` and start `tributary up` again, or start it with `--agent NAME`. A plan is a fenced block in the issue that begins with ```` ```tributary ````.',
  'model-failed':
    'Nothing is lost but the money named in the run: type `/plan` again, with more words if the issue says little.',
  'push-refused':
    'Take `tributary/**` out of the rule that is named (Settings > Rules > Rulesets), or out of the hook. The branch names of a run cannot be changed.',
  'over-budget': 'Raise the limit with `/plan --budget`, or ask for less: fewer tasks, or a part of the issue.',
  'bad-settings': 'Correct `.github/tributary.yml` on the default branch.',
}

/** One line: the place, the message, and the stable code of the problem. */
export const explainProblem = (problem: Problem): string => `${messageOf(problem)} ${stableCode(problem.code)}`

function messageOf(problem: Problem): string {
  const where = [problem.task, problem.field].flatMap((part) => (part === null || part === '' ? [] : [code(part)]))
  return `${where.length === 0 ? '' : `${where.join(' · ')}: `}${sentence(oneLine(problem.message))}`
}

export const hint = (problem: Problem): string => HINTS[problem.code]
