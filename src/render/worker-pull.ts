import { commitSubject } from '../core/commit-words.ts'
import type { TaskId } from '../core/ref.ts'
import { trunkBranch } from '../core/ref.ts'
import { taskOf, type Work } from '../core/state.ts'
import { code, codes, words } from './code.ts'
import { bounded, inline, prose, quote } from './escape.ts'
import { fitted, LIMITS } from './fit.ts'
import { type PlannedRun, pullOf } from './planned.ts'
import { sections } from './table.ts'

/** The pull request of one task into trunk. It says the same from the beginning to the end. */
export function workerPull(run: PlannedRun, id: TaskId): { title: string; body: string } {
  const task = taskOf(run.work, id)
  return {
    title: bounded(`${task.id}: ${commitSubject(task.title, 'a task')}`, 200),
    body: fitted(LIMITS.pull, [
      () => body(run, id, true, true),
      () => body(run, id, false, true),
      () => body(run, id, false, false),
    ]),
  }
}

function body(run: PlannedRun, id: TaskId, goal: boolean, lists: boolean): string[] {
  const task = taskOf(run.work, id)
  return sections(
    [`${code(task.id)} ${inline(task.title)}, a task of the plan for issue #${run.issue.number}.`],
    goal && task.goal.trim() !== '' ? quote(task.goal) : [],
    goal && task.expected_outcome.trim() !== '' ? prose(task.expected_outcome) : [],
    lists ? brief(run.work, id) : ['Its paths and commands are too long to be shown here; the plan comment has them.'],
    [howItLands(run, id)],
  )
}

function brief(work: Work, id: TaskId): string[] {
  const task = taskOf(work, id)
  const line = (name: string, items: string): string[] => (items === '' ? [] : [`- ${name}: ${items}`])
  return [
    ...line('Needs', codes(task.needs)),
    ...line('Writes', codes(task.writes)),
    ...line('Command', task.run.length === 0 ? '' : code(words(task.run))),
    ...line('Acceptance', task.acceptance.argv.length === 0 ? '' : code(words(task.acceptance.argv))),
  ]
}

function howItLands(run: PlannedRun, id: TaskId): string {
  const final = pullOf(run, 'trunk')
  const where = `${code(trunkBranch(run.run))}${final === null ? '' : ` (${final})`}`
  return run.work.settings.merge === 'review'
    ? `When its acceptance has passed, type \`/approve\` here: the run then merges it into ${where}. ${code(`/retry ${id} -- note`)} sends it back, ${code(`/skip ${id}`)} leaves it out. Please do not merge it by hand.`
    : `The run merges it into ${where} when its acceptance has passed. Nothing needs to be done here; please do not merge it by hand.`
}
