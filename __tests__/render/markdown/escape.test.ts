import { describe, expect, it } from 'vitest'
import { bounded, exposed, inline, oneLine, visible } from '../../../src/render/markdown/escape.ts'
import { cases } from '../../support/random.ts'
import { nodeTypes, parse, randomMarkdown, visibleText } from '../support/markdown.ts'

const SEEDS = Array.from({ length: cases(200) }, (_, index) => index + 1)
const withoutGaps = (text: string): string => text.replace(/\u200b/g, '')

describe('inline', () => {
  it('leaves ordinary words alone', () => {
    expect(inline('Split the parser, then (again) test it: 3 files!')).toBe(
      'Split the parser, then (again) test it: 3 files!',
    )
  })

  it('calls nobody and links nothing', () => {
    expect(inline('@alice see #12, GH-7, o/r#3, https://evil.org, www.evil.org and a@b.org')).toBe(
      '@&#8203;alice see #&#8203;12, GH-&#8203;7, o/r#&#8203;3, https:&#8203;//evil.org, www&#8203;.evil.org and a@&#8203;b.org',
    )
    expect(inline('fixed in 3ff6b97d')).toBe('fixed in 3ff6b9&#8203;7d')
    expect(inline('see CVE-2024-1234, GHSA-aaaa-bbbb-cccc')).toBe(
      'see CVE-&#8203;2024-1234, GHSA-&#8203;aaaa-bbbb-cccc',
    )
  })

  it('closes no issue of somebody else', () => {
    expect(inline('Closes #9')).toBe('Closes #&#8203;9')
    expect(inline('Fixes https://github.com/o/r/issues/9')).not.toContain('://github.com')
  })

  it('writes HTML, comments and images as text', () => {
    expect(inline('<!-- tributary:plan:42 --><img src=x>![a](b)')).toBe(
      '&lt;!-- tributary:plan:42 --&gt;&lt;img src=x&gt;!\\[a\\](b)',
    )
  })

  it('keeps a cell a cell', () => {
    expect(inline('a | b\nc \\| d')).toBe('a &#124; b c \\\\&#124; d')
  })

  it('starts no heading, list, rule or table', () => {
    expect([':-:', ':---', ':-) a', '# a', '- a', '+ a', '1. a', '2) a', '---', '==='].map(inline)).toEqual([
      '\\:-:',
      '\\:---',
      ':-) a',
      '\\# a',
      '\\- a',
      '\\+ a',
      '1\\. a',
      '2\\) a',
      '\\---',
      '\\===',
    ])
  })

  it('says the very text, and nothing but text, whatever comes in', () => {
    for (const seed of SEEDS) {
      const text = randomMarkdown(seed)
      const markdown = inline(text)
      const found = nodeTypes(markdown)
      for (const kind of ['root', 'paragraph', 'text', 'html']) found.delete(kind)
      expect([...found], `seed ${seed}: ${JSON.stringify(text)}`).toEqual([])
      expect(withoutGaps(visibleText(parse(markdown))), `seed ${seed}`).toBe(oneLine(text))
      expect(markdown.replaceAll('<span>$</span>', ''), `seed ${seed}`).not.toMatch(/[<>|]|@\w|#\d{1,3}(?![\d;])|:\/\//)
    }
  })

  it('is one cell of a table, whatever comes in', () => {
    for (const seed of SEEDS) {
      const text = randomMarkdown(seed)
      const [first] = parse(`| a | b |\n| --- | --- |\n| ${inline(text) || ' '} | last |`).children
      expect(first?.type === 'table' && first.children.map((row) => row.children.length), `seed ${seed}`).toEqual([
        2, 2,
      ])
      expect(withoutGaps(first === undefined ? '' : visibleText(first)), `seed ${seed}`).toBe(`ab${oneLine(text)}last`)
    }
  })
})

describe('what cannot be seen', () => {
  it('is dropped from text and written out where it matters', () => {
    expect(visible('a\u202eb\u200b\u0007\ufe0f\u{e0041}c\ud800')).toBe('abc')
    expect(exposed('a\u202eb\u0000\u{e0041}')).toBe('a\\u202eb\\u0000\\ue0041')
  })
})

describe('bounded', () => {
  it('shortens by whole words and says so', () => {
    expect(bounded('a short one', 20)).toBe('a short one')
    expect(bounded('one two three four', 12)).toBe('one two…')
    expect(bounded('x'.repeat(30), 10)).toBe(`${'x'.repeat(9)}…`)
    expect([...bounded('👩 '.repeat(50), 10)].length).toBeLessThanOrEqual(10)
  })
})
