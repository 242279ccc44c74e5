import { describe, expect, it } from 'vitest'
import { commentHtml } from '../../../src/hub/pages/markdown/render.ts'
import { graph } from '../../../src/render/plan/graph.ts'
import { gate, planOf } from '../../support/plan.ts'

const links = {
  server: 'http://hub.localhost:1',
  page: 'http://hub.localhost:1/octo/demo/issues/1',
  issues: '/octo/demo/issues',
}
const rendered = (markdown: string): string => commentHtml(markdown, 'c1', links).text

describe('a comment', () => {
  it('keeps the few tags that our comments are written with', () => {
    expect(rendered('<details open><summary>More</summary>\n\n**bold**<br>\n\n</details>')).toBe(
      '<details open><summary>More</summary>\n<p><strong>bold</strong><br></p>\n</details>',
    )
    expect(rendered('<details><summary>a &lt; b &amp; c</summary></details>')).toBe(
      '<details><summary>a &lt; b &amp; c</summary></details>',
    )
    expect(rendered('a <sub>`code`</sub> &#8203;b<!-- tributary:plan -->')).toBe(
      '<p>a <sub><code>code</code></sub> \u200bb</p>',
    )
  })

  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;'],
    ['<b onclick="x">y</b>', '&lt;b onclick=&quot;x&quot;&gt;'],
    ['<details ontoggle=x open>', '&lt;details ontoggle=x open&gt;'],
    ['<a href="javascript:x">y</a>', '&lt;a href='],
    ['<img src=x onerror=y>', '&lt;img src=x onerror=y&gt;'],
    ['text <svg/onload=x>', '&lt;svg/onload=x&gt;'],
  ])('shows other HTML as it was typed: %s', (markdown, shown) => {
    expect(rendered(markdown)).toContain(shown)
    expect(rendered(markdown)).not.toMatch(/<(?!\/?p>)/)
  })

  it('closes each tag, and no tag of what is around it', () => {
    expect(rendered('</details></summary><b>x')).toBe('<b>x</b>')
    expect(rendered('<details>\n\nx')).toBe('<details>\n<p>x</p></details>')
  })

  it('leads to pages of the hub without its host, and loads nothing', () => {
    expect(rendered('[a](http://hub.localhost:1/octo/demo/pull/2#x) [b](../actions/runs/3)')).toBe(
      '<p><a href="/octo/demo/pull/2#x">a</a> <a href="/octo/demo/actions/runs/3">b</a></p>',
    )
    expect(rendered('see #12, `#13` and [#14](https://example.com/?a=1&b=2)')).toBe(
      '<p>see <a href="/octo/demo/issues/12">#12</a>, <code>#13</code> and <a href="https://example.com/?a=1&amp;b=2">#14</a></p>',
    )
    expect(rendered('![a picture](http://example.com/p.png)')).toBe('<p>[image: a picture]</p>')
    expect(rendered('[x](javascript:alert(1)) [y](data:text/html,z)')).toBe('<p><a href="">x</a> <a href="">y</a></p>')
  })

  it.each([
    ['emphasis', '*a'.repeat(30_000)],
    ['links', '[a]('.repeat(15_000)],
    ['quotes', '>'.repeat(60_000)],
    ['many paragraphs', `${'*a'.repeat(1500)}\n\n`.repeat(20)],
    ['cells', `${'|a'.repeat(300)}\n${'|-'.repeat(300)}\n${'|a\n'.repeat(9000)}`],
  ])('that would take long to render is shown as it was typed: %s', (_, markdown) => {
    expect(rendered(markdown)).toMatch(/^<pre tabindex="0">(?:\*a|\[a\]|&gt;|\|a)/)
  })

  it('of many tasks is rendered', () => {
    const table = `| Task | Result |\n| --- | --- |\n${'| [`a`](https://x.example/a_b) | **done** in 3.5 s |\n'.repeat(300)}`
    expect(rendered(table)).toContain('<strong>done</strong>')
    expect(rendered(`- **a** \`b\`: c_d\n`.repeat(200))).toContain('<strong>a</strong>')
  })
})

