import { expect, it } from 'vitest'
import { readingTools } from '../../../src/agent/tools/reading-tools.ts'
import { memoryFiles } from '../../support/files.ts'
import { call, errorText, resultText } from './tool-context.ts'

const numbered = (count: number, text: (line: number) => string) =>
  `${Array.from({ length: count }, (_, index) => text(index + 1)).join('\n')}\n`

const tools = readingTools(
  memoryFiles(
    {
      'src/a.ts': 'one\ntwo\nthree\n',
      'src/empty.ts': '',
      'src/windows.ts': 'one\r\ntwo\r\n',
      'src/long.ts': numbered(4000, (line) => `const line${line} = 1`),
      'src/min.js': `${'x'.repeat(30_000)}\nlast\n`,
      'logo.png': { is: 'binary', bytes: 2048 },
      link: { is: 'symlink' },
      'many.txt': numbered(150, (line) => `match ${line}`),
    },
    ['abc1234 First', 'def5678 Second'],
  ),
)
const view = (path: string, from: number | null = null, to: number | null = null) =>
  call(tools, 'view', { path, from, to })

it('has four tools, of which none writes', () => {
  expect(tools.map(({ spec, kind }) => `${spec.name} ${kind}`)).toEqual([
    'view read',
    'search read',
    'list read',
    'log read',
  ])
})

it('shows a file with line numbers', async () => {
  expect(await resultText(view('src/a.ts'))).toBe('src/a.ts, lines 1-3 of 3\n1\tone\n2\ttwo\n3\tthree')
})

it('shows the lines that were asked for', async () => {
  expect(await resultText(view('src/a.ts', 2, 2))).toBe('src/a.ts, lines 2-2 of 3\n2\ttwo')
  expect(await resultText(view('src/a.ts', 2, 99))).toBe('src/a.ts, lines 2-3 of 3\n2\ttwo\n3\tthree')
})

it('says which lines there are where others were asked for', async () => {
  expect(await errorText(view('src/a.ts', 4, null))).toBe('src/a.ts has 3 lines only')
  expect(await errorText(view('src/a.ts', 3, 2))).toBe('Line 2 comes before line 3')
  expect(await errorText(view('src/a.ts', 0, null))).toContain('from')
})

it('shows as much of a long file as one answer holds, and where to go on', async () => {
  const text = await resultText(view('src/long.ts'))
  expect(text.length).toBeLessThanOrEqual(10_000)
  const next = Number(/view them from line (\d+)$/.exec(text)?.[1])
  expect(text).toContain(`\n${next - 1}\tconst line${next - 1} = 1\n`)
  expect(text).toContain(`lines 1-${next - 1} of 4000`)
  expect(text).toContain(`… ${4000 - next + 1} more lines did not fit`)
  expect(await resultText(view('src/long.ts', next, next))).toContain(`${next}\tconst line${next} = 1`)
})

it('shows the start of a line that is very long, and how much is left out', async () => {
  const text = await resultText(view('src/min.js'))
  expect(text).toContain(`1\t${'x'.repeat(2000)} … (28000 characters of this line left out)\n2\tlast`)
})

it('says that a file is empty, that it is binary, and that its lines end in CR LF', async () => {
  expect(await resultText(view('src/empty.ts'))).toBe('src/empty.ts is empty')
  expect(await resultText(view('logo.png'))).toBe('logo.png is a binary file of 2048 bytes')
  expect(await resultText(view('src/windows.ts'))).toBe(
    'src/windows.ts, lines 1-2 of 2; they end in CR LF\n1\tone\n2\ttwo',
  )
})

it('reads neither what is not there, nor links, nor anything outside the repository or in .git', async () => {
  expect(await errorText(view('src/none.ts'))).toContain('There is no file `src/none.ts`')
  expect(await errorText(view('link'))).toContain('no file')
  expect(await errorText(view('/proc/self/environ'))).toContain('starts at the root of the repository')
  expect(await errorText(view('../other'))).toContain('`..`')
  expect(await errorText(view('.git/config'))).toContain('out of bounds')
})

const searching = (pattern: string, more: object = {}) => ({
  pattern,
  literal: true,
  ignore_case: false,
  glob: null,
  context: 0,
  files_only: false,
  ...more,
})

