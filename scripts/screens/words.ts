import { htmlOf } from './page.ts'

const INNERMOST = /<details\b[^>]*>((?:(?!<details\b)[\s\S])*?)<\/details>/
const SUMMARY = /<summary\b[^>]*>([\s\S]*?)<\/summary>/
const UNSEEN = /<pre class="mermaid">[\s\S]*?<\/pre>|<!--[\s\S]*?-->/g

/** Words that GitHub shows of a text: `seen` before anything is unfolded, and `all`. Labels in graphs do not count. */
export function wordsOf(markdown: string): { seen: number; all: number } {
  const html = htmlOf(markdown).replace(UNSEEN, '')
  return { seen: count(folded(html)), all: count(html) }
}

const folded = (html: string): string => {
  const [whole, inside] = INNERMOST.exec(html) ?? []
  return whole === undefined || inside === undefined
    ? html
    : folded(html.replace(whole, () => SUMMARY.exec(inside)?.[1] ?? ''))
}

const count = (html: string): number => html.replace(/<[^>]*>/g, '').match(/\S+/g)?.length ?? 0