const drawn = (lines: readonly string[]): string => rendered(lines.join('\n'))
const mermaid = (...lines: string[]): string => drawn(['```mermaid', 'flowchart LR', ...lines, '```'])

describe('a graph in a comment', () => {
  it('is drawn as the plan comment has it: every node with its lines, its style, its shape and its edges', () => {
    const plan = planOf('types > parse, parse > look', {
      tasks: { types: { title: 'A type for #12 | "amounts"' }, look: { ...gate, title: 'Is it right?' } },
    })
    const html = drawn(graph(plan, (id) => (id === 'types' ? 'landed' : 'later')))
    expect(html).toMatch(
      /<g data-state="landed"><title>types A type for #12 \| &quot;amounts&quot; \(landed\)<\/title>/,
    )
    expect(html.match(/<path class="edge"/g)).toHaveLength(2)
    expect(html.match(/<g data-state="later">/g)).toHaveLength(2)
    expect(html).toContain('>look</text>')
    expect(html).not.toContain('flowchart')
    expect(html).not.toContain('<a ')
  })

  it('breaks a long title into lines that fit its node, those of wide letters sooner', () => {
    const title = (text: string) => drawn(graph(planOf('a', { tasks: { a: { title: text } } })))
    const linesOf = (html: string) => [...html.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, line]) => line)
    expect(linesOf(title('Read the amounts of each line without floats'))).toEqual([
      'a',
      'Read the amounts of each line',
      'without floats',
    ])
    expect(linesOf(title('金額'.repeat(10)))).toEqual(['a', `${'金額'.repeat(7)}金`, '額金額金額'])
  })

  it('is drawn in the groups of a large plan, whatever their order', () => {
    const ids = Array.from({ length: 30 }, (_, index) => `t${index}`)
    const plan = planOf(
      ids.map((id, index) => (index < 3 ? id : `t${index % 7 < index ? index % 7 : 0} > ${id}`)).join(', '),
    )
    const lines = graph(plan)
    const html = drawn(lines)
    expect(html.match(/<g data-state/g)).toHaveLength(lines.filter((line) => /^ {2}n\d+\[/.test(line)).length)
    expect(html.match(/<path class="edge"/g)).toHaveLength(lines.filter((line) => line.includes('-->')).length)
  })

  it.each([
    ['another kind of diagram', ['sequenceDiagram', '  a->>b: hi']],
    ['a form that no plan comment has', ['flowchart LR', '  a((x)) --> b']],
    ['a link to run', ['flowchart LR', '  n1["a"]', '  click n1 "javascript:alert(1)"']],
    ['a circle', ['flowchart LR', '  n1["a"]', '  n2["b"]', '  n1 --> n2', '  n2 --> n1']],
    ['an edge from nowhere', ['flowchart LR', '  n1["a"]', '  n2 --> n1']],
    ['no node at all', ['flowchart LR']],
  ])('stays text, folded and with a word about it: %s', (_what, lines) => {
    const html = drawn(['```mermaid', ...lines, '```'])
    expect(html).toMatch(/^<details><summary>Diagram, as text: GitHub draws it<\/summary><pre tabindex="0">/)
    expect(html).not.toContain('<svg')
  })

  it('puts nothing into the page but text, and a class that it knows', () => {
    const html = mermaid(
      '  n1["<img src=x>#60;script#62;<br/>\u0000#0;x"]',
      '  class n1 constructor',
      '  class n1 landed',
    )
    expect(html).toContain('Diagram, as text')
    const known = mermaid('  n1["<img src=x>#60;script#62;"]', '  class n1 landed')
    expect(known).toContain('&lt;img src=x&gt;&lt;script&gt;')
    expect(known).not.toMatch(/<(?:img|script)/)
  })
})
