import { expect, it } from 'vitest'
import { code } from '../../../src/render/markdown/code.ts'
import { inline } from '../../../src/render/markdown/escape.ts'
import { html } from '../../../src/render/page/html.ts'
import { plain } from '../../../src/render/page/plain.ts'

it.each(['see #12, ask @ann', 'a | b & c', '<b>*not* _bold_</b>', 'it`s', 'https://example.com/a_b', '0a1b2c3d4e'])(
  'shows what our Markdown escaped as it was, and a page escapes it again: %s',
  (text) => {
    expect(plain(`Reason given: ${inline(text)}.`)).toBe(`Reason given: ${text}.`)
    expect(html`${plain(inline(text))}`.text).not.toMatch(/<b>/)
  },
)

it('leaves code as its text', () => {
  for (const text of ['/retry a', 'it`s', 'a|b', '@ann']) expect(plain(code(text))).toBe(text)
})
