import { describe, expect, it } from 'vitest'
import { sanitise } from '../../../src/agent/visible-text/sanitise.ts'

const shownOf = (text: string): string => sanitise(text).text
const kindsOf = (text: string): string[] => sanitise(text).removed.map(({ kind }) => kind)
const tags = (text: string): string =>
  [...text].map((letter) => String.fromCodePoint(0xe0000 + (letter.codePointAt(0) ?? 0))).join('')

describe('what people read', () => {
  it.each([
    [
      'code with comments and tags',
      'Use:\n\n```html\n<!-- x --><div hidden title="t">a</div>\n```\n\nand `<!-- y -->`.\n',
    ],
    [
      'code in a list',
      '1. Run\n\n    ```java\n    List<String> a; // <!-- x -->\n    ```\n2. Then\n   - so\n     ~~~\n     <b>\n     ~~~\n',
    ],
    ['code in a quote', '> Look:\n>\n> ```\n> <script>x</script>\n> ```\n\nfine\n'],
    ['code that is indented', 'Look:\n\n    <template>x</template> &#8203; ![a](b "c")\n\nfine\n'],
    ['a table', '| tag | what |\n| --- | --- |\n| `<script>` | runs `a \\| b` |\n'],
    [
      'tables of several sorts',
      'a | b\n:-: | -\n1 | `x \\| y`\n2\n\n| a | b |\n| --- |\n| 1 | 2 | 3 |\n\n```\n|a|\n|-|\n|1|2|\n```\n\nx | y | z\n',
    ],
    [
      'formulas',
      '$a_1 \\cdot \\frac{1}{2}$ and $$\\color{red}{x} \\hspace{1em} 5\\%$$\n\n```math\n\\begin{align} x &= 1 \\\\ y \\end{align}\n```\n',
    ],
    [
      'money, variables and macros that are no formulas',
      'It costs $5, 20% of $25. Run `$HOME\\data $x`; `\\tiny` is TeX.\n',
    ],
    ['details', '<details open>\n<summary>Logs</summary>\n\n```text\nat Foo.<init>(Foo.java:1)\n```\n\n</details>\n'],
    ['links, tasks and mentions', '- [ ] ask @alice in #12, see [docs](https://x.y/a_(b)?q=1#z) or <https://x.y>\n'],
    [
      'signs of arithmetic and generics',
      'a < b && c > d, x << 2, Map<string, int>, R&D, &lt;b&gt; &amp;#8203; &copy; 5 % 2\n',
    ],
    ['brackets that are no links', 'array[0](x) [a] [b][c] ![d] :[ ](\n'],
    ['a log that looks like a definition', 'Output:\n[ERROR]: failed to open file\n'],
    ['notes that are referred to', 'As shown[^1].\n\n[^1]: The note with `code`.\n\n    And more.\n'],
    ['emoji and scripts', '👩‍💻 🏳️‍🌈 ❤️ 1️⃣ 👍🏽 naïve Ünïcödé عربي 中文 日本語 한국어\n'],
    ['tabs, and blanks at the end', '\tx\n a  \nb'],
  ])('stays as it is: %s', (_what, text) => {
    expect(sanitise(text)).toEqual({ text, removed: [] })
  })

  it('is no longer lost in what surrounds it', () => {
    expect(shownOf('a <!-- x --> b\r\nc\rd')).toBe('a  b\nc\nd')
    expect(shownOf('<td align="center" width="40">x</td>')).toBe('<td align="center" width="40">x</td>')
  })
})

