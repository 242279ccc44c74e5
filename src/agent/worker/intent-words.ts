import type { Intent } from '../../core/brief.ts'
import type { Quotes } from './quotes.ts'

/** What the run is for, in the words of those who asked, and what the plan makes of it: the same for all its workers. */
export const intentInWords = (intent: Intent, quotes: Quotes): string =>
  [...purpose(intent, quotes), ...planOf(intent)].join('\n\n')

function purpose({ issue, commands, answers }: Intent, quotes: Quotes): string[] {
  return [
    '# What the run is for',
    `Issue #${issue.number}, word for word, as it stood when the plan was asked for:`,
    quotes.untrusted('issue title', issue.title),
    ...(issue.body.trim() === '' ? [] : [quotes.untrusted('issue body', issue.body)]),
    ...commands.map(({ by, words }) => quotes.person(by, words)),
    ...answers.map(({ question, words, by }) => quotes.person(by, `Question: ${question}\nAnswer: ${words}`)),
  ]
}

function planOf({ plan }: Intent): string[] {
  return [
    `# The plan: ${plan.title}`,
    ...titled('Summary', plan.summary),
    ...titled('Context', plan.context),
    ...titled('Approach', plan.approach),
    ...titled('Taken for granted', listOf(plan.assumptions)),
    ...titled('Not part of the change', listOf(plan.non_goals)),
  ]
}

export const titled = (title: string, text: string): string[] => (text.trim() === '' ? [] : [`## ${title}\n\n${text}`])

export const listOf = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n')
