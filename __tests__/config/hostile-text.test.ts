import { describe, expect, it } from 'vitest'
import { sanitise } from '../../src/agent/visible-text/sanitise.ts'
import { commandLine } from '../../src/config/command-line.ts'
import { findPlan, readHandPlan, readPlanBlock } from '../../src/config/hand-plan.ts'
import { readSettings } from '../../src/config/settings.ts'
import { readYaml } from '../../src/config/yaml.ts'
import { parseCommand } from '../../src/core/command/parse.ts'
import { defaultSettings } from '../../src/core/settings.ts'
import { modelBlock, modelText } from '../../src/render/markdown/model-text.ts'
import { computeSeconds } from '../support/processor.ts'

/** GitHub takes 65,536 characters in an issue or a comment; a quarter of it shows the growth, in less time. */
const LONGEST = 65_536
const LONG = LONGEST / 4
const QUARTER = LONG / 4

/** The text, repeated to a length; `#` becomes a number. */
const filled = (piece: string, length: number): string => {
  let text = ''
  for (let at = 0; text.length < length; at += 1) text += piece.replaceAll('#', String(at))
  return text
}

/** Four times the text takes 4 times as long in linear time, 16 times in quadratic. What is quick anyway proves nothing. */
function expectLinear(read: (text: string) => unknown, make: (length: number) => string): void {
  read(make(QUARTER / 8))
  const quarter = computeSeconds(() => read(make(QUARTER)))
  expect(computeSeconds(() => read(make(LONG)))).toBeLessThan(10 * quarter + 0.25)
}

const MARKDOWN = [
  '>',
  '> ',
  '- ',
  '1. ',
  '> - ',
  '- > ',
  '[',
  '[a](',
  '[a]\n',
  '[a]: b\n',
  '`',
  '*a',
  '_a_ ',
  '<a ',
  '<!--',
]
const BLOCKS = ['```\n', '```a\n```\n', '=\n', 'a\n-\n', '>a\n', '# a\n', '|a|\n|-|\n', '<b>', '&#', '![a](data:', '\n']
const YAML = [
  '[',
  '{',
  '{a: ',
  '- ',
  '? ',
  '}',
  '"',
  '&a ',
  '- &a# x\n',
  '- *a\n',
  'k#: a\n',
  'a: 1\n',
  ' - {id: t#, x: 1}\n',
]

const readMarkdown = (text: string): void => {
  findPlan(text)
  sanitise(text)
  modelBlock(text, LONGEST)
  modelText(text)
  for (const command of ['/plan ', '/answer\n']) parseCommand(commandLine(command + text) ?? '')
}

describe('text that people write is read in linear time', () => {
  it.each([...MARKDOWN, ...BLOCKS])('Markdown, %j again and again', (piece) =>
    expectLinear(readMarkdown, (length) => filled(piece, length)),
  )
  it.each(['- |> ', '- |* ', '* |1. '])('Markdown, %j', (pieces) =>
    expectLinear(readMarkdown, (length) =>
      pieces
        .split('|')
        .map((piece) => filled(piece, length / 2))
        .join(''),
    ),
  )
  it.each(YAML)('YAML, %j again and again', (piece) =>
    expectLinear(
      (text) => [readPlanBlock({ text, above: 0 }, defaultSettings), readSettings(text)],
      (length) => filled(piece, length),
    ),
  )
})

describe('a text over a bound', () => {
  const wrong = (text: string) => {
    const read = readYaml(text)
    return read.ok ? [] : read.error
  }
  const lines = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, at) => line(at))
  const nested = 'Lists and keys are nested more than 20 deep here: remove some levels'

  it.each([
    ['brackets', `a: 1\nb: ${'['.repeat(20)}${']'.repeat(20)}`, `a: 1\nb: ${'['.repeat(21)}`, nested, 2],
    ['items on one line', `${'- '.repeat(20)}a`, `- a\n${'- '.repeat(21)}a`, nested, 2],
    [
      'anchors',
      lines(100, (at) => `- &a${at} x`).join('\n'),
      lines(101, (at) => `- &a${at} x`).join('\n'),
      'There are more than 100 anchors (`&name`): write some of the values out',
      101,
    ],
    [
      'aliases',
      ['- &a x', ...lines(199, () => '- *a')].join('\n'),
      ['- &a x', ...lines(201, () => '- *a')].join('\n'),
      'There are more than 200 aliases (`*name`): write some of the values out',
      202,
    ],
    [
      'characters',
      `# ${'x'.repeat(131_070)}`,
      `# ${'x'.repeat(131_071)}`,
      'The text has 131073 characters, and at most 131072 are read: split it into several plans',
      1,
    ],
  ])('of %s is refused with its line and what to change, one within is read', (_, within, over, message, line) => {
    expect(wrong(within)).toEqual([])
    expect(wrong(over)).toEqual([{ line, message }])
  })

  it('does not count what stands in texts and comments', () => {
    const signs = '[{&a *a - ? '.repeat(300)
    expect(wrong(`# ${signs}\na: "${signs}"\nb: '${signs}'\nc: |\n  ${signs}\nd: x ${'- [ '.repeat(300)}`)).toEqual([])
  })

  it('of quotes and lists is searched for no plan, and says which line', () => {
    const plan = '```tributary\ntitle: x\n```'
    expect(findPlan(`${'> '.repeat(50)}a\n\n${plan}`).ok).toBe(true)
    const deep = readHandPlan(`a\n${'> '.repeat(51)}a\n\n${plan}`, defaultSettings)
    expect(deep).toMatchObject({
      error: [
        { code: 'no-plan', message: expect.stringContaining('In line 2 of the issue more than 50 quotes or lists') },
      ],
    })
  })
})