describe('what nobody reads is taken out', () => {
  it.each([
    ['a comment', 'a <!-- EVIL --> b', 'a  b', 'html-comment'],
    ['a comment of several lines', '<!--\nEVIL\n\n```\nEVIL\n-->\n\nb', '\n\nb', 'html-comment'],
    ['a comment that nobody closed', 'a\n<!-- EVIL\n\nEVIL', 'a\n', 'html-comment'],
    ['an empty comment and one behind it', '<!--> b <!-- EVIL -->', ' b ', 'html-comment'],
    ['a short empty comment', '<!---> b <!-- EVIL -->', ' b ', 'html-comment'],
    ['a comment in a comment', '<!-- EVIL <!-- EVIL --> c -->', ' c -->', 'html-comment'],
    ['a comment out of two halves', '<!<!-- x -->-- EVIL -->c', 'c', 'html-comment'],
    ['a comment by a zero-width blank', '<!\u200b-- EVIL -->c', 'c', 'html-comment'],
    ['an instruction', '<?php EVIL ?>c', 'c', 'html-comment'],
    ['a declaration', '<!DOCTYPE EVIL>c', 'c', 'html-comment'],
    ['character data', '<![CDATA[EVIL]]>c', 'c', 'html-comment'],
    ['a comment that Markdown makes', '[//]: # (EVIL)\n\nc', '\n\nc', 'link-definition'],
    ['one with quotes', '[comment]: <> "EVIL"\n\nc', '\n\nc', 'link-definition'],
    ['one of several lines', "[x]:\n  /y\n  'EVIL\n  EVIL'\n\nc", '\n\nc', 'link-definition'],
    ['a label that nobody uses', '[EVIL evil evil]: https://x.y\n\nc', '\n\nc', 'link-definition'],
    ['a note that nobody refers to', 'c\n\n[^1]: EVIL\nEVIL\n\n    EVIL\n\nd', 'c\n\n\n\nd', 'footnote'],
    ['a hidden element', 'a<div hidden>EVIL<div>EVIL</div>EVIL</div>b', 'ab', 'hidden-element'],
    ['one that nobody closed', 'a <span hidden>EVIL\n\nEVIL', 'a ', 'hidden-element'],
    ['one with its closing tag in code', '<div hidden>\n\n`</div>` EVIL\n\n</div>', '', 'hidden-element'],
    ['display: none', '<p style="display:none">EVIL</p>b', 'b', 'hidden-element'],
    ['display: none, written oddly', "<p STYLE='Display : \\6e one'>EVIL</p>b", 'b', 'hidden-element'],
    ['visibility', '<i style="visibility:hidden">EVIL</i>b', 'b', 'hidden-element'],
    ['a font of no size', '<i style="font-size:0px">EVIL</i>b', 'b', 'hidden-element'],
    ['no opacity', '<i style="opacity: 0.0">EVIL</i>b', 'b', 'hidden-element'],
    ['white on white', '<font color="#FFFFFF">EVIL</font>b', 'b', 'hidden-element'],
    ['far outside', '<i style="position:absolute;left:-9999px">EVIL</i>b', 'b', 'hidden-element'],
    ['a class for those who hear', '<i class="sr-only">EVIL</i>b', 'b', 'hidden-element'],
    ['a template', '<template>EVIL</template>b', 'b', 'hidden-element'],
    ['a script', '<script>EVIL</script >b', 'b', 'hidden-element'],
    ['a style', '<style>EVIL {}</style>b', 'b', 'hidden-element'],
    ['text in a drawing', '<svg width="9"><text>EVIL</text></svg>b', 'b', 'hidden-element'],
    ['a picture', '<picture><source srcset="EVIL"><img src="EVIL"></picture>b', 'b', 'hidden-element'],
    ['a hidden input', 'a<input type="hidden" value="EVIL">b', 'ab', 'hidden-element'],
    ['an image', '<img src="https://x.y/EVIL" alt="EVIL" width=0>b', 'b', 'hidden-element'],
    ['the description of an image', '![EVIL\nEVIL](https://x.y/EVIL)b', '(image)b', 'image-text'],
    ['the same by a label', '![EVIL][x] b\n\n[x]: y', '(image) b\n\n', 'image-text'],
    ['the same in HTML', '<img alt="EVIL" src="https://x.y/EVIL">b', '(image)b', 'image-text'],
    ['the title of a link', '[b](https://x.y "EVIL")', '[b](https://x.y)', 'link-title'],
    ['the same in parentheses', '[b](<https://x.y> (EVIL\nEVIL))', '[b](https://x.y)', 'link-title'],
    ['a link without words', 'a[ ](https://x.y/EVIL)b', 'ab', 'empty-link'],
    ['where a link leads, if nowhere', '[b](javascript:EVIL) [c](<EVIL evil>)', '[b]() [c]()', 'link-target'],
    ['the label of a link', '[b][EVIL evil]\n\n[evil  EVIL]: https://x.y', '[b](https://x.y)\n\n', 'link-definition'],
    ['attributes', '<b title="EVIL" data-x=EVIL aria-label=\'EVIL\'>b</b>', '<b>b</b>', 'html-attribute'],
    [
      'attributes beside a link',
      '<a href="https://x.y" title="EVIL">b</a>',
      '<a href="https://x.y">b</a>',
      'html-attribute',
    ],
    ['attributes of closing tags', '<div>\nb\n</div EVIL>', '<div>\nb\n</div>', 'html-attribute'],
    ['tags of no meaning', 'a<EVIL><do evil="EVIL">b</EVIL>', 'ab', 'html-tag'],
    ['entities', 'a&#8203;b&#x200B;c&lrm;d&ZeroWidthSpace;e&#917569;f', 'abcdef', 'html-entity'],
    ['an entity out of two halves', 'a&#82&#8203;03;b', 'ab', 'html-entity'],
    ['a whole file', 'a data:text/html;base64,RVZJTA== b', 'a (data) b', 'data-uri'],
    ['words behind ticks', '```js EVIL evil\nb\n```', '```js\nb\n```', 'fence-words'],
    ['one word that is no language', '```EVIL\nb\n```', '```\nb\n```', 'fence-words'],
    [
      'comments of a drawing',
      '```mermaid\ngraph TD\n%% EVIL\nA-->B\n```',
      '```mermaid\ngraph TD\n\nA-->B\n```',
      'diagram-comment',
    ],
    ['a cell without a column', '| a | b |\n|--|--|\n| 1 | 2 | EVIL |', '| a | b |\n|--|--|\n| 1 | 2 |', 'excess-cell'],
    ['cells of rows without outer bars', 'a | b\n-|-\n1 | 2 | EVIL | EVIL\n3', 'a | b\n-|-\n1 | 2 |\n3', 'excess-cell'],
    ['a cell in a quote', '> | a |\n> |:-:|\n> | `1` | `EVIL` |', '> | a |\n> |:-:|\n> | `1` |', 'excess-cell'],
    [
      'a cell behind a bar in a comment',
      '| a | b |\n|--|--|\n| 1 <!-- | --> | EVIL |\n',
      '| a | b |\n|--|--|\n| 1  |\n',
      'excess-cell',
    ],
    ['a cell behind a comment of two rows', '|a|\n|-|\n|1|<!-- |\n|2 --> | EVIL|\n', '|a|\n|-|\n|1|\n', 'excess-cell'],
    ['what a formula leaves blank', 'a $x\\phantom{EVIL}$ b', 'a  b', 'hidden-formula'],
    ['the same with words inside', 'a $\\hphantom{\\text{$x$} EVIL}$ b', 'a  b', 'hidden-formula'],
    ['the same in ticks', 'a $`\\vphantom{EVIL}`$ b', 'a  b', 'hidden-formula'],
    ['a colour that nobody sees', '$$\n\\color{white}{EVIL}\n$$\n\nb', '\n\nb', 'hidden-formula'],
    ['a colour by numbers', '$\\color[rgb]{1,1,1} EVIL$ b', ' b', 'hidden-formula'],
    ['letters too small to read', '$\\tiny EVIL$ b', ' b', 'hidden-formula'],
    ['a block of a formula', '```math\nx \\phantom{EVIL}\n```\nb', '```math\nx \n```\nb', 'hidden-formula'],
    ['comments of a formula', '$x % EVIL$ $$y % EVIL\n$$', '$x $ $$y \n$$', 'hidden-formula'],
    ['comments of a block', '```math\nx \\% y \\\\% EVIL\nz\n```', '```math\nx \\% y \\\\\nz\n```', 'hidden-formula'],
    ['tag characters', `a${tags('EVIL')}b`, 'ab', 'tag-character'],
    ['selectors', 'a\ufe0f\ufe01\u{e0100}b 😀\ufe0f\ufe0f', 'ab 😀\ufe0f', 'variation-selector'],
    ['zero-width characters', '\ufeffa\u200b\u200c\u200d\u2060b', 'ab', 'zero-width'],
    ['a joiner beside an emoji', '😀\u200dx x\u200d😀', '😀x x😀', 'zero-width'],
    ['directions', '\u202ea\u2066b\u200e\u061c', 'ab', 'bidi-control'],
    ['control characters', 'a\u0000\u0007\u0085b\u2028c', 'ab c', 'control-character'],
    ['private characters', 'a\ue000\u{10fffd}b', 'ab', 'private-use'],
    ['fillers and soft hyphens', 'a\u00ad\u3164\u115f\u2063\u180e\u2800\ud800b', 'ab', 'invisible-character'],
    ['colours of a terminal', 'a\u001b[31mb\u001b]8;;EVIL\u0007c\u001b[0m\u009b1md', 'abcd', 'ansi-escape'],
  ])('%s', (_what, text, shown, kind) => {
    expect(shownOf(text)).toBe(shown)
    expect(kindsOf(text)).toContain(kind)
    expect(shownOf(text)).not.toContain('EVIL')
  })

  it('counts what it takes out, and names long blobs that it leaves', () => {
    expect(sanitise(`<!-- a --><!-- b -->\u200b\u200b ${'QUJD'.repeat(60)}`)).toEqual({
      text: ` ${'QUJD'.repeat(60)}`,
      removed: [
        { kind: 'html-comment', count: 2 },
        { kind: 'long-base64', count: 1 },
        { kind: 'zero-width', count: 2 },
      ],
    })
  })
})

