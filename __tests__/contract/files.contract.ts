import { describe, expect, it } from 'vitest'
import type { Files } from '../../src/ports/sources.ts'
import type { Texts } from './sources.contract.ts'

const textOf = async (files: Files, path: string): Promise<string | null> => (await files.read(path))?.text ?? null

/** What everything that gives files to change keeps to, besides being good to read. */
export function filesContract(name: string, open: (texts: Texts) => Promise<Files>): void {
  describe(`changing ${name}`, () => {
    it('replaces what is there exactly once', async () => {
      const files = await open({ 'src/a.ts': 'one\ntwo\nthree' })
      expect(await files.replace('src/a.ts', [{ old: 'two\nth', by: '$& $1\n' }])).toEqual({ ok: true })
      expect(await textOf(files, 'src/a.ts')).toBe('one\n$& $1\nree')
      expect(await files.replace('src/a.ts', [{ old: 'one\n', by: '' }])).toEqual({ ok: true })
      expect(await textOf(files, 'src/a.ts')).toBe('$& $1\nree')
    })

    it('leaves alone what is there more than once, or not at all', async () => {
      const files = await open({ a: 'x y x\n' })
      expect(await files.replace('a', [{ old: 'x', by: 'z' }])).toMatchObject({ ok: false, why: 'not-unique' })
      expect(await files.replace('a', [{ old: 'z', by: 'x' }])).toMatchObject({ ok: false, why: 'not-found' })
      expect(await files.replace('a', [{ old: '', by: 'x' }])).toMatchObject({ ok: false, why: 'not-found' })
      expect(await files.replace('b', [{ old: 'x', by: 'z' }])).toMatchObject({ ok: false, why: 'no-such-file' })
      expect(await textOf(files, 'a')).toBe('x y x\n')
    })

    it('makes all edits or none, each in what the ones before it left', async () => {
      const files = await open({ a: 'one\ntwo\n' })
      const [first, second] = [
        { old: 'one', by: 'two\nthree' },
        { old: 'three\ntwo', by: '3' },
      ]
      expect(await files.replace('a', [first, { old: 'two', by: '2' }])).toMatchObject({ why: 'not-unique', edit: 1 })
      expect(await files.replace('a', [first, second, { old: 'x', by: 'y' }])).toMatchObject({
        why: 'not-found',
        edit: 2,
      })
      expect(await textOf(files, 'a')).toBe('one\ntwo\n')
      expect(await files.replace('a', [first, second])).toEqual({ ok: true })
      expect(await textOf(files, 'a')).toBe('two\n3\n')
    })

    it('removes a file, and shows the paths below a folder', async () => {
      const files = await open({ 'a/b/c': 'x\n', 'a/d': 'y\n', ab: 'z\n' })
      expect(await files.at('a')).toEqual(['a/b/c', 'a/d'])
      expect(await files.remove('a/b/c')).toEqual({ ok: true })
      expect([await files.at('a'), await files.at('ab'), await files.read('a/b/c')]).toEqual([['a/d'], ['ab'], null])
      expect(await files.remove('a/b/c')).toMatchObject({ ok: false, why: 'no-such-file' })
      expect((await files.list('**', 9)).paths).toEqual(['a/d', 'ab'])
    })

    it('moves a file, and never over another', async () => {
      const files = await open({ a: 'x\n', b: 'y\n' })
      expect(await files.move('a', 'b')).toMatchObject({ ok: false, why: 'exists' })
      expect(await files.move('a', 'new/deep/a')).toEqual({ ok: true })
      expect([await textOf(files, 'new/deep/a'), await files.at('a')]).toEqual(['x\n', []])
      expect(await files.move('a', 'c')).toMatchObject({ ok: false, why: 'no-such-file' })
      expect((await files.list('**', 9)).paths).toEqual(['b', 'new/deep/a'])
    })

    it('writes a file with its folders, or in the place of one', async () => {
      const files = await open({ a: 'x\n' })
      expect(await files.write('new/deep/ü "b".txt', 'no end')).toEqual({ ok: true })
      expect(await textOf(files, 'new/deep/ü "b".txt')).toBe('no end')
      expect(await files.list('new/**', 9)).toEqual({ paths: ['new/deep/ü "b".txt'], more: false })
      expect(await files.write('a', 'y\n')).toEqual({ ok: true })
      expect(await textOf(files, 'a')).toBe('y\n')
      const found = await files.search('no end', { literal: true, glob: null, most: 5 })
      expect(found).toMatchObject({ ok: true, lines: [{ path: 'new/deep/ü "b".txt', line: 1, text: 'no end' }] })
    })

    it('shows what was changed, new files too', async () => {
      const files = await open({ a: 'x\n', b: 'b\n' })
      expect(await files.diff(1000)).toBe('')
      await files.replace('a', [{ old: 'x', by: 'y' }])
      await files.write('c', 'new\n')
      const diff = await files.diff(1000)
      for (const line of ['-x', '+y', '+new', 'diff --git a/c b/c']) expect(diff.split('\n')).toContain(line)
      expect(diff).not.toContain('a/b')
      await files.write('d', 'more\n'.repeat(1000))
      expect((await files.diff(300)).length).toBeLessThanOrEqual(300)
    })
  })
}
