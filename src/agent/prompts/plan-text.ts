import type { TaskId } from '../../core/ids.ts'
import type { Plan, Task } from '../../core/plan/plan.ts'
import type { Exploration } from '../../core/plan/planning.ts'
import { type HandOff, inOneLine } from '../../core/run/hand-off.ts'
import { data } from './quote.ts'

export const listOf = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n')

const titled = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `- ${line}`)]

const EXPLORATION = 12_000

/** What an explorer found, as other agents are told of it. */
export function explorationInWords(found: Exploration, nonce: string): string {
  const findings = found.findings.map(
    ({ path, symbols, note }) => `${path}${symbols.length === 0 ? '' : ` (${symbols.join(', ')})`}: ${note}`,
  )
  const text = [
    `Area: ${found.area}`,
    found.summary,
    ...titled('Files', findings),
    ...titled('Conventions', found.conventions),
    ...titled('Commands', found.commands),
    ...titled('Not found out', found.unknowns),
  ].join('\n')
  return data('exploration', text, nonce, EXPLORATION)
}

/** The whole plan on a page: its head, and a line for each task. */
export function planOnAPage({ title, summary, context, approach, verification, tasks }: Plan, nonce: string): string {
  const commands = verification.map(({ argv }) => JSON.stringify(argv))
  const lines = tasks.map(
    ({ id, kind, title: name, needs, writes }) =>
      `${id} (${kind}) ${name}; needs ${needs.join(', ') || 'nothing'}; writes ${writes.join(', ') || 'nothing'}`,
  )
  const text = [title, summary, context, approach, ...titled('Verification', commands), ...titled('Tasks', lines)]
  return data('plan', text.filter((part) => part !== '').join('\n'), nonce, 30_000)
}

/** Tasks as a planner writes them: every field that it may decide on. */
export const tasksInWords = (tasks: readonly Task[], nonce: string): string =>
  data('tasks', JSON.stringify(tasks.map(decided), null, 1), nonce, 60_000)

const decided = ({ run: _run, timeout_minutes: _minutes, ...task }: Task) => task

/** In full for those that are built on, in a line for the others. */
export function handOffsInWords(
  handOffs: ReadonlyMap<TaskId, HandOff>,
  inFull: ReadonlySet<TaskId>,
  nonce: string,
): string[] {
  const full = [...handOffs].filter(([id]) => inFull.has(id))
  const lines = [...handOffs].filter(([id]) => !inFull.has(id)).map(([id, handOff]) => `${id}: ${inOneLine(handOff)}`)
  return [
    ...full.map(([id, handOff]) => data(`hand-off of ${id}`, handOffInWords(handOff), nonce)),
    ...(lines.length === 0 ? [] : [data('other finished tasks', lines.join('\n'), nonce, 6000)]),
  ]
}

export const handOffInWords = ({ did, files, interfaces, decisions, caveats, follow_ups, check }: HandOff): string =>
  [
    did,
    ...titled('Files', files),
    ...titled('Interfaces', interfaces),
    ...titled('Decisions', decisions),
    ...titled('Caveats', caveats),
    ...titled('Follow-ups', follow_ups),
    ...(check === '' ? [] : [`Check: ${check}`]),
  ].join('\n')
