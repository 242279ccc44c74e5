import { describe, expect, it } from 'vitest'
import { code, commandText, fence } from '../../../src/render/markdown/code.ts'
import { exposed } from '../../../src/render/markdown/escape.ts'
import { cases } from '../../support/random.ts'
import { nodeTypes, parse, randomMarkdown, visibleText } from '../support/markdown.ts'

const SEEDS = Array.from({ length: cases(200) }, (_, index) => index + 1)

describe('code', () => {
  it('fences backticks with more of them', () => {
    expect(code('src/**')).toBe('`src/**`')
    expect(code('a`b')).toBe('``a`b``')
    expect(code('`a``')).toBe('``` `a`` ```')
  })

  it('shows pipes and backslashes without breaking a table', () => {
    expect(code('a|b')).toBe('<code>a&#124;b</code>')
  })

  it('shows what cannot be seen', () => {
    expect(code('a\u202eb')).toBe('<code>a&#92;u202eb</code>')
  })

  it('shows exactly this in a cell, whatever comes in', () => {
    for (const seed of SEEDS) {
      const text = randomMarkdown(seed)
      const [table] = parse(`| a | b |\n| --- | --- |\n| ${code(text)} | last |`).children
      expect(table?.type === 'table' && table.children[1]?.children.length, `seed ${seed}`).toBe(2)
      expect(table === undefined ? '' : visibleText(table), `seed ${seed}`).toBe(`ab${exposed(text)}last`)
      const found = nodeTypes(code(text))
      for (const kind of ['root', 'paragraph', 'text', 'html', 'inlineCode']) found.delete(kind)
      expect([...found], `seed ${seed}`).toEqual([])
    }
  })
})

describe('fence', () => {
  it('is longer than any fence inside', () => {
    expect(fence('a\n````\nb', 'text')).toEqual(['`````text', 'a', '````', 'b', '`````'])
  })

  it('holds everything, whatever comes in', () => {
    for (const seed of SEEDS) {
      const tree = parse(`${fence(randomMarkdown(seed, 30)).join('\n')}\n\nafter`)
      expect(
        tree.children.map((node) => node.type),
        `seed ${seed}`,
      ).toEqual(['code', 'paragraph'])
    }
  })
})

describe('words', () => {
  it('quotes what a shell or an eye could misread', () => {
    expect(commandText(['npm', 'run', 'test:unit', '--', '-t', 'a b', '$(id)', 'x;y', ''])).toBe(
      'npm run test:unit -- -t "a b" "$(id)" "x;y" ""',
    )
  })

  it('writes out look-alikes, blanks and line ends', () => {
    expect(commandText(['n\u043ede', 'a\u00a0b', 'a\nb', '\u202e', '👩'])).toBe(
      '"n\\u043ede" "a\\u00a0b" "a\\nb" "\\u202e" "\\ud83d\\udc69"',
    )
  })

  it('can be read back word for word', () => {
    for (const seed of SEEDS) {
      const argv = [randomMarkdown(seed), randomMarkdown(seed + 10_000)]
      const parts = commandText(argv).match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []
      expect(parts.map((part) => (part.startsWith('"') ? JSON.parse(part) : part))).toEqual(argv)
    }
  })
})
