import { describe, expect, it } from 'vitest'
import { colour, createDisplay, cutToWidth, wantsColour, wrapped, wrappedHelp } from '../../src/cli/display.ts'
import type { Terminal } from '../../src/cli/subcommand.ts'

/** A terminal that keeps what is drawn, one piece after another. */
function terminal(columns: number | null, env: Terminal['env'] = {}) {
  const drawn: string[] = []
  const at: Terminal = {
    cwd: '/',
    env,
    command: 'tributary',
    home: '/',
    out: (line) => drawn.push(`${line}\n`),
    error: (line) => drawn.push(`${line}\n`),
    interruption: () => new AbortController().signal,
    ...(columns === null ? {} : { screen: { columns: () => columns, write: (text: string) => drawn.push(text) } }),
  }
  return { at, drawn }
}
const ERASE = '\r\u001b[2K'

describe('the line below all others', () => {
  it('is rewritten as time passes, and makes room for a line that stays', () => {
    const { at, drawn } = terminal(80)
    let seconds = 1.5
    const display = createDisplay(at, () => seconds)
    display.status('5 of 12 tasks landed')
    seconds = 2
    display.tick()
    display.line('landed')
    display.clear()
    display.tick()
    expect(drawn).toEqual([
      `${ERASE}| 1 s  5 of 12 tasks landed`,
      `${ERASE}/ 2 s  5 of 12 tasks landed`,
      ERASE,
      'landed\n',
      `${ERASE}/ 2 s  5 of 12 tasks landed`,
      ERASE,
    ])
  })

  it('never takes a second row, in a narrow window either', () => {
    const { at, drawn } = terminal(20)
    createDisplay(at, () => 3).status('waiting for the plan')
    expect(drawn).toEqual([`${ERASE}| 3 s  waiting for…`])
    expect(drawn[0]?.slice(ERASE.length).length).toBeLessThan(20)
  })

  it('is not there if the output is no terminal, or one that cannot rewrite', () => {
    for (const { at, drawn } of [terminal(null), terminal(80, { TERM: 'dumb' })]) {
      const display = createDisplay(at, () => 3)
      display.status('waiting')
      display.tick()
      display.line('landed')
      display.clear()
      expect(drawn).toEqual(['landed\n'])
    }
  })
})

it.each([
  [null, 80],
  [80, 79],
  [61, 60],
  [300, 120],
  [10, 40],
])('in a window of %s columns, lines have %i', (columns, expected) => {
  expect(createDisplay(terminal(columns).at, () => 0).columns).toBe(expected)
})

it('cuts with a sign that it did, or breaks between words and leaves a path whole', () => {
  expect(cutToWidth('twelve chars', 12)).toBe('twelve chars')
  expect(cutToWidth('thirteen char', 12)).toBe('thirteen ch…')
  expect(wrapped('one two three four', 9, '  ')).toEqual(['one two', '  three', '  four'])
  expect(wrapped('in /a/very/long/path', 9)).toEqual(['in', '/a/very/long/path'])
  expect(wrapped('a  chart ==|', 20)).toEqual(['a  chart ==|'])
})

it('wraps help so that what an option means stays in its column', () => {
  const help = ['Words of help for it.', '  --port N  the port, or a free one']
  expect(wrappedHelp(help, 22)).toEqual([
    'Words of help for it.',
    '  --port N  the port,',
    '            or a free',
    '            one',
  ])
  expect(wrappedHelp(help, 80)).toEqual(help)
})

describe('colour', () => {
  it.each([
    ['a terminal', {}, true, true],
    ['no terminal', {}, false, false],
    ['a terminal that has none', { TERM: 'dumb' }, true, false],
    ['NO_COLOR', { NO_COLOR: '1' }, true, false],
    ['an empty NO_COLOR', { NO_COLOR: '' }, true, true],
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
    ['NO_COLOR beside FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  ])('%s', (_, env, isTerminal, expected) => {
    expect(wantsColour(env, isTerminal)).toBe(expected)
  })

  it('marks a text and ends with it, or leaves it as it is', () => {
    expect(colour(true).red('no')).toBe('\u001b[31mno\u001b[39m')
    expect(colour(false).red('no')).toBe('no')
  })
})
