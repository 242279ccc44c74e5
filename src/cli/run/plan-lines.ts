import type { Task } from '../../core/plan/plan.ts'
import { shortPlanId } from '../../core/plan/plan-id.ts'
import type { Settings } from '../../core/settings.ts'
import { commandText } from '../../render/markdown/code.ts'
import { bounded } from '../../render/markdown/escape.ts'
import { plain } from '../../render/page/plain.ts'
import { baselineLine } from '../../render/plan/baseline.ts'
import { threeNumbers } from '../../render/plan/numbers.ts'
import type { PlannedRun } from '../../render/plan/planned-run.ts'
import { workerWords } from '../../render/plan/tasks.ts'
import { cutToWidth, wrapped } from '../display.ts'

/** A paragraph of a model can be long; the page shows all of it. */
const PARAGRAPH = 1_200

/** A plan for a terminal: what an approval allows, then its numbers. */
export function planLines(run: PlannedRun, columns: number): string[] {
  const { plan, planId, settings } = run.work
  const text = (words: string): string[] =>
    words.trim() === '' ? [] : [...wrapped(bounded(words, PARAGRAPH), columns), '']
  const markdown = (line: string): string[] => wrapped(plain(line).replace(/^- /, ''), columns)
  return [
    `Plan ${shortPlanId(planId)}: ${bounded(plan.title, 200)}`,
    '',
    ...text(plan.summary || plan.context),
    ...text(plan.approach),
    ...plan.assumptions.flatMap((one) => wrapped(`Assumed: ${bounded(one, 300)}`, columns, '  ')),
    ...plan.tasks.flatMap((task) => taskLines(task, settings, columns)),
    ...plan.verification.map(({ argv }) => cutToWidth(`All of it is verified by: ${commandText(argv)}`, columns)),
    '',
    ...threeNumbers(run).flatMap(markdown),
    ...run.work.notes.flatMap((note) => wrapped(`Note: ${plain(note)}`, columns, '  ')),
    ...baselineLine(run).flatMap(markdown),
  ]
}

/** The graph as lines: each task with what it waits for. */
function taskLines(task: Task, settings: Settings, columns: number): string[] {
  const after = task.needs.length === 0 ? '' : `  <- ${task.needs.join(', ')}`
  const fact = (name: string, value: string) =>
    value === '' ? [] : [cutToWidth(`    ${name.padEnd(7)}${value}`, columns)]
  const head = cutToWidth(
    `${task.kind === 'gate' ? '#' : 'o'} ${task.id}${after}  ${bounded(task.title, 120)}`,
    columns,
  )
  if (task.kind === 'gate') return [head]
  return [
    head,
    ...fact('writes', bounded(task.writes.join(', '), 400)),
    ...fact('by', plain(workerWords(task, settings))),
    ...fact('proof', task.acceptance.argv.length === 0 ? '' : commandText(task.acceptance.argv)),
  ]
}
