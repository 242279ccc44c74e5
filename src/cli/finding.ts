import type { Problem } from '../core/failure.ts'
import { count } from '../render/markdown/format.ts'
import { hint } from '../render/plan/problems.ts'

/** A finding in a checked file. A problem prevents the plan from being used; a note does not. */
export interface CheckFinding {
  kind: 'problem' | 'note'
  file: string
  line: number | null
  task: string | null
  field: string | null
  /** The code that `/plan` would give; null for a note. */
  code: Problem['code'] | null
  message: string
  /** Null if the message holds it. */
  fix: string | null
}

/** A line, a task and a field, as far as they are known. */
export type FindingPlace = Pick<CheckFinding, 'file'> & Partial<Pick<CheckFinding, 'line' | 'task' | 'field'>>

export const problemAt = (
  file: string,
  line: number | null,
  { code, task, field, message }: Problem,
): CheckFinding => ({
  kind: 'problem',
  file,
  line,
  task,
  field,
  code,
  message,
  fix: fixOf({ code, task, field, message }),
})

/** Null: the sentence itself says what to write instead, as one about a setting always does. */
function fixOf(problem: Problem): string | null {
  const { code, message } = problem
  const fix = hint(problem)
  return code === 'bad-settings' ||
    message.includes(fix) ||
    /: (?:write|leave|make|keep|remove|split|use|quote|rename|add) /.test(message)
    ? null
    : fix
}

export const noteAt = (
  { file, line = null, task = null, field = null }: FindingPlace,
  message: string,
): CheckFinding => ({
  kind: 'note',
  file,
  line,
  task,
  field,
  code: null,
  message,
  fix: null,
})

export const isProblem = ({ kind }: CheckFinding): boolean => kind === 'problem'

/** As compilers write them, so that editors find the line. */
export function checkLines({ kind, file, line, task, field, code, message, fix }: CheckFinding): string[] {
  // Most sentences about one setting begin with its name.
  const named = task === null && message.startsWith(`\`${field}`)
  const where = [task, named ? null : field].filter((part) => part !== null).join(', ')
  const what = `${kind === 'note' ? 'note: ' : ''}${where === '' ? '' : `${where}: `}${message}`
  return [
    `${file}${line === null ? '' : `:${line}`}: ${what}${code === null ? '' : ` (${code})`}`,
    ...(fix === null ? [] : [`    -> ${fix}`]),
  ]
}

/** The last line: how much was found. */
export function summaryLine(findings: readonly CheckFinding[]): string {
  const problems = findings.filter(isProblem).length
  const notes = findings.length - problems
  return [problems === 0 ? 'No problems' : count(problems, 'problem'), ...(notes === 0 ? [] : [count(notes, 'note')])]
    .join(', ')
    .concat('.')
}