describe('code that is none', () => {
  it.each([
    ['a fence whose list item is over', '- ```\n<!-- EVIL -->\n'],
    ['a fence whose quote is over', '> ```\n<!-- EVIL -->\n'],
    ['a fence in a quote of another item', '- > ```\n> <!-- EVIL -->\n'],
    ['a fence in words that go on', 'a\n    ```\n    <!-- EVIL -->\n'],
    ['a fence in HTML', '<div>\n```\n<!-- EVIL -->\n```\n</div>\n'],
    ['a fence in HTML that blank lines do not end', '<pre>\n\n```\n<!-- EVIL -->\n```\n</pre>\n'],
    ['a fence that was open already', 'a <!--\n```\n-->\n```\n<!-- EVIL -->\n'],
    ['backticks of two paragraphs', '`\n\n<!-- EVIL -->\n\n`'],
    ['backticks of two cells', '| ` | <!-- EVIL --> ` |\n| --- | --- |\n'],
    ['backticks that are paired on the line before', 'a ` b\nc ` <!-- EVIL --> ` d'],
    ['a backtick in an address', '[a](`) <!-- EVIL --> `'],
    ['a backtick in a bare address', 'https://x.y/` <!-- EVIL --> `'],
    ['a backtick in an attribute', '<a title="`"> <!-- EVIL --> `'],
    ['a backtick that is escaped', '\\` <!-- EVIL --> `'],
    ['indented lines of a list', '- a\n\n    <!-- EVIL -->\n'],
    ['indented lines of a paragraph', 'a\n    <!-- EVIL -->\n'],
    ['a backslash that a blank of no width parts from it', '\\\u200b<!-- EVIL -->'],
    ['a backslash that a colour parts from it', '\\\u001b[31m<!-- EVIL -->'],
    ['backticks that a blank of no width parts', '`\u200b`<!-- EVIL -->``'],
    ['a fence that a blank of no width parts', '``\u200b`\n<!-- EVIL -->\n```\n'],
    ['a fence behind a blank of no width', '\u200b~~~\n<!-- EVIL -->\n'],
    ['indented lines behind a blank of no width', '\u200b    <!-- EVIL -->\n'],
    ['a backslash in HTML', '<div>\n\\<!-- EVIL -->\n</div>'],
  ])('keeps nothing hidden: %s', (_what, text) => {
    expect(shownOf(text)).not.toContain('EVIL')
  })
})

it('changes nothing a second time, and takes a knot apart', () => {
  const knot = `${'<!'.repeat(40)}<!-- x -->${'-- EVIL -->'.repeat(40)}`
  expect(kindsOf(knot)).toContain('tangled-markup')
  for (const text of [knot, '<di<!-- -->v hidden>EVIL', '[x]![a](b): y "EVIL"\n\n[x]: z', '&#8&#8203;203;'])
    expect(shownOf(shownOf(text)), text).toBe(shownOf(text))
})
