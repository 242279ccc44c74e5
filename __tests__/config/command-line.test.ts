import { describe, expect, it } from 'vitest'
import { commandLine, formattedCommand } from '../../src/config/command-line.ts'
import { computeSeconds } from '../support/processor.ts'

describe('what is a command', () => {
  it.each([
    ['/plan', '/plan'],
    ['  /plan  ', '/plan'],
    ['\n\r\n \n/plan\n', '/plan'],
    ['/approve\n\nThank you!', '/approve\nThank you!'],
    ['/approve\nThank you!', '/approve\nThank you!'],
    ['/approve\r\nThank you!', '/approve\nThank you!'],
    ['/plan\n- one\n- two', '/plan\n- one\n- two'],
    ['/plan\n> quoted', '/plan\n> quoted'],
    ['/retry t3\n\n    code “as” it is\n\n<b>x</b>\n', '/retry t3\n    code “as” it is\n\n<b>x</b>'],
    ['/approve\n\n<!-- nobody sees this -->\n\u200b', '/approve'],
    ['/plan   --mode\tsoft', '/plan --mode soft'],
    ['/plan --paths src/**/*.ts --paths _x_', '/plan --paths src/**/*.ts --paths _x_'],
    ['/Approve 3F2A', '/Approve 3F2A'],
    ['/aprove!', '/aprove!'],
  ])('%j is read as %j', (body, line) => expect(commandLine(body)).toBe(line))

  it('is read above the signature of a mail, which Markdown takes for a heading', () => {
    expect(commandLine('/approve\n-- \nJane')).toBe('/approve\n-- \nJane')
    expect(commandLine('/approve\n---\nJane')).toBe('/approve\n---\nJane')
  })
})

describe('what is not', () => {
  it.each([
    ['nothing', ''],
    ['blank lines', '\n \n'],
    ['words', 'please /plan this'],
    ['a command on the second line', 'Hello\n/approve'],
    ['a command in the second paragraph', 'Hello\n\n/approve'],
    ['a quote', '> /approve'],
    ['a quoted quote', '>> /approve'],
    ['a list', '- /approve'],
    ['a heading with a hash', '# /approve'],
    ['inline code', '`/approve`'],
    ['a fence', '```\n/approve\n```'],
    ['a fence of tildes', '~~~sh\n/approve\n~~~'],
    ['a fence that nobody closed', '```\n/approve'],
    ['an indented block', '    /approve'],
    ['a tab', '\t/approve'],
    ['an HTML comment', '<!-- /approve -->'],
    ['an HTML comment of several lines', '<!--\n/approve\n-->'],
    ['an HTML comment that nobody closed', '<!--\n/approve'],
    ['a line behind an HTML comment', '<!-- note -->\n/approve'],
    ['a hidden element', '<div hidden>\n/approve\n</div>'],
    ['bold words', '**/approve**'],
    ['an escaped slash', '\\/approve'],
    ['a slash that is an entity', '&#47;approve'],
    ['a path', '/usr/bin/env node'],
    ['a path that ends in a slash', '/usr/'],
    ['a slash alone', '/'],
    ['a slash and a word', '/ approve'],
    ['two slashes', '// approve'],
    ['a number', '/42'],
    ['a regular expression', '/^a+$/ fails'],
  ])('%s is left alone', (_, body) => expect(commandLine(body)).toBeNull())
})

describe('what phones make of a command', () => {
  it.each([
    ['/plan —mode soft', '/plan --mode soft'],
    ['/plan –mode soft', '/plan --mode soft'],
    ['/plan —-mode soft', '/plan --mode soft'],
    ['/approve —only “t1, t2”', '/approve --only "t1, t2"'],
    ['/plan —paths ‘src/**’', "/plan --paths 'src/**'"],
    ['/skip read–config', '/skip read-config'],
    ['/skip read\u2011config', '/skip read-config'],
    ['/skip\u00a0t3', '/skip t3'],
    ['/skip \u200bt3\ufeff', '/skip t3'],
  ])('%j is read as %j', (body, line) => expect(commandLine(body)).toBe(line))
})

describe('what comes after the two hyphens', () => {
  it('is data, word for word', () =>
    expect(commandLine('/retry t3 -- say “hello” — not --mode ‘x’ …')).toBe(
      '/retry t3 -- say “hello” — not --mode ‘x’ …',
    ))
  it('may begin with the long dash of a phone', () =>
    expect(commandLine('/retry t3 — it’s late')).toBe('/retry t3 -- it’s late'))
  it('goes on through the comment, whatever Markdown makes of it', () =>
    expect(commandLine('/revise -- two things:\r\n\r\n- `one`  two\r\n\r\n```\n/cancel\n```\n')).toBe(
      '/revise -- two things:\n\n- `one`  two\n\n```\n/cancel\n```',
    ))
  it('may begin on the next line', () => {
    expect(commandLine('/revise --\nuse fewer tasks')).toBe('/revise -- use fewer tasks')
    expect(commandLine('/revise —\n\nuse fewer tasks')).toBe('/revise -- use fewer tasks')
  })
  it('may be nothing', () => expect(commandLine('/revise -- ')).toBe('/revise --'))
  it('does not begin at two hyphens inside a word or at an option', () =>
    expect(commandLine('/plan a--b --mode soft')).toBe('/plan a--b --mode soft'))
  it('begins at the first of several', () => expect(commandLine('/retry t3 -- a -- b')).toBe('/retry t3 -- a -- b'))
})

describe('HTML comments inside a command', () => {
  it('are no part of it, as nobody sees them', () => {
    expect(commandLine('/approve <!-- --only t1 -->')).toBe('/approve')
    expect(commandLine('/plan <!-- a -- b --> --mode soft')).toBe('/plan --mode soft')
    expect(commandLine('/approve <!--\n--only t1\n--> t2')).toBe('/approve t2')
  })
  it('are data after the two hyphens', () =>
    expect(commandLine('/retry t3 -- keep <!-- this -->')).toBe('/retry t3 -- keep <!-- this -->'))
})

it('reads a comment of the greatest length that GitHub takes in a moment', () => {
  const seconds = computeSeconds(() => {
    expect(commandLine(`/revise -- ${'*_['.repeat(21_000)}`)).toHaveLength(63_011)
    expect(commandLine(`/${'*_['.repeat(21_000)}`)).toBeNull()
    expect(commandLine(`${'\n'.repeat(60_000)}/plan`)).toBe('/plan')
  })
  expect(seconds).toBeLessThan(5)
})

describe('a command in code or emphasis', () => {
  it.each([
    ['`/plan`', '/plan'],
    ['  **/plan**', '/plan'],
    ['\n_/approve 3fa9b2114c0d_\n\nThanks', '/approve 3fa9b2114c0d'],
    ['**`/retry t3 -- smaller`**', '/retry t3 -- smaller'],
    ['```/plan```', '/plan'],
  ])('%j is none, and holds %j', (body, inside) => {
    expect(commandLine(body)).toBeNull()
    expect(formattedCommand(body)).toBe(inside)
  })

  it.each([
    '`/plan` makes a plan',
    'Type `/plan`',
    '> `/plan`',
    '- `/plan`',
    '    `/plan`',
    '**/plan',
    '*/usr/bin*',
    '',
  ])('%j is a sentence', (body) => expect(formattedCommand(body)).toBeNull())

  it('is looked for in a moment', () => {
    const seconds = computeSeconds(() => {
      for (const piece of ['*', '_`', '`/a', '**/a ']) formattedCommand(piece.repeat(16_000))
    })
    expect(seconds).toBeLessThan(5)
  })
})
