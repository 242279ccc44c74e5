import type { Brief } from '../../core/brief.ts'
import type { Check } from '../../core/conflict.ts'
import type { Argv } from '../../core/plan.ts'
import type { ModelRequest } from '../../ports/model.ts'
import type { CommandRun } from '../../ports/sandbox.ts'
import { capped } from '../tool.ts'
import { intentInWords, listOf } from './intent-words.ts'
import type { Quotes } from './quotes.ts'
import { RULES } from './rules.ts'
import { conflictInWords, earlierInWords, finishedInWords, taskInWords } from './task-words.ts'

/** What the machine has looked up before the work begins. */
export interface Findings {
  /** Every check, run on the files as they are given out. */
  baseline: readonly { check: Check; ran: CommandRun }[]
  /** What earlier attempts had changed, oldest first. */
  before: readonly { attempt: number; diff: string }[]
}

/** What a worker may use up. */
export interface Limits {
  commands: readonly Argv[]
  minutes: number
  /** Null: nobody counts them. */
  turns: number | null
}

/**
 * What all workers of a run are told in the same words, whatever has finished meanwhile: rules first, then the purpose
 * and the plan. The marker is for the model's cache, which they share.
 */
export const systemOf = (brief: Brief, quotes: Quotes): ModelRequest['system'] => [
  { text: RULES },
  { text: intentInWords(brief.intent, quotes), cache: true },
]

/** What this worker alone is told. It grows with what the task needs, and with nothing else of the run. */
export const openingOf = (brief: Brief, findings: Findings, limits: Limits, quotes: Quotes): string =>
  [
    ...taskInWords(brief.task),
    ...acceptanceInWords(brief, findings, quotes),
    '# What you can run',
    listOf(limits.commands.map(words)) || 'Nothing.',
    ...finishedInWords(brief, quotes),
    ...(brief.conflict === null ? [] : conflictInWords(brief.conflict, quotes)),
    ...earlierInWords(brief, quotes),
    ...findings.before.map(({ attempt, diff }) => changesOf(attempt, diff, quotes)),
    limitsInWords(limits),
  ].join('\n\n')

/** All of it as one text, for another agent. */
export const wholePrompt = (brief: Brief, findings: Findings, limits: Limits, quotes: Quotes): string =>
  [...systemOf(brief, quotes).map(({ text }) => text), openingOf(brief, findings, limits, quotes)].join('\n\n')

const words = (argv: Argv): string => `\`${JSON.stringify(argv)}\``

function acceptanceInWords({ checks }: Brief, { baseline }: Findings, quotes: Quotes): string[] {
  const own = checks.map((check) => {
    const expects = check.expect === '' ? '' : ` Expected: ${check.expect}`
    return `- ${words(check.argv)} (of ${check.of}) must end with exit code 0 and change no file.${expects}`
  })
  return ['# Acceptance', own.join('\n'), ...baseline.flatMap((one) => baselineInWords(one, quotes))]
}

function baselineInWords({ check, ran }: Findings['baseline'][number], quotes: Quotes): string[] {
  const on = `On the files as they are given to you, ${words(check.argv)}`
  if (ran.timedOut) return [`${on} did not end within ${Math.round(ran.seconds)} seconds.`]
  if (ran.exitCode === 0)
    return [`${on} passes already: it must still pass at the end, and does not show that you are done.`]
  return [`${on} fails with exit code ${ran.exitCode}:`, quotes.data('output', capped(ran.log))]
}

const changesOf = (attempt: number, diff: string, quotes: Quotes): string =>
  `What attempt ${attempt} had changed (none of it is in your files):\n\n${quotes.data(`diff of attempt ${attempt}`, diff)}`

const limitsInWords = ({ minutes, turns }: Limits): string =>
  turns === null
    ? `You have ${minutes} minutes.`
    : `You have ${minutes} minutes and ${turns} turns. Several calls in one turn count as one.`
