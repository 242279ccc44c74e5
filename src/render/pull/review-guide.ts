import { shortSha, type TaskId } from '../../core/ids.ts'
import { spendingOfTask } from '../../core/money/ledger.ts'
import { usdOf } from '../../core/money/usage.ts'
import { ownOf } from '../../core/own.ts'
import type { Task } from '../../core/plan/plan.ts'
import { recordOf } from '../../core/run/lookup.ts'
import { projectedAs } from '../../core/run/projection-name.ts'
import { detailsBlock, sections } from '../markdown/blocks.ts'
import { code } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { firstOf } from '../markdown/fit.ts'
import { commaList, count, duration, secondsBetween, usd } from '../markdown/format.ts'
import { modelText } from '../markdown/model-text.ts'
import { graph } from '../plan/graph.ts'
import { type PlannedRun, pullOf } from '../plan/planned-run.ts'
import { taskTitle } from '../plan/tasks.ts'
import { changedFiles, MORE_FILES } from '../status/changed-paths.ts'
import { displayStatuses, newestReport, nodeStyles } from '../status/display-status.ts'

const isMerged = ({ work }: PlannedRun, id: TaskId): boolean => work.trunk.merges.some(({ task }) => task === id)

const merged = (run: PlannedRun): Task[] => run.work.plan.tasks.filter(({ id }) => isMerged(run, id))

/** What each task did, in its own words or by its title: what a plan by hand has in place of a description. */
export function whatTasksDid(run: PlannedRun, most: number): string[] {
  return merged(run).map((task) => {
    const did = newestReport(recordOf(run.work, task.id))?.handOff?.did.trim() ?? ''
    return did === '' ? `- ${inline(task.title)}` : `- ${inline(task.title)}: ${modelText(did, most)}`
  })
}

/** The graph, and the tasks in an order in which each builds on what was read before. `graph`: false leaves the drawing out. */
export function reviewOrder(run: PlannedRun, isDrawn: boolean): string[] {
  const tasks = merged(run)
  if (tasks.length === 0) return ['### How to review it', '', 'Nothing was merged.']
  return [
    '### How to review it',
    '',
    ...(isDrawn && tasks.length > 1 ? [...graph(run.work.plan, nodeStyles(displayStatuses(run.work))), ''] : []),
    ...foldedIfMany(
      'The tasks in review order, each after those it builds on',
      tasks.map((task, index) => `${index + 1}. ${taskTitle(task)}: ${traceOf(run, task.id).join(', ')}`),
    ),
  ]
}

const MANY = 20

export const foldedIfMany = (title: string, lines: readonly string[]): string[] =>
  lines.length > MANY ? detailsBlock(`${title} (${lines.length})`, lines) : [`${title}:`, '', ...lines]

/** Files, pull request, merge, check, time and cost of a task that was merged. */
function traceOf(run: PlannedRun, id: TaskId): string[] {
  const files = changedFiles(run.work, id)
  const merge = run.work.trunk.merges.findLast(({ task }) => task === id)
  const pull = pullOf(run, id)
  const spent = spendingOfTask(run.ledger, id)
  const last = recordOf(run.work, id).attempts.at(-1)
  return [
    ...(files.length === 0 ? [] : [fileCount(files)]),
    ...(pull === null ? [] : [pull]),
    ...(merge === undefined ? [] : [`merge [${code(shortSha(merge.sha))}](../commit/${merge.sha})`]),
    ...check(run, id),
    ...(last?.startedAt == null || last.endedAt === null
      ? []
      : [duration(secondsBetween(last.startedAt, last.endedAt))]),
    ...(last === undefined || last.attempt === 1 ? [] : [`attempt ${last.attempt}`]),
    ...(spent.length === 0 ? [] : [usd(usdOf(spent))]),
  ]
}

function fileCount(files: readonly string[]): string {
  const more = Number(MORE_FILES.exec(files.at(-1) ?? '')?.[1] ?? 0)
  return count(more === 0 ? files.length : files.length - 1 + more, 'file')
}

/** Links are relative to the pull request's page. */
function check(run: PlannedRun, id: TaskId): string[] {
  const { state } = ownOf(run.work.tasks, id) ?? {}
  const found = state?.status === 'landed' ? projectedAs(run, { kind: 'check', of: id, sha: state.head }) : undefined
  return found === undefined ? [] : [`[check](../runs/${found.number})`]
}

const ROOM = 12_000

/** Every file that was changed, with the tasks that changed it. */
export function filesSection(run: PlannedRun): string[] {
  const byFile = new Map<string, TaskId[]>()
  for (const { id } of merged(run))
    for (const file of changedFiles(run.work, id)) byFile.set(file, [...(byFile.get(file) ?? []), id])
  if (byFile.size === 0) return []
  const lines = [...byFile]
    .toSorted(([one], [other]) => one.localeCompare(other, 'en'))
    .map(([file, ids]) => `- ${code(bounded(file, 200))}: ${ids.map(code).join(', ')}`)
  return detailsBlock(
    `Files changed, by task (${byFile.size})`,
    firstOf(lines, ROOM, (left) => `- and ${count(left, 'more file')}`),
  )
}

/** The people who approved the plan, gates and work. */
export function approvalsSection({ work }: PlannedRun): string[] {
  const plan = [...new Set(work.approvedBy)].map(inline)
  const byPerson = new Map<string, TaskId[]>()
  for (const { id } of work.plan.tasks) {
    const by = ownOf(work.tasks, id)?.landedBy
    if (by !== undefined) byPerson.set(by, [...(byPerson.get(by) ?? []), id])
  }
  const lines = [
    ...(plan.length === 0 ? [`- The plan: no one, in mode ${code(work.mode)}`] : [`- The plan: ${commaList(plan)}`]),
    ...[...byPerson].map(([by, ids]) => `- ${ids.map(code).join(', ')}: ${inline(by)}`),
  ]
  return sections(['### Who approved what', '', ...firstOf(lines, ROOM, (left) => `- and ${count(left, 'more line')}`)])
}
