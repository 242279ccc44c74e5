import { describe, expect, it } from 'vitest'
import type { Readable } from '../../src/ports/sources.ts'

/** Texts by path. */
export type Texts = Readonly<Record<string, string>>

const START: Texts = {
  'readme.md': '# Retry\n\nRetries what fails.\n',
  'src/retry.ts': 'export const retry = 1\nconst limit = 3\nretry()\n',
  'src/deep/er/wait.ts': '// waits\nexport const wait = (ms) => ms * 10\n',
  'src/[id]/page.ts': 'retry\n',
  'sp ace/ü "x".txt': 'odd\r\nretry odd\r\n',
  logo: 'PNG\0retry\n',
  empty: '',
}

const paths = (lines: readonly { path: string; line: number }[]): string[] =>
  lines.map(({ path, line }) => `${path}:${line}`)

/** What everything that gives files to read keeps to. */
export function sourcesContract(name: string, open: (texts: Texts) => Promise<Readable>): void {
  describe(`reading ${name}`, () => {
    it('reads texts as they are, and tells what is binary', async () => {
      const sources = await open(START)
      expect(await sources.read('sp ace/ü "x".txt')).toEqual({ text: 'odd\r\nretry odd\r\n', binary: false, bytes: 16 })
      expect(await sources.read('empty')).toEqual({ text: '', binary: false, bytes: 0 })
      expect(await sources.read('logo')).toEqual({ text: '', binary: true, bytes: 10 })
    })

    it.each([
      '',
      '.',
      '..',
      '/',
      'none',
      'src',
      'src/',
      'src/retry.ts/x',
      './readme.md',
      'src//retry.ts',
      '../readme.md',
      '/etc/passwd',
      'readme.md\nempty',
      'a\0b',
      'x'.repeat(5000),
      ':(top)readme.md',
      'read*',
    ])('has no file %j', async (path) => {
      expect(await (await open(START)).read(path)).toBeNull()
    })

    it('lists what a glob matches, in order, up to a number', async () => {
      const sources = await open(START)
      expect(await sources.list('src/**', 9)).toEqual({
        paths: ['src/[id]/page.ts', 'src/deep/er/wait.ts', 'src/retry.ts'],
        more: false,
      })
      expect(await sources.list('**', 2)).toEqual({ paths: ['empty', 'logo'], more: true })
      expect(await sources.list('{logo,empty}', 2)).toEqual({ paths: ['empty', 'logo'], more: false })
      expect(await sources.list('src/[id]/*', 9)).toEqual({ paths: ['src/[id]/page.ts'], more: false })
      expect(await sources.list('nothing/**', 9)).toEqual({ paths: [], more: false })
    })

    it('finds a text as it is, in text files', async () => {
      const sources = await open(START)
      const found = await sources.search('retry', { literal: true, glob: null, most: 20 })
      if (!found.ok) throw new Error(found.why)
      expect(paths(found.lines).toSorted()).toEqual([
        'sp ace/ü "x".txt:2',
        'src/[id]/page.ts:1',
        'src/retry.ts:1',
        'src/retry.ts:3',
      ])
      expect(found.lines.find(({ line }) => line === 3)?.text).toBe('retry()')
      const dots = await sources.search('r.try', { literal: true, glob: null, most: 20 })
      expect(dots).toEqual({ ok: true, lines: [], more: false })
    })

    it('finds what a regular expression describes, in the files of a glob', async () => {
      const sources = await open(START)
      const found = await sources.search('^(export|const) .*= ?(\\d|\\(ms\\))', {
        literal: false,
        glob: '**/*.ts',
        most: 20,
      })
      if (!found.ok) throw new Error(found.why)
      expect(paths(found.lines).toSorted()).toEqual(['src/deep/er/wait.ts:2', 'src/retry.ts:1', 'src/retry.ts:2'])
      const exact = await sources.search('retry', { literal: false, glob: 'src/[id]/*.ts', most: 20 })
      expect(exact).toEqual({ ok: true, lines: [{ path: 'src/[id]/page.ts', line: 1, text: 'retry' }], more: false })
      for (const glob of ['src', 'src/*', 'src/retry.ts/**']) {
        const inside = await sources.search('retry', { literal: true, glob, most: 20 })
        expect([glob, inside.ok && paths(inside.lines)]).toEqual([
          glob,
          glob === 'src' ? [] : ['src/retry.ts:1', 'src/retry.ts:3'],
        ])
      }
    })

    it('stops at a number of lines, and says that there are more', async () => {
      const sources = await open({ a: 'x\n'.repeat(30), b: 'x\n'.repeat(30) })
      const some = await sources.search('x', { literal: true, glob: null, most: 20 })
      expect(some).toMatchObject({ ok: true, more: true, lines: { length: 20 } })
      const one = await sources.search('x', { literal: true, glob: 'b', most: 30 })
      expect(one).toMatchObject({ ok: true, more: false, lines: { length: 30 } })
    })

    it.each([
      ['', true],
      ['', false],
      ['(', false],
      ['a\nb', true],
      ['[a', false],
    ])('refuses the pattern %j (literal: %s) with a reason', async (pattern, literal) => {
      const refused = await (await open(START)).search(pattern, { literal, glob: null, most: 20 })
      expect(refused).toMatchObject({ ok: false, why: expect.stringContaining('cannot be used') })
    })

    it('takes a pattern for nothing else', async () => {
      const sources = await open({ ...START, option: '--help -v\n' })
      const found = await sources.search('--help', { literal: true, glob: null, most: 20 })
      expect(found).toMatchObject({ ok: true, lines: [{ path: 'option', line: 1, text: '--help -v' }] })
    })
  })
}
