import { type Mode, type Planning, unanswered } from '../core/planning.ts'
import { shortSha } from '../core/ref.ts'
import { planWaitsForMoney } from '../core/stages.ts'
import { type LiveRun, workOf } from '../core/state.ts'
import { code, codes } from './code.ts'
import { bounded, inline } from './escape.ts'
import { firstOf } from './fit.ts'
import { modelText } from './model-text.ts'
import { usd } from './money.ts'
import { titled } from './plan-tasks.ts'
import { type PlanningStage, planningStage, tasksSoFar } from './planning-stage.ts'
import { count, listed, moment } from './words.ts'

const ORDER: readonly PlanningStage[] = [
  'reading',
  'exploring',
  'questions',
  'designing',
  'criticising',
  'drafted',
  'done',
]

/** What the planner has done, is at, and has before it, a line each; then what came to nothing. Empty for a plan by hand. */
export function planningSteps(run: LiveRun, room: number): string[] {
  const { planning } = run
  if (planning === null) return []
  const at = ORDER.indexOf(planningStage(run))
  const now = planWaitsForMoney(run) ? '**waits for money**' : '**at work**'
  const standing = (stage: PlanningStage) => {
    const place = ORDER.indexOf(stage)
    return place < at ? 'done' : place === at ? now : 'to come'
  }
  return [
    `- Exploring: ${standing('exploring')}${explored(planning)}`,
    ...(planning.questions.length === 0 ? [] : [`- Questions: ${answered(planning)}`]),
    `- Design: ${standing('designing')}${designed(run, planning)}`,
    `- Critique: ${critique(planning, at > ORDER.indexOf('criticising'), standing('criticising'))}`,
    ...revisions(planning, room),
    ...failures(run, room),
  ]
}

function explored({ explorations }: Planning): string {
  if (explorations === null) return ''
  const areas = explorations.slice(0, 5).map(({ area }) => modelText(area, 100))
  return areas.length === 0 ? '' : `: ${listed(areas)}`
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

function critique({ verdict, designs }: Planning, isPast: boolean, standing: string): string {
  if (verdict === null) return isPast ? 'not needed' : standing
  const { accepted, problems } = verdict
  const by = verdict.of === 'none' ? `by nobody, since none could be had: ${modelText(verdict.why, 300)}` : 'done'
  if (accepted) return verdict.of === 'none' ? by : `${by}: it found nothing to change`
  const all = problems.slice(0, 5).map((one) => `; ${modelText(one, 300)}`)
  const since = designs > 1 ? '; the plan was written anew since, and not judged again' : ''
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
    Object.entries(failedStages).map(([stage, why]) => `- ${code(stage)} came to nothing: ${modelText(why, 500)}`),
    room,
    (left) => `- and ${count(left, 'more stage')} that came to nothing`,
  )

/** Tasks of the plan that is being written, as they came: people may say early what is wrong with them. */
export function streamedTasks(run: LiveRun, room: number): string[] {
  const { planning } = run
  if (planning === null || planning.settled || planning.streamed.length === 0) return []
  const lines = planning.streamed.map(
    (task) => `- ${titled(task)}${task.needs.length === 0 ? '' : `, needs ${codes(task.needs)}`}`,
  )
  return ['**Tasks so far**', '', ...firstOf(lines, room, (left) => `- and ${count(left, 'more task')}`)]
}

/** What each mode keeps back until a person has spoken. */
export const MODES: Readonly<Record<Mode, string>> = {
  strict: 'nothing starts before an approval',
  soft: 'tasks may start while the plan is written and read, and nothing lands on trunk before an approval',
  off: 'tasks start and land without an approval; the final pull request is the gate',
}

export function planningFacts(run: LiveRun): string[] {
  const { planning } = run
  const work = workOf(run)
  return [
    `- Run ${code(run.run)} of issue #${run.issue.number}, asked for by ${inline(run.askedBy)} at ${moment(run.askedAt)}`,
    ...(planning === null
      ? []
      : [
          `- Base: ${code(bounded(planning.baseBranch, 200))} at ${code(shortSha(planning.base))}`,
          `- Mode ${code(planning.mode)}: ${MODES[planning.mode]}`,
        ]),
    ...(work === null || work.open ? [] : [`- Newest version: ${work.version}`]),
    ...(run.ledger.limit === null ? [] : [`- Limit of money: ${usd(run.ledger.limit)}`]),
  ]
}
