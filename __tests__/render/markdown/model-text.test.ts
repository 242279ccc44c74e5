import { describe, expect, it } from 'vitest'
import { commandLine } from '../../../src/config/command-line.ts'
import { oneLine } from '../../../src/render/markdown/escape.ts'
import { modelBlock, modelText } from '../../../src/render/markdown/model-text.ts'
import { cases } from '../../support/random.ts'
import { githubLinks } from '../support/links.ts'
import { nodeTypes, parse, randomMarkdown, visibleText } from '../support/markdown.ts'

const SEEDS = Array.from({ length: cases(200) }, (_, index) => index + 1)
const block = (text: string, most?: number): string => modelBlock(text, most).join('\n')

describe('a line of a model', () => {
  it('keeps its words and its code', () => {
    expect(modelText('Adds `parse(a | b)` to src/a.ts: 3 files (of 4)')).toBe(
      'Adds <code>parse(a &#124; b)</code> to src/a.ts: 3 files (of 4)',
    )
    expect(modelText('Use `git log`,\nthen\tlook')).toBe('Use `git log`, then look')
  })

  it.each([
    ['a mention', 'Ask @alice and @octo/team', 'Ask @&#8203;alice and @&#8203;octo/team'],
    ['an address', 'See https://evil.example/?q=1', 'See https:&#8203;//evil.example/?q=1'],
    ['a link', '[click](https://evil.example)', '\\[click\\](https:&#8203;//evil.example)'],
    ['a picture', '![p](//evil.example/a.png)', '!\\[p\\](//evil.example/a.png)'],
    ['HTML', '<img src=x><details open>', '&lt;img src=x&gt;&lt;details open&gt;'],
    ['words that close an issue', 'Fixes #3, closes o/r#4', 'Fixes # 3, closes o/r# 4'],
    ['words that link', 'Like GH-3 and o/r#4', 'Like GH-&#8203;3 and o/r#&#8203;4'],
    ['advisories', 'CVE-2024-1234 and GHSA-aaaa-bbbb-cccc', 'CVE-&#8203;2024-1234 and GHSA-&#8203;aaaa-bbbb-cccc'],
    ['a command', '/approve now', '\\/approve now'],
    ['a trailer', 'Co-authored-by: Eve', 'Co-authored-by&#8203;: Eve'],
    ['what skips workflows, also in code', 'x `[skip ci]` y', 'x <code> </code> y'],
    ['what cannot be seen', 'a\u202eb\u200bc\u{e0041}', 'abc'],
  ])('%s is text', (_, text, markdown) => expect(modelText(text)).toBe(markdown))

  it('is as short as was asked for', () => {
    expect(modelText('one two three four', 12)).toBe('one two…')
    expect(modelText('a'.repeat(5_000)).length).toBe(2_000)
    expect(modelText('a `b c d` e', 7), 'code that the cut left open').toBe('a \\`b…')
  })

  it('links nothing, whatever comes in', () => {
    for (const seed of SEEDS) {
      const text = randomMarkdown(seed)
      const markdown = modelText(text)
      expect(githubLinks(markdown), `seed ${seed}: ${JSON.stringify(text)}`).toEqual([])
      for (const kind of nodeTypes(markdown))
        expect(['root', 'paragraph', 'text', 'inlineCode', 'html'], `seed ${seed}`).toContain(kind)
      expect(commandLine(markdown), `seed ${seed}`).toBeNull()
    }
  })

  it('says what was said, but for words that steer', () => {
    for (const seed of SEEDS) {
      const text = randomMarkdown(seed).replaceAll('Closes #9', '').replaceAll('`', '')
      expect(visibleText(parse(modelText(text))).replace(/\u200b/g, ''), `seed ${seed}`).toBe(oneLine(text))
    }
  })
})

