import { logRef, shortSha, trunkBranch } from '../../core/ids.ts'
import { isAgentTask } from '../../core/plan/plan.ts'
import { whyGivenUp } from '../../core/schedule/planning-stages.ts'
import { commitSubject } from '../../core/text/control-characters.ts'
import { moneySection } from '../cost.ts'
import { sections, table } from '../markdown/blocks.ts'
import { code, codes } from '../markdown/code.ts'
import { bounded } from '../markdown/escape.ts'
import { firstOf, fitted, LIMITS } from '../markdown/fit.ts'
import { count, duration, secondsBetween } from '../markdown/format.ts'
import { blockQuote, modelBlock, modelText } from '../markdown/model-text.ts'
import { amendmentLines } from '../plan/difference.ts'
import type { PlannedRun } from '../plan/planned-run.ts'
import { taskTitle } from '../plan/tasks.ts'
import { headline } from '../status/headline.ts'
import {
  byPeopleSection,
  conflictsSection,
  flakySection,
  landedSection,
  notLandedSection,
  rerunsSection,
  reviewsSection,
  verificationSection,
} from './final-pull-sections.ts'

const TITLE = 200
const WHOLE = 30_000

/** Title and body of the final pull request: the plan while the run is at work, the outcome once it has ended. */
export const finalPull = (run: PlannedRun): { title: string; body: string } => ({
  title: bounded(commitSubject(titleOf(run), `Run ${run.run}`), TITLE),
  body: fitted(LIMITS.pull, [
    () => body(run, { text: true, tasks: true, reruns: true }),
    () => body(run, { text: false, tasks: true, reruns: true }),
    () => body(run, { text: false, tasks: true, reruns: false }),
    () => body(run, { text: false, tasks: false, reruns: false }),
  ]),
})

/** The title of the finished change if a model wrote one, else the plan's. */
const titleOf = (run: PlannedRun): string =>
  (run.phase === 'ended' ? run.work.described?.title.trim() : '') || run.work.plan.title

interface Level {
  text: boolean
  tasks: boolean
  reruns: boolean
}

const body = (run: PlannedRun, level: Level): string[] =>
  run.phase === 'ended' ? finalBody(run, level) : draftBody(run, level)

/** Stays the same while the run is at work, since the comments show its progress. */
function draftBody(run: PlannedRun, level: Level): string[] {
  const { plan, open } = run.work
  const tasks = open ? 'a plan that is still being written' : count(plan.tasks.length, 'task')
  return sections(
    [`Tributary works here on issue #${run.issue.number}: ${tasks}, merged into this branch one by one.`],
    level.text ? intent(run) : [],
    [`The plan, and the status of the run while it is at work, are in the comments below. ${GATES[run.work.mode]}`],
    level.tasks && !open
      ? table(
          ['Task', 'Needs'],
          plan.tasks.map((task) => [taskTitle(task), codes(task.needs)]),
        )
      : [],
    journal(run),
  )
}

const GATES: Readonly<Record<PlannedRun['work']['mode'], string>> = {
  strict: 'No task, no agent and no write before the plan is approved there.',
  soft: 'Nothing lands here before the plan is approved there.',
  off: 'This pull request is the gate: nothing else waits for an approval.',
}

function finalBody(run: PlannedRun, level: Level): string[] {
  const { title, counts, detail } = headline(run)
  return sections(
    // A merge may close the issue only if the whole plan is done.
    run.phase === 'ended' &&
      run.work.verification?.status === 'passed' &&
      ['success', 'merged'].includes(run.conclusion)
      ? [`Closes #${run.issue.number}`]
      : [`For issue #${run.issue.number}.`],
    [`**${title}${counts === '' ? '' : `: ${counts}`}.** ${detail}`],
    level.text ? described(run) : [],
    contradictions(run),
    level.tasks
      ? ['### What landed', '', ...landedSection(run)]
      : [
          `${count(run.work.trunk.merges.length, 'merge')}; the table would not fit, \`git log --first-parent\` has it.`,
        ],
    conflictsSection(run),
    byPeopleSection(run),
    flakySection(run),
    ['### Verification', '', ...verificationSection(run)],
    grown(run),
    level.reruns ? reviewsSection(run) : [],
    level.reruns ? rerunsSection(run) : [],
    notLandedSection(run),
    costs(run),
    journal(run),
  )
}

/** A model's description of the whole change, or the plan's text if there is none. */
function described(run: PlannedRun): string[] {
  const words = run.work.described
  if (words === null || words.body.trim() === '') return [...intent(run), ...notDescribed(run)]
  return [
    ...modelBlock(words.body, 20_000),
    '',
    '_A model put this into words, from what the tasks handed over and from the diff._',
  ]
}

/** Why the plan's text stands where people expect the words of a model. */
function notDescribed(run: PlannedRun): string[] {
  const isDue = run.phase === 'ended' && run.conclusion === 'success' && run.planning !== null
  if (!isDue || run.work.described !== null || !run.work.plan.tasks.some(isAgentTask)) return []
  const why = whyGivenUp(run, 'synthesis') ?? 'no money was left for that'
  return ['', `_No model has described the change as a whole: ${modelText(why, 300)}. This is the text of the plan._`]
}

const ROOM = 10_000

function contradictions({ work: { described: words } }: PlannedRun): string[] {
  const all = words?.contradictions ?? []
  if (all.length === 0) return []
  const lines = all.map((one) => `- ${modelText(one, 500)}`)
  return ['### What does not fit together', '', ...firstOf(lines, ROOM, (left) => `- and ${left} more`)]
}

function grown({ work }: PlannedRun): string[] {
  const lines = amendmentLines(work, 5_000)
  return lines.length === 0 ? [] : ['### How the plan grew', '', ...lines]
}

/** Money and elapsed time; empty if no model was used. */
function costs(run: PlannedRun): string[] {
  const money = moneySection(run)
  if (money.length === 0 || run.phase !== 'ended') return money
  const { startedAt } = run.work
  const all = duration(secondsBetween(run.askedAt, run.endedAt))
  const work = startedAt === null ? '' : `, ${duration(secondsBetween(startedAt, run.endedAt))} of them at work`
  return [...money, '', `Time: ${all} from \`/plan\` to the end${work}.`]
}

function intent({ work: { plan } }: PlannedRun): string[] {
  return sections(blockQuote(plan.summary, WHOLE), blockQuote(plan.context, WHOLE))
}

const journal = ({ run, work }: PlannedRun): string[] => [
  `Everything that the run knows is in its journal: ${code(`git fetch origin ${logRef(run)}:${logRef(run)}`)}, then ${code(`git log ${logRef(run)}`)}. ` +
    `Branch ${code(trunkBranch(run))}, base ${code(shortSha(work.base))}, plan ${code(work.planId.slice(0, 12))}.`,
]
