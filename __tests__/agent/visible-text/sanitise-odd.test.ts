import { describe, expect, it } from 'vitest'
import { sanitise } from '../../../src/agent/visible-text/sanitise.ts'
import { allNodes, parse, random } from '../../render/support/markdown.ts'
import { computeSeconds } from '../../support/processor.ts'
import { cases } from '../../support/random.ts'

/** `W` becomes a word of its own each time. */
const PIECES = [
  ...[
    '\n',
    '\n\n',
    '\n\n',
    '    ',
    '  ',
    '> ',
    '- ',
    '1. ',
    '10) ',
    '```',
    '```js W',
    '~~~',
    '`',
    '``',
    '\\',
    '|',
    '|--|--|',
  ],
  ...[
    '<!--',
    '-->',
    '<!-- W -->',
    '<!-->',
    '--!>',
    '<?',
    '?>',
    '<!X',
    '>',
    '<![CDATA[',
    ']]>',
    '<b>',
    '</b>',
    '<pre>',
    '</pre>',
  ],
  ...[
    '<div>',
    '</div>',
    '<details>',
    '<br>',
    '<a title="',
    '">',
    '<foo W>',
    '<i a="<b>" W>',
    '<',
    '-',
    '!',
    '"',
    "'",
    '(',
    ')',
  ],
  ...[
    '[',
    ']',
    '](',
    '![',
    '[a]',
    '[^1]',
    '[^1]: ',
    '[^2]: ',
    '[b]: http://x ',
    '[//]: # (',
    '&#8203;',
    '&lrm;',
    '\u200b',
    '# ',
  ],
  ...[
    'W',
    'W',
    'W ',
    'W\n',
    'W\n\n',
    '`W`',
    '`<!--`',
    '```\nW\n```\n',
    '[W](http://a "W")',
    '![W](x)',
    'https://x.y/',
    '=',
    ':',
  ],
] as const

function mixture(seed: number): string {
  const next = random(seed)
  let words = 0
  return Array.from({ length: 2 + Math.floor(next() * 20) }, () => PIECES[Math.floor(next() * PIECES.length)] ?? '')
    .join('')
    .replaceAll('W', () => `word${words++}x`)
}

const wordsOf = (text: string): string[] => text.match(/word\d+x/g) ?? []

/** Words that Markdown puts where a page shows nothing, and nowhere else. What HTML hides is not looked at. */
function hiddenIn(text: string): string[] {
  const hidden = allNodes(parse(text)).flatMap((node) => {
    const info = node.type === 'code' ? (node.meta ?? '') : ''
    const title = 'title' in node ? (node.title ?? '') : ''
    const alt = 'alt' in node ? (node.alt ?? '') : ''
    const comment = node.type === 'html' && /^<!--(?!-?>)(?:(?!--!?>)[\s\S])*-->$/.test(node.value) ? node.value : ''
    return wordsOf([info, title, alt, comment].join(' '))
  })
  return hidden.filter((word) => wordsOf(text).filter((other) => other === word).length === 1)
}

describe('mixtures of everything that hides', () => {
  const texts = Array.from({ length: cases(400) }, (_, seed) => mixture(seed + 1))
  const hidden = texts.map(hiddenIn)
  const kept = texts.map((text) => sanitise(text).text)

  it('keep nothing that Markdown does not show', () => {
    expect(hidden.flat().length).toBeGreaterThan(60)
    texts.forEach((text, index) => {
      const words = wordsOf(kept[index] ?? '')
      expect(
        hidden[index]?.filter((word) => words.includes(word)),
        JSON.stringify(text),
      ).toEqual([])
    })
  })

  it('keep most of what it shows', () => {
    const shown = wordsOf(texts.join(' ')).length - hidden.flat().length
    expect(wordsOf(kept.join(' ')).length / shown).toBeGreaterThan(0.6)
  })

  it('change nothing a second time', () => {
    texts.forEach((text, index) => {
      expect(sanitise(kept[index] ?? '').text, JSON.stringify(text)).toBe(kept[index])
    })
  })
})

describe('time', () => {
  /** What GitHub takes as a body. */
  const LENGTH = 65_536
  const UNITS = [
    ...[
      '<',
      '<!--',
      '<![CDATA[',
      '<a x="',
      "<a x='",
      '<a\n',
      '<div hidden>',
      '<object>',
      '<p hidden>`</p>',
      '[',
      '![',
      '[]',
    ],
    ...[
      '[a](',
      '[a](b "',
      '[a](b (',
      '[a](\\(',
      '[a]: b\n',
      '[a]: b "\n',
      '[^1]: x\n',
      '[^a]:\n\n    x\n',
      '` ',
      '`\n',
    ],
    ...[
      '&#0',
      '- ',
      '* * ',
      '> ',
      '```\n',
      '\u001b]',
      '\u009d',
      'data:a/b,',
      '😀\u200d',
      '|',
      '<!<!-- -->-- ',
      '$',
      '$x%',
      '\\phantom$',
      '|-|\n',
    ],
  ]

  it.each(UNITS)('grows with the length of a text made of %j', (unit) => {
    const text = unit.repeat(Math.ceil(LENGTH / unit.length))
    const seconds = computeSeconds(() => {
      sanitise(`${text}">)`)
    })
    expect(seconds).toBeLessThan(2)
  })
})
