import { shortSha } from '../../core/ids.ts'
import { type Mode, type Planning, unanswered } from '../../core/plan/planning.ts'
import { type LiveRun, workOf } from '../../core/run/state.ts'
import { plansByCommand, planTry } from '../../core/schedule/plan-command.ts'
import { planningAt, planWaitsForMoney } from '../../core/schedule/planning-stages.ts'
import { outOfMoneyHeadline } from '../cost.ts'
import { code, codes } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { firstOf } from '../markdown/fit.ts'
import { commaList, count, moment, usd } from '../markdown/format.ts'
import { modelText } from '../markdown/model-text.ts'
import { taskTitle } from './tasks.ts'

const ORDER: readonly PlanningStage[] = [
  'reading',
  'exploring',
  'questions',
  'designing',
  'criticising',
  'drafted',
  'done',
]

/** A line for each step of planning, then revisions and failed stages. Empty for a plan written by hand. `room`: bytes. */
export function planningSteps(run: LiveRun, room: number): string[] {
  const { planning } = run
  if (planning === null) return []
  const at = ORDER.indexOf(planningStage(run))
  const now = planWaitsForMoney(run) ? '**waits for money**' : '**at work**'
  const progress = (stage: PlanningStage) => {
    const place = ORDER.indexOf(stage)
    return place < at ? 'done' : place === at ? now : 'to come'
  }
  if (plansByCommand(planning))
    return [
      `- The program of \`plan.command\`: ${progress('designing')}${commandTries(planning)}`,
      ...revisions(planning, room),
    ]
  return [
    `- Exploring: ${progress('exploring')}${explored(planning)}`,
    ...(planning.questions.length === 0 ? [] : [`- Questions: ${answered(planning)}`]),
    `- Design: ${progress('designing')}${designed(run, planning)}`,
    `- Critique: ${critique(planning, at > ORDER.indexOf('criticising'), progress('criticising'))}`,
    ...revisions(planning, room),
    ...failures(run, room),
  ]
}

function commandTries({ command, draft }: Planning): string {
  const again = draft === null || draft.problems.length === 0 ? '' : ', once more with what was wrong with its plan'
  return `${command?.slot == null ? '' : `, in slot ${code(command.slot)}`}${again}${command?.why == null ? '' : `; the attempt before made no plan: ${modelText(command.why, 500)}`}`
}

function explored({ explorations }: Planning): string {
  if (explorations === null) return ''
  const areas = explorations.slice(0, 5).map(({ area }) => modelText(area, 100))
  return areas.length === 0 ? '' : `: ${commaList(areas)}`
}

function answered(planning: Planning): string {
  const open = unanswered(planning).length
  const all = count(planning.questions.length, 'question')
  return open === 0 ? `${all}, all answered` : `${all}, ${open} **not answered**`
}

function designed(run: LiveRun, { draft, designs }: Planning): string {
  const again = designs > 1 ? ', the second writing after the critique' : ''
  if (draft !== null) return `: ${count(draft.plan.tasks.length, 'task')}${again}`
  const tasks = tasksSoFar(run)
  return tasks === 0 ? again : `: ${count(tasks, 'task')} so far${again}`
}

function critique({ verdict, designs }: Planning, isPast: boolean, progress: string): string {
  if (verdict === null) return isPast ? 'not needed' : progress
  const { accepted, problems } = verdict
  const by = verdict.of === 'none' ? `not done, since no critic could be had: ${modelText(verdict.why, 300)}` : 'done'
  if (accepted) return verdict.of === 'none' ? by : `${by}: it found nothing to change`
  const all = problems.slice(0, 5).map((one) => `; ${modelText(one, 300)}`)
  const since = designs > 1 ? '; the plan was written again since, and not judged again' : ''
  return `${by}: ${count(problems.length, 'problem')}${all.join('')}${since}`
}

const revisions = ({ revisions: all }: Planning, room: number): string[] =>
  firstOf(
    all.map(({ words, by }) => `- Asked for by ${inline(by)}: ${inline(bounded(words, 500))}`),
    room,
    (left) => `- and ${count(left, 'more revision')}`,
  )

const failures = ({ failedStages }: LiveRun, room: number): string[] =>
  firstOf(
    Object.entries(failedStages).map(([stage, why]) => `- ${code(stage)} failed: ${modelText(why, 500)}`),
    room,
    (left) => `- and ${count(left, 'more failed stage')}`,
  )

