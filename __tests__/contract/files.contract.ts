import { describe, expect, it } from 'vitest'
import type { Files } from '../../src/ports/sources.ts'
import type { Texts } from './sources.contract.ts'

const textOf = async (files: Files, path: string): Promise<string | null> => (await files.read(path))?.text ?? null

/** What everything that gives files to change keeps to, besides being good to read. */
export function filesContract(name: string, open: (texts: Texts) => Promise<Files>): void {
  describe(`changing ${name}`, () => {
    it('replaces what is there exactly once', async () => {
      const files = await open({ 'src/a.ts': 'one\ntwo\nthree' })
      expect(await files.replace('src/a.ts', 'two\nth', '$& $1\n')).toEqual({ ok: true })
      expect(await textOf(files, 'src/a.ts')).toBe('one\n$& $1\nree')
      expect(await files.replace('src/a.ts', 'one\n', '')).toEqual({ ok: true })
      expect(await textOf(files, 'src/a.ts')).toBe('$& $1\nree')
    })

    it('leaves alone what is there more than once, or not at all', async () => {
      const files = await open({ a: 'x y x\n' })
      expect(await files.replace('a', 'x', 'z')).toMatchObject({ ok: false, why: 'not-unique' })
      expect(await files.replace('a', 'z', 'x')).toMatchObject({ ok: false, why: 'not-found' })
      expect(await files.replace('a', '', 'x')).toMatchObject({ ok: false, why: 'not-found' })
      expect(await files.replace('b', 'x', 'z')).toMatchObject({ ok: false, why: 'no-such-file' })
      expect(await textOf(files, 'a')).toBe('x y x\n')
    })

    it('creates a file with its folders, and none that is there', async () => {
      const files = await open({ a: 'x\n' })
      expect(await files.create('new/deep/ü "b".txt', 'no end')).toEqual({ ok: true })
      expect(await textOf(files, 'new/deep/ü "b".txt')).toBe('no end')
      expect(await files.list('new/**', 9)).toEqual({ paths: ['new/deep/ü "b".txt'], more: false })
      expect(await files.create('a', 'y\n')).toMatchObject({ ok: false, why: 'exists' })
      expect(await textOf(files, 'a')).toBe('x\n')
      const found = await files.search('no end', { literal: true, glob: null, most: 5 })
      expect(found).toMatchObject({ ok: true, lines: [{ path: 'new/deep/ü "b".txt', line: 1, text: 'no end' }] })
    })

    it('shows what was changed, new files too', async () => {
      const files = await open({ a: 'x\n', b: 'b\n' })
      expect(await files.diff(1000)).toBe('')
      await files.replace('a', 'x', 'y')
      await files.create('c', 'new\n')
      const diff = await files.diff(1000)
      for (const line of ['-x', '+y', '+new', 'diff --git a/c b/c']) expect(diff.split('\n')).toContain(line)
      expect(diff).not.toContain('a/b')
      await files.create('d', 'more\n'.repeat(1000))
      expect((await files.diff(300)).length).toBeLessThanOrEqual(300)
    })
  })
}
