import type { Problem } from '../core/failure.ts'
import { code, sentence } from './code.ts'
import { oneLine } from './escape.ts'

const HINTS: Record<Problem['code'], string> = {
  'not-yaml': 'Correct the YAML; a value with a colon or a hash in it needs quotes.',
  'not-a-plan': 'Compare with the example of a plan in the documentation.',
  'no-plan': 'Put the plan into the issue, in a fenced block that begins with ```` ```tributary ````.',
  'several-plans': 'Leave one fenced `tributary` block in the issue.',
  'duplicate-id': 'Give one of them another id.',
  'reserved-id': 'Give it another id.',
  'unknown-need': 'Name a task of this plan, or take the need out.',
  cycle: 'Take one of these needs out.',
  'protected-path': 'Take the path out; such a change is made by hand.',
  'bad-path': 'Write a path or glob relative to the root of the repository.',
  'missing-acceptance': 'Give it an `acceptance`: the command that must end with exit code 0.',
  'missing-writes': 'Give it `writes`: the globs that it may change.',
  'command-not-allowed': 'Use a program of the `commands` list in `.github/tributary.yml`, or add it there.',
  'too-many-tasks': 'Make fewer tasks, or raise `limits.tasks` in `.github/tributary.yml`.',
  'too-long': 'Say it in fewer words, or make several plans of it.',
  'no-model':
    'Give the workflow a key (the secret `ANTHROPIC_API_KEY`), or write a plan by hand into the issue, in a fenced `tributary` block.',
  'model-failed':
    'Nothing is lost but the money named in the run: type `/plan` again, with more words if the issue says little.',
  'over-budget': 'Raise the limit with `/plan --budget`, or ask for less: fewer tasks, or a part of the issue.',
  'bad-settings': 'Correct `.github/tributary.yml` on the default branch.',
}

/** One line: where, what, and the code that never changes its name. */
export function explainProblem(problem: Problem): string {
  const where = [problem.task, problem.field].flatMap((part) => (part === null || part === '' ? [] : [code(part)]))
  return `${where.length === 0 ? '' : `${where.join(' · ')}: `}${sentence(oneLine(problem.message))} (\`${problem.code}\`)`
}

export const hint = (problem: Problem): string => HINTS[problem.code]