it('shows the lines around a match, those of near matches once', async () => {
  const files = memoryFiles({ 'a.ts': 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight', 'b.ts': 'x\ntwo' })
  const search = (pattern: string, context: number) =>
    resultText(call(readingTools(files), 'search', searching(pattern, { literal: false, context })))
  expect(await search('two|four|eight', 1)).toBe(
    [
      ...['a.ts-1- one', 'a.ts:2: two', 'a.ts-3- three', 'a.ts:4: four', 'a.ts-5- five', '--'],
      ...['a.ts-7- seven', 'a.ts:8: eight', '--', 'b.ts-1- x', 'b.ts:2: two'],
    ].join('\n'),
  )
  expect(await search('seven', 10)).toBe(
    'a.ts-1- one\na.ts-2- two\na.ts-3- three\na.ts-4- four\na.ts-5- five\na.ts-6- six\na.ts:7: seven\na.ts-8- eight',
  )
})

it('finds what differs in case only where that is asked for', async () => {
  const search = (more: object) =>
    resultText(call(readingTools(memoryFiles({ 'a.ts': 'Send\nsend' })), 'search', searching('SEND', more)))
  expect(await search({})).toBe('No line matches')
  expect(await search({ ignore_case: true })).toBe('a.ts:1: Send\na.ts:2: send')
})

it('names the files alone, with the number of their lines', async () => {
  const files = memoryFiles({ 'a.ts': 'x\ny\nx', 'b.ts': 'x', 'c.ts': 'y' })
  const search = (pattern: string) =>
    resultText(call(readingTools(files), 'search', searching(pattern, { files_only: true, context: 3 })))
  expect(await search('x')).toBe('a.ts (2 lines)\nb.ts (1 line)')
  expect(await search('z')).toBe('No line matches')
})

it('finds lines, at most a hundred, and says when there are more', async () => {
  const search = (pattern: string, glob: string | null) => call(tools, 'search', searching(pattern, { glob }))
  expect(await resultText(search('two', 'src/a.ts'))).toBe('src/a.ts:2: two')
  const many = (await resultText(search('match', null))).split('\n')
  expect(many).toHaveLength(101)
  expect(many.at(-1)).toBe('… More lines match: narrow the search')
  expect(await resultText(search('x', 'src/min.js'))).toBe(
    `src/min.js:1: ${'x'.repeat(300)} … (29700 characters of this line left out)`,
  )
  expect(await resultText(search('nowhere', null))).toBe('No line matches')
})

it('says why a pattern or a glob is not understood', async () => {
  expect(await errorText(call(tools, 'search', searching('(', { literal: false })))).toBe(
    'that regular expression is not understood',
  )
  for (const glob of ['../**', '/etc/*', 'src/'])
    expect(await errorText(call(tools, 'search', searching('x', { glob })))).toContain('The glob is not')
  expect(await errorText(call(tools, 'list', { glob: '../*' }))).toContain('The glob is not')
})

it('lists paths, and says when there are more', async () => {
  expect(await resultText(call(tools, 'list', { glob: 'src/*.ts' }))).toBe(
    'src/a.ts\nsrc/empty.ts\nsrc/long.ts\nsrc/windows.ts',
  )
  const crowd = Object.fromEntries(Array.from({ length: 301 }, (_, index) => [`f${index}`, '']))
  const lines = (await resultText(call(readingTools(memoryFiles(crowd)), 'list', { glob: '*' }))).split('\n')
  expect(lines).toHaveLength(301)
  expect(lines.at(-1)).toBe('… More paths match: narrow the glob')
  expect(await resultText(call(tools, 'list', { glob: 'none/**' }))).toBe('No path matches')
})

it('shows the history, where there is one', async () => {
  expect(await resultText(call(tools, 'log', { path: null }))).toBe('abc1234 First\ndef5678 Second')
  expect(await resultText(call(readingTools(memoryFiles({})), 'log', { path: 'src/a.ts' }))).toBe(
    'No history is known here',
  )
  expect(await errorText(call(tools, 'log', { path: '../x' }))).toContain('`..`')
})

it.each([
  ['a field that is missing', 'view', { path: 'src/a.ts' }, 'from'],
  ['a field that nobody knows', 'list', { glob: '*', recursive: true }, 'recursive'],
  ['a value of another type', 'list', { glob: 3 }, 'glob'],
  ['text that is no JSON', 'list', '{"glob": "*', 'cut off'],
  ['nothing at all', 'log', null, 'the input'],
])('answers %s with what is wrong', async (_name, tool, input, wrong) => {
  expect(await errorText(call(tools, tool, input))).toContain(wrong)
})
