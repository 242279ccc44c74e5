import { logRef, shortSha, trunkBranch } from '../../core/ids.ts'
import { isAgentTask } from '../../core/plan/plan.ts'
import { whyGivenUp } from '../../core/schedule/planning-stages.ts'
import { commitSubject } from '../../core/text/control-characters.ts'
import { budgetText, costsOfRun } from '../cost.ts'
import { detailsBlock, sections } from '../markdown/blocks.ts'
import { code } from '../markdown/code.ts'
import { bounded } from '../markdown/escape.ts'
import { firstOf, fitted, LIMITS } from '../markdown/fit.ts'
import { count, duration, secondsBetween } from '../markdown/format.ts'
import { blockQuote, modelBlock, modelText } from '../markdown/model-text.ts'
import { amendmentLines } from '../plan/difference.ts'
import type { PlannedRun } from '../plan/planned-run.ts'
import { headline } from '../status/headline.ts'
import {
  byPeopleSection,
  conflictsSection,
  flakySection,
  notLandedSection,
  rerunsSection,
  reviewsSection,
  verificationSection,
} from './final-pull-sections.ts'
import { approvalsSection, filesSection, foldedIfMany, reviewOrder, whatTasksDid } from './review-guide.ts'
import { runPageLink } from './run-page-link.ts'

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
    [
      `Tributary is working on issue #${run.issue.number} here: ${tasks}, merged into this branch one by one. Do not merge this pull request before it is ready for review.`,
    ],
    level.text ? intent(run) : [],
    [`The comments below show the plan and the progress of the run. ${GATES[run.work.mode]}`],
    detailsBlock('About this run', journal(run)),
  )
}

const GATES: Readonly<Record<PlannedRun['work']['mode'], string>> = {
  strict: 'Nothing starts before you approve the plan there.',
  soft: 'Nothing lands here before you approve the plan there.',
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
    level.text ? ['### What changed and why', '', ...described(run)] : [],
    contradictions(run),
    conflictsSection(run),
    notLandedSection(run),
    level.tasks
      ? reviewOrder(run, level.text)
      : [
          `${count(run.work.trunk.merges.length, 'merge')}: too many to list here; \`git log --first-parent\` has them.`,
        ],
    level.tasks ? filesSection(run) : [],
    byPeopleSection(run),
    flakySection(run),
    ['### Verification', '', ...verificationSection(run)],
    approvalsSection(run),
    level.reruns ? history(run) : [],
    costs(run),
    runPageLink(run),
    detailsBlock('About this run', journal(run)),
  )
}

/** What happened on the way; a reader of the change rarely needs it. */
function history(run: PlannedRun): string[] {
  const lines = sections(grown(run), reviewsSection(run), rerunsSection(run))
  return lines.length === 0 ? [] : detailsBlock('What happened on the way', lines)
}

/** A model's description of the whole change, or the plan's text if there is none. */
function described(run: PlannedRun): string[] {
  const words = run.work.described
  if (words === null || words.body.trim() === '') return [...byTasks(run), ...notDescribed(run)]
  return [
    ...modelBlock(words.body, 20_000),
    '',
    '_A model wrote this, from the hand-offs of the tasks and from the diff._',
  ]
}

/** The plan's own words, and what each task did, where no model has described the whole. */
function byTasks(run: PlannedRun): string[] {
  const lines = firstOf(whatTasksDid(run, 300), WHOLE / 2, (left) => `- and ${count(left, 'more task')}`)
  return sections(intent(run), lines.length === 0 ? [] : foldedIfMany('What each task did', lines))
}

/** Why the plan's text stands where people expect the words of a model. */
function notDescribed(run: PlannedRun): string[] {
  const isDue = run.phase === 'ended' && run.conclusion === 'success' && run.planning !== null
  if (!isDue || run.work.described !== null || !run.work.plan.tasks.some(isAgentTask)) return []
  const why = whyGivenUp(run, 'synthesis') ?? 'no money was left for that'
  return ['', `_No model described the change as a whole: ${modelText(why, 300)}. The text above is the plan's._`]
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
  return lines.length === 0 ? [] : ['**How the plan grew**', '', ...lines]
}

/** Money, folded, and the time from the command to the end. */
function costs(run: PlannedRun): string[] {
  if (run.phase !== 'ended') return []
  const { startedAt } = run.work
  const all = duration(secondsBetween(run.askedAt, run.endedAt))
  const work =
    startedAt === null ? '' : `, ${duration(secondsBetween(startedAt, run.endedAt))} of it after the approval`
  const money = costsOfRun(run)
  return sections(money.length === 0 ? [] : detailsBlock(`Money: ${budgetText(run.ledger)}`, money), [
    `Time: ${all} from \`/plan\` to the end${work}.`,
  ])
}

function intent({ work: { plan } }: PlannedRun): string[] {
  return sections(blockQuote(plan.summary, WHOLE), blockQuote(plan.context, WHOLE))
}

const journal = ({ run, work }: PlannedRun): string[] => [
  `Everything that the run knows is in its journal: ${code(`git fetch origin ${logRef(run)}:${logRef(run)}`)}, then ${code(`git log ${logRef(run)}`)}. ` +
    `Branch ${code(trunkBranch(run))}, base ${code(shortSha(work.base))}, plan ${code(work.planId.slice(0, 12))}.`,
]
