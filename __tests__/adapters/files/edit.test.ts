import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFiles } from '../../../src/adapters/files/files.ts'
import { tempDir } from '../../support/git.ts'
import { nothingTracked } from './stage.ts'

function folder() {
  const root = tempDir()
  const at = (...path: string[]) => join(root, ...path)
  return { root, at, files: openFiles(root, nothingTracked) }
}

describe('an edit', () => {
  it.each([
    ['a program', 0o755],
    ['a file for nobody else', 0o600],
    ['a file that only others may write', 0o466],
  ])('keeps the mode of %s', async (_, mode) => {
    const { files, at } = folder()
    writeFileSync(at('a'), 'x\n')
    chmodSync(at('a'), mode)
    expect(await files.replace('a', [{ old: 'x', by: 'y' }])).toEqual({ ok: true })
    expect([statSync(at('a')).mode & 0o7777, readFileSync(at('a'), 'utf8')]).toEqual([mode, 'y\n'])
  })

  it('drops what would let a file run as somebody else', async () => {
    const { files, at } = folder()
    writeFileSync(at('a'), 'x\n')
    chmodSync(at('a'), 0o4755)
    await files.replace('a', [{ old: 'x', by: 'y' }])
    expect(statSync(at('a')).mode & 0o7777).toBe(0o755)
  })

  it('gives a new file and its folders the usual modes', async () => {
    const { files, at } = folder()
    await files.write('new/a', 'x\n')
    expect([statSync(at('new', 'a')).mode & 0o777, statSync(at('new')).mode & 0o777]).toEqual([0o644, 0o755])
  })

  it.each([
    ['one\r\ntwo\r\n', 'one\ntwo', '1\n2\n3', '1\r\n2\r\n3\r\n'],
    ['one\r\ntwo\r\n', 'one\r\ntwo', '1\r\n2', '1\r\n2\r\n'],
    ['one\r\ntwo', 'two', 'two\nthree\n', 'one\r\ntwo\r\nthree\r\n'],
    ['one\r\ntwo\n', 'one\r\n', '1\n', '1\ntwo\n'],
    ['one\ntwo', 'two', 'three', 'one\nthree'],
    ['\ufeffone\n', 'one', '1', '\ufeff1\n'],
    ['\r\n', '\n', '\n\n', '\r\n\r\n'],
  ])('keeps the endings of %j', async (before, old, by, after) => {
    const { files, at } = folder()
    writeFileSync(at('a'), before)
    expect(await files.replace('a', [{ old: old, by: by }])).toEqual({ ok: true })
    expect(readFileSync(at('a'), 'utf8')).toBe(after)
  })

  it('does not take LF for CR LF where a file has both', async () => {
    const { files, at } = folder()
    writeFileSync(at('a'), 'one\r\ntwo\nthree\n')
    expect(await files.replace('a', [{ old: 'one\ntwo', by: 'x' }])).toMatchObject({ ok: false, why: 'not-found' })
  })

  it('counts places that overlap', async () => {
    const { files, at } = folder()
    writeFileSync(at('a'), 'aaa b b b\n')
    expect(await files.replace('a', [{ old: 'aa', by: 'x' }])).toEqual({
      ok: false,
      why: 'not-unique',
      detail: '2 times',
      edit: 0,
    })
    expect(await files.replace('a', [{ old: 'b', by: 'x' }])).toEqual({
      ok: false,
      why: 'not-unique',
      detail: '3 times',
      edit: 0,
    })
  })

  it.each([
    ['Latin-1', Buffer.from('caf\xe9\n', 'latin1')],
    ['half a character', Buffer.from([0x61, 0xe2, 0x82])],
    ['a zero byte', Buffer.from('a\0b\n')],
    ['a zero byte at the end', Buffer.concat([Buffer.alloc(9000, 'a'), Buffer.from('\0')])],
  ])('leaves a file with %s alone', async (_, content) => {
    const { files, at } = folder()
    writeFileSync(at('a'), content)
    expect(await files.replace('a', [{ old: 'a', by: 'b' }])).toMatchObject({ ok: false, why: 'not-text' })
    expect(readFileSync(at('a'))).toEqual(content)
  })

  it('writes nothing that is no text', async () => {
    const { files, at } = folder()
    writeFileSync(at('a'), 'x\n')
    for (const text of ['a\0', 'a\ud800b', '\udc00']) {
      expect(await files.write('b', text)).toMatchObject({ ok: false, why: 'not-text' })
      expect(await files.replace('a', [{ old: 'x', by: text }])).toMatchObject({ ok: false, why: 'not-text' })
    }
    expect([readFileSync(at('a'), 'utf8'), await files.read('b')]).toEqual(['x\n', null])
  })

  it('takes files of up to a mebibyte', async () => {
    const { files, at } = folder()
    const most = 'x'.repeat(1024 * 1024)
    writeFileSync(at('most'), `y${most.slice(1)}`)
    writeFileSync(at('more'), `y${most}`)
    expect(await files.replace('more', [{ old: 'y', by: 'z' }])).toMatchObject({ ok: false, why: 'too-large' })
    expect(await files.replace('most', [{ old: 'y', by: 'zz' }])).toMatchObject({ ok: false, why: 'too-large' })
    expect(await files.replace('most', [{ old: 'y', by: 'z' }])).toEqual({ ok: true })
    expect(await files.write('new', `${most}x`)).toMatchObject({ ok: false, why: 'too-large' })
    expect(await files.write('new', most)).toEqual({ ok: true })
  })

  it('leaves nothing beside the file that it changed', async () => {
    const { files, at, root } = folder()
    mkdirSync(at('a'))
    writeFileSync(at('a', 'b'), 'x\n')
    await files.replace('a/b', [{ old: 'x', by: 'y' }])
    expect([readdirSync(root), readdirSync(at('a'))]).toEqual([['a'], ['b']])
  })

  it.each(['-rf', '--', '$(id)', '`id`', "it's", '*', '[a]', 'a:b', '\u202e', 'ü\n"x"', '~', ' ', '#', '%2e%2e'])(
    'takes a file %j for what it is called',
    async (name) => {
      const { files, at } = folder()
      expect(await files.write(`a/${name}`, 'x\n')).toEqual({ ok: true })
      expect(await files.replace(`a/${name}`, [{ old: 'x', by: 'y' }])).toEqual({ ok: true })
      expect(readFileSync(at('a', name), 'utf8')).toBe('y\n')
    },
  )
})

describe('reading', () => {
  it('shows the first mebibyte of a huge file, without half a character', async () => {
    const { files, at } = folder()
    writeFileSync(at('huge'), `${'x'.repeat(1024 * 1024 - 1)}€ and more`)
    const huge = await files.read('huge')
    expect([huge?.text.length, huge?.bytes, huge?.binary]).toEqual([1024 * 1024 - 1, 1024 * 1024 + 11, false])
  })

  it('does not read a file that has no end on the disk', async () => {
    const { files, at } = folder()
    writeFileSync(at('sparse'), 'x')
    truncateSync(at('sparse'), 5 * 1024 ** 4)
    expect(await files.read('sparse')).toEqual({ text: '', binary: true, bytes: 5 * 1024 ** 4 })
    expect(await files.replace('sparse', [{ old: 'x', by: 'y' }])).toMatchObject({ ok: false, why: 'too-large' })
  })

  it('shows what is no UTF-8 as well as it can', async () => {
    const { files, at } = folder()
    writeFileSync(at('a'), Buffer.from('caf\xe9\n', 'latin1'))
    expect(await files.read('a')).toEqual({ text: 'caf\ufffd\n', binary: false, bytes: 5 })
  })
})
