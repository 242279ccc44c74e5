import { type TaskId, trunkBranch } from '../../core/ids.ts'
import { recordOf, taskOf } from '../../core/run/lookup.ts'
import { commitSubject } from '../../core/text/control-characters.ts'
import { sections } from '../markdown/blocks.ts'
import { code, codes } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { fitted, LIMITS } from '../markdown/fit.ts'
import { blockQuote, modelBlock } from '../markdown/model-text.ts'
import { type PlannedRun, pullOf } from '../plan/planned-run.ts'
import { handOffLines, taskFacts } from '../plan/task-brief.ts'
import { newestReport } from '../status/display-status.ts'
import { adaptationLines, differenceLines, reviewLines } from '../status/review-text.ts'

/** Title and body of the pull request of one task into trunk. Only the hand-off is added later. */
export function workerPull(run: PlannedRun, id: TaskId): { title: string; body: string } {
  const task = taskOf(run.work, id)
  return {
    title: bounded(`${task.id}: ${commitSubject(task.title, 'a task')}`, 200),
    body: fitted(LIMITS.pull, [
      () => body(run, id, { goal: true, lists: true, handOff: 1_200 }),
      () => body(run, id, { goal: false, lists: true, handOff: 200 }),
      () => body(run, id, { goal: false, lists: false, handOff: 0 }),
    ]),
  }
}

interface Level {
  goal: boolean
  lists: boolean
  handOff: number
}

function body(run: PlannedRun, id: TaskId, { goal, lists, handOff }: Level): string[] {
  const task = taskOf(run.work, id)
  return sections(
    [`${code(task.id)} ${inline(task.title)}, a task of the plan for issue #${run.issue.number}.`],
    goal && task.goal.trim() !== '' ? blockQuote(task.goal) : [],
    goal && task.expected_outcome.trim() !== '' ? modelBlock(task.expected_outcome) : [],
    lists
      ? taskFacts(task, run.work.settings)
      : ['Its paths and commands are too long to be shown here; the plan comment has them.'],
    handedOver(run, id, handOff),
    [howItLands(run, id)],
  )
}

/** The hand-off of a finished task to the tasks that need it. */
function handedOver({ work }: PlannedRun, id: TaskId, most: number): string[] {
  const report = newestReport(recordOf(work, id))
  const resolved = report?.resolved ?? []
  const review = [...reviewLines(recordOf(work, id), most), ...adaptationLines(work, id, most)]
  return sections(
    resolved.length === 0
      ? []
      : [`**Conflict resolved by a model**: this settles a conflict with ${codes(resolved)}. Look at it twice.`],
    report?.handOff === undefined || most === 0
      ? []
      : ['### Hand-off', '', ...handOffLines(report.handOff, most), ...differenceLines(work, id, most)],
    review.length === 0 || most === 0 ? [] : ['### Review', '', ...review],
  )
}

function howItLands(run: PlannedRun, id: TaskId): string {
  const final = pullOf(run, 'trunk')
  const where = `${code(trunkBranch(run.run))}${final === null ? '' : ` (${final})`}`
  return run.work.settings.merge === 'review'
    ? `When its acceptance has passed, type \`/approve\` here: the run then merges it into ${where}. ${code(`/retry ${id} -- note`)} sends it back, ${code(`/skip ${id}`)} leaves it out. A merge by hand counts as the approval.`
    : `The run merges it into ${where} when its acceptance has passed. Nothing needs to be done here.`
}