/** Tasks of the plan that is being written, in order of arrival, so that people can object early. */
export function streamedTasks(run: LiveRun, room: number): string[] {
  const { planning } = run
  if (planning === null || planning.settled || planning.streamed.length === 0) return []
  const lines = planning.streamed.map(
    (task) => `- ${taskTitle(task)}${task.needs.length === 0 ? '' : `, needs ${codes(task.needs)}`}`,
  )
  return ['**Tasks so far**', '', ...firstOf(lines, room, (left) => `- and ${count(left, 'more task')}`)]
}

/** What each mode holds back until a person approves. */
export const MODE_MEANINGS: Readonly<Record<Mode, string>> = {
  strict: 'no task, no agent and no write before an approval',
  soft: 'tasks may start while the plan is written and read, and nothing lands on trunk before an approval',
  off: 'tasks start and land without an approval; the final pull request is the gate',
}

export function planningFacts(run: LiveRun): string[] {
  const { planning } = run
  const work = workOf(run)
  return [
    `- Run ${code(run.run)} of issue #${run.issue.number}, requested by ${inline(run.askedBy)} at ${moment(run.askedAt)}`,
    ...(planning === null
      ? []
      : [
          `- Base: ${code(bounded(planning.baseBranch, 200))} at ${code(shortSha(planning.base))}`,
          `- Mode ${code(planning.mode)}: ${MODE_MEANINGS[planning.mode]}`,
        ]),
    ...(work === null || work.open ? [] : [`- Newest version: ${work.version}`]),
    ...(run.ledger.limit === null ? [] : [`- Limit of money: ${usd(run.ledger.limit)}`]),
  ]
}

/** The current stage of planning. `drafted`: the plan is written and about to be posted. */
export type PlanningStage = 'reading' | 'exploring' | 'questions' | 'designing' | 'criticising' | 'drafted' | 'done'

export function planningStage(run: LiveRun): PlanningStage {
  const { planning } = run
  if (planning === null) return run.phase === 'requested' ? 'reading' : 'done'
  if (planning.settled || run.phase === 'ended') return 'done'
  if (unanswered(planning).length > 0) return 'questions'
  if (planTry(run) !== null) return 'designing'
  switch (planningAt(run)) {
    case 'explore':
      return 'exploring'
    case 'design':
      return 'designing'
    case 'critique':
      return 'criticising'
    case 'scope':
    case 'expand':
    case 'replan':
    case 'review':
    case 'synthesis':
    case null:
      return 'drafted'
  }
}

/** The number of tasks of the unfinished plan. */
const tasksSoFar = (run: LiveRun): number =>
  run.phase !== 'requested' && run.work?.open === true
    ? run.work.plan.tasks.length
    : (run.planning?.streamed.length ?? 0)

/** The stage of planning as a title and a sentence. */
export function planningHeadline(run: LiveRun): { title: string; detail: string } {
  if (planWaitsForMoney(run)) return outOfMoneyHeadline(run)
  const { planning } = run
  const version = planning !== null && planning.revisions.length > 0 ? ' another version of' : ''
  const open = planning === null ? 0 : unanswered(planning).length
  switch (planningStage(run)) {
    case 'reading':
      return { title: 'Planning', detail: 'The issue is being read.' }
    case 'exploring':
      return { title: 'Planning: exploring', detail: 'Agents that can only read look through the repository.' }
    case 'questions':
      return {
        title: 'Planning: waiting for answers',
        detail: `${count(open, 'question')} of the planner ${open === 1 ? 'has' : 'have'} no answer yet; the plan depends on ${open === 1 ? 'it' : 'them'}.`,
      }
    case 'designing':
      return {
        title: 'Planning: designing',
        detail: `${planning?.verdict?.accepted === false ? 'The plan is written once more, after the critique' : `The planner writes${version === '' ? '' : version} the plan`}: ${count(tasksSoFar(run), 'task')} so far.`,
      }
    case 'criticising':
      return { title: 'Planning: critique', detail: 'The plan is written, and a critic reads it.' }
    case 'drafted':
      return { title: 'Planning: nearly done', detail: 'The plan is written and about to be posted.' }
    case 'done':
      return { title: 'Planned', detail: 'The plan is there.' }
  }
}