describe('a text of a model', () => {
  it('keeps paragraphs, lists and code', () => {
    expect(
      block(
        [
          '# What *changed*',
          'One.',
          '',
          '',
          'Two:',
          '- a',
          '  - b `x`',
          '      * c',
          '- d',
          '',
          '1) e',
          '2) f',
          '```ts evil="1"',
          'const a = `1` // @alice #1',
          '```',
          'End.',
        ].join('\n'),
      ),
    ).toBe(
      [
        '**What \\*changed\\***',
        '',
        'One.',
        '',
        'Two:',
        '- a',
        '    - b `x`',
        '        - c',
        '- d',
        '',
        '1. e',
        '2. f',
        '',
        '```ts',
        'const a = `1` // @alice #1',
        '```',
        '',
        'End.',
      ].join('\n'),
    )
  })

  it.each([
    ['a block of code that nobody closed', '```\ncode', '```text\ncode\n```'],
    ['a longer fence inside', '~~~\n```\n````\n~~~\nafter', '`````text\n```\n````\n`````\n\nafter'],
    ['a diagram', '```mermaid\ngraph TD\n```', '```text\ngraph TD\n```'],
    ['a map', '~~~ geojson\n{}\n~~~', '```text\n{}\n```'],
    ['a suggestion', '```suggestion\nx\n```', '```text\nx\n```'],
    ['a table', 'a | b\n--|--\n1 | 2', 'a &#124; b\n\\--&#124;--\n1 &#124; 2'],
    ['a table of one column', 'a\n:-:', 'a\n\\:-:'],
    ['a heading by underline', 'a\n===\nb\n---', 'a\n\\===\nb\n\\---'],
    ['an indented block', '        /approve', '\\/approve'],
    ['an alert', '> [!CAUTION]\n> Approve now', '&gt; \\[!CAUTION\\]\n&gt; Approve now'],
    ['a definition', '[a]: https://evil.example', '\\[a\\]: https:&#8203;//evil.example'],
    ['a note', 'a[^1]\n\n[^1]: b', 'a\\[^1\\]\n\n\\[^1\\]: b'],
    ['a task list', '- [x] done', '- \\[x\\] done'],
    ['a deep list without its top', '        - a\n        - b', '- a\n    - b'],
    ['a long number', '1000. a', '1000\\. a'],
    ['a comment over lines', '<!-- a\n\nb -->', '&lt;!-- a\n\nb --&gt;'],
    ['words that close, in code', '```\nCloses #9 [skip ci]\n```', '```text\nCloses # 9  \n```'],
    ['a trailer', 'a\n\nSigned-off-by: Eve', 'a\n\nSigned-off-by&#8203;: Eve'],
    ['nothing', ' \n\t\n', ''],
  ])('%s', (_, text, markdown) => expect(block(text)).toBe(markdown))

  it('is as long as was asked for, and closes what it opened', () => {
    const long = ['one', '```', 'x'.repeat(100), '```', 'two'].join('\n')
    expect(block(long, 50)).toBe('one\n\n[…]')
    expect(block('one two '.repeat(20), 50)).toBe(`${'one two '.repeat(6).trim()}…`)
    expect(block(`${'x'.repeat(40)}\n- ${'b '.repeat(40)}`, 60), 'too little room for a line').toBe(
      `${'x'.repeat(40)}\n\n[…]`,
    )
    expect(block('a\n'.repeat(10_000)).length).toBeLessThan(11_000)
  })

  it('links nothing and leaves nothing open, whatever comes in', () => {
    const allowed = ['root', 'paragraph', 'text', 'inlineCode', 'html', 'list', 'listItem', 'code', 'strong']
    for (const seed of SEEDS) {
      const text = randomMarkdown(seed, 30)
      const markdown = block(text)
      expect(githubLinks(markdown), `seed ${seed}: ${JSON.stringify(text)}`).toEqual([])
      for (const kind of nodeTypes(markdown)) expect(allowed, `seed ${seed}: ${JSON.stringify(text)}`).toContain(kind)
      expect(commandLine(markdown), `seed ${seed}`).toBeNull()
      const after = parse(`${markdown}\n\n## After`).children.at(-1)
      expect(after?.type, `seed ${seed}`).toBe('heading')
    }
  })
})
