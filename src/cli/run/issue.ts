import { bounded } from '../../render/markdown/escape.ts'

/** What the issue is made of: the words of the person, a plan by hand, or both. */
export interface IssueSource {
  words: string | null
  /** The text of the plan's file, and the title that it gives. */
  plan: { text: string; title: string } | null
}

interface NewIssue {
  title: string
  body: string
}

const TITLE = 100

export function issueFor({ words, plan }: IssueSource): NewIssue {
  const said = words?.trim() ?? ''
  const title = bounded((said.split('\n', 1)[0] ?? '') || (plan?.title ?? ''), TITLE)
  const body = [...(said === title ? [] : [said]), ...(plan === null ? [] : [fenced(plan.text)])]
  return { title, body: body.filter((part) => part !== '').join('\n\n') }
}

/** A plan in a file of its own has no fence, and the text of a whole issue has one. */
function fenced(text: string): string {
  if (/^ {0,3}(?:`{3,}|~{3,})\s*tributary\b/im.test(text)) return text.trim()
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}tributary\n${text.trim()}\n${fence}`
}
