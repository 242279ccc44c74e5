import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import type { Screen } from './comments.ts'

const resolve = createRequire(`${process.cwd()}/package.json`).resolve

export type Theme = 'light' | 'dark'

/** Space around the text of a comment, as GitHub leaves it. */
const PADDING = 16

/** GitHub's Markdown as HTML: in comments and pull requests, the end of a line is one. Blocks of Mermaid become graphs when the page runs. */
export const htmlOf = (markdown: string): string =>
  micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] })
    .replace(/<pre><code class="language-mermaid">([\s\S]*?)<\/code><\/pre>/g, '<pre class="mermaid">$1</pre>')
    .replace(/<p>[\s\S]*?<\/p>|<li>(?!\n)[\s\S]*?(?=<\/li>|\n<(?:ul|ol|p|pre|table|details)\b)/g, (text) =>
      text.replaceAll('\n', '<br>\n'),
    )
    .replace(/(^|[\s(>])#(\d+)\b/g, '$1<a href="#">#$2</a>')

/** A page in GitHub's look whose script ends with `then`. */
export function pageWith(body: string, theme: Theme, css: string, then: string): string {
  const github = readFileSync(resolve(`github-markdown-css/github-markdown-${theme}.css`), 'utf8')
  const mermaid = readFileSync(resolve('@mermaid-js/tiny/dist/mermaid.tiny.js'), 'utf8')
  return `<!doctype html><meta charset="utf-8"><title></title><style>${github}
body{margin:0;background:${theme === 'dark' ? '#0d1117' : '#fff'}}
.markdown-body{box-sizing:border-box;padding:${PADDING}px;font-size:14px}
.mermaid svg{max-width:100%;height:auto}.mermaid{background:none!important;text-align:center}
${css}</style>${body}<script>${mermaid}</script><script type="module">
mermaid.initialize({ startOnLoad: false, theme: '${theme === 'dark' ? 'dark' : 'default'}', securityLevel: 'strict' })
${then}</script>`
}

/** Texts one below the other as GitHub shows them in a column of `width` pixels; its title is what was measured. */
export const pageOf = (screens: readonly Screen[], width: number, theme: Theme): string =>
  pageWith(
    screens
      .map(({ name, markdown }) => `<article class="markdown-body" data-name="${name}">${htmlOf(markdown)}</article>`)
      .join('\n'),
    theme,
    `.markdown-body{width:${width}px}`,
    MEASURING,
  )

/** Runs in the page: the height of each text, and whether it is wider than its column. */
const MEASURING = `
await mermaid.run().catch((error) => document.body.append('Mermaid: ' + error.message))
await document.fonts.ready
const boxes = [...document.querySelectorAll('article')].map((one) => {
  const { height } = one.getBoundingClientRect()
  return { height: Math.ceil(height), wide: one.scrollWidth > one.clientWidth }
})
document.title = JSON.stringify(boxes)`
