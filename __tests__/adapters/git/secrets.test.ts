import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { treeStage } from '../files/stage.ts'

const OWN = 'value-of-the-job'
/** Put together here, so that no scanner takes this file for a leak. */
const KEY = ['AKIA', 'QZ7XKPLM3RTVWY2N'].join('')
const LINE = `${'x '.repeat(30)}\n`
const MEBIBYTE = 1024 * 1024
const long = (mebibytes: number) => LINE.repeat((mebibytes * MEBIBYTE) / LINE.length)

/** What is found in these files, written over the first ones. */
async function found(
  written: Readonly<Record<string, string | Buffer>>,
  {
    first = { 'a.txt': 'a\n' },
    mostBytes = 16 * MEBIBYTE,
    known = [],
  }: { first?: Record<string, string>; mostBytes?: number; known?: string[] } = {},
) {
  const { worktree, base } = await treeStage(first)
  for (const [path, content] of Object.entries(written)) {
    mkdirSync(join(worktree.path, path, '..'), { recursive: true })
    writeFileSync(join(worktree.path, path), content)
  }
  const commit = await worktree.commitAll({ subject: 'Work' })
  if (commit === null) throw new Error('nothing was written')
  return worktree.findSecrets(base, commit.head, { own: [OWN], known, mostBytes: () => mostBytes })
}

it('finds a secret behind any length of harmless lines', async () => {
  const written = { small: `${long(1)}${KEY}\n`, large: `${long(5)}${OWN}\n${long(1)}`, harmless: long(5) }
  expect(await found(written)).toEqual({ paths: ['large', 'small'], unread: [] })
})

it('finds one that lies across two pieces of a large file', async () => {
  const at = [MEBIBYTE - 8, 3 * MEBIBYTE - 8, 5 * MEBIBYTE - KEY.length]
  const text = Buffer.from(long(5).padEnd(5 * MEBIBYTE, '.'))
  for (const [index, offset] of at.entries()) {
    const copy = Buffer.from(text)
    copy.write(` ${KEY}`, offset - 1)
    expect(await found({ large: copy }), `${index}`).toMatchObject({ paths: ['large'] })
  }
})

it('finds one in a binary file, small and large, whatever attributes say', async () => {
  const written = {
    '.gitattributes': '* -diff\n',
    small: `\0${KEY}\n`,
    large: `\0${long(5)}\0${OWN}`,
    wide: Buffer.from(`key ${KEY}`, 'utf16le'),
    text: `${OWN}\n`,
    harmless: '\0\x01',
  }
  expect(await found(written)).toEqual({ paths: ['large', 'small', 'text', 'wide'], unread: [] })
})

it('finds one in the name of a new file, not in one that was there', async () => {
  const written = { [`${KEY}.txt`]: 'b\n', [`${OWN}/x`]: 'x\n', [`old-${KEY}`]: 'b\n' }
  expect(await found(written, { first: { [`old-${KEY}`]: 'a\n' } })).toEqual({
    paths: [`${KEY}.txt`, `${OWN}/x`],
    unread: [],
  })
})

it('minds only what came, and names what is too large to be searched', async () => {
  const written = { 'a.txt': `${KEY}\nb\n`, big: `${long(1)}${KEY}`, other: 'o\n' }
  expect(await found(written, { first: { 'a.txt': `a\n${KEY}\n` }, mostBytes: MEBIBYTE / 2 })).toEqual({
    paths: [],
    unread: ['big'],
  })
})

it('minds nothing that the base has already, moved or copied, but a private key only as a whole file', async () => {
  const header = ['-----BEGIN ', 'PRIVATE KEY-----'].join('')
  const first = { 'old.txt': `x\n${KEY}\n`, 'copied.pem': `${header}\nabc\n`, 'mail.txt': `${header}\nabc\n` }
  const written = {
    'old.txt': 'x\n',
    'mail.txt': 'x\n',
    'new.txt': `y\n${KEY}\n`,
    'dir/copy.pem': first['copied.pem'],
    'other.pem': `${header}\nxyz\n`,
    'own.txt': `${OWN}\n`,
    'more.txt': `${KEY}x ${KEY}\n`,
  }
  expect(await found(written, { first })).toEqual({ paths: ['more.txt', 'other.pem', 'own.txt'], unread: [] })
})

it('minds nothing that the settings list by file or by hash, but the secrets of the job', async () => {
  const other = KEY.replace('QZ7', 'QZ8')
  const known = ['test/**', `sha256:${createHash('sha256').update(KEY).digest('hex')}`]
  const written = {
    'test/a': `${other}\n`,
    'test/own': `${OWN}\n`,
    'a.txt': `key: ${KEY}\n`,
    'b.txt': `${KEY} ${other}\n`,
    'c.bin': `\0${KEY}`,
  }
  expect(await found(written, { known })).toEqual({ paths: ['b.txt', 'test/own'], unread: [] })
})
