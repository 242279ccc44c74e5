import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { type Html, html, trusted } from '../../../render/page/html.ts'
import { diagramSvg } from './diagram.ts'
import { type Links, linked } from './links.ts'
import { fewTags } from './tags.ts'

/** Rendered again at each look at a page, and the same nearly every time. */
const kept = new Map<string, Html>()
const MOST_KEPT = 1000

/**
 * A comment as GitHub shows it. Of HTML in it only a few tags without attributes work; everything else is shown as it was typed.
 * `name` makes the ids of footnotes unique in a page.
 */
export function commentHtml(markdown: string, name: string, links: Links): Html {
  const key = `${name}\n${links.page}\n${markdown}`
  const known = kept.get(key)
  if (known !== undefined) return known
  if (kept.size >= MOST_KEPT) kept.clear()
  const rendered = isCostly(markdown) ? html`<pre tabindex="0">${markdown}</pre>` : render(markdown, name, links)
  kept.set(key, rendered)
  return rendered
}

function render(markdown: string, name: string, links: Links): Html {
  const text = micromark(markdown, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml({ clobberPrefix: `${name}-` }), fewTags()],
  })
  return trusted(withDiagrams(linked(scrollable(text), links)))
}

/** Marks of one paragraph that are read in a fraction of a second. */
const MOST_MARKS = 2000
/** A row of a table gets all cells of its head, written or not. */
const MOST_CELLS = 20_000

/** The time that Markdown takes grows with the square of the marks in a paragraph, and the hub does nothing else meanwhile. */
function isCostly(markdown: string): boolean {
  const lines = markdown.split('\n')
  const cells = lines.reduce((most, line) => Math.max(most, line.split('|').length - 1), 0)
  if (cells * lines.length > MOST_CELLS) return true
  let cost = 0
  for (const paragraph of markdown.split(/\n[ \t>]*\n|\n(?=\|)/)) {
    cost += (paragraph.match(/[*_~[\]<>&`]|[-+.)] |[.@:]/g)?.length ?? 0) ** 2
    if (cost > MOST_MARKS ** 2) return true
  }
  return false
}

/** Graphs of plans are drawn. The library that draws any other would need styles of its own in the page, which are not let in. */
const withDiagrams = (text: string): string =>
  text.replace(
    /<pre tabindex="0"><code class="language-mermaid">([\s\S]*?)<\/code><\/pre>/g,
    (block, encoded: string) => {
      const drawing = diagramSvg(decoded(encoded))
      return drawing === null
        ? `<details><summary>Diagram, as text: GitHub draws it</summary>${block}</details>`
        : `<div class="scroll" tabindex="0" role="region" aria-label="Graph">${drawing.text}</div>`
    },
  )

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' }
const decoded = (text: string): string => text.replace(/&(?:lt|gt|quot|amp);/g, (entity) => ENTITIES[entity] ?? entity)

/** What is too wide scrolls, and can be reached without a mouse. No tag in `text` is the comment's own. */
const scrollable = (text: string): string =>
  text
    .replaceAll('<pre>', '<pre tabindex="0">')
    .replaceAll('<table>', '<div class="wide" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>')
