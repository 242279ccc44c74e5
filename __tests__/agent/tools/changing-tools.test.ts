import { expect, it } from 'vitest'
import { workingTools } from '../../../src/agent/tools/toolbox.ts'
import { type InPlace, memoryFiles } from '../../support/files.ts'
import { call, errorText, resultText, toolContext } from './tool-context.ts'

function toolsWith(start: Readonly<Record<string, InPlace>>) {
  const files = memoryFiles(start)
  const tools = workingTools(toolContext({ files, protectedGlobs: ['src/locked/**'] }))
  return {
    files,
    edit: (path: string, ...edits: [old: string, by: string][]) =>
      call(tools, 'edit', { path, edits: edits.map(([old, by]) => ({ old, new: by })) }),
    write: (path: string, text: string) => call(tools, 'write', { path, text }),
    remove: (path: string) => call(tools, 'delete', { path }),
    move: (from: string, to: string) => call(tools, 'move', { from, to }),
  }
}

it('replaces what is in a file exactly once', async () => {
  const { files, edit } = toolsWith({ 'src/a.ts': 'const a = 1\nconst b = 1\n' })
  expect(await resultText(edit('src/a.ts', ['a = 1', 'a = $& $1']))).toBe('src/a.ts is changed')
  expect(files.textOf('src/a.ts')).toBe('const a = $& $1\nconst b = 1\n')
})

it('makes several edits in one call, each in what the ones before it left', async () => {
  const { files, edit } = toolsWith({ 'src/a.ts': 'one\ntwo\nthree\n' })
  expect(await resultText(edit('src/a.ts', ['one', 'two two'], ['two two\ntwo', '2'], ['three', '3']))).toBe(
    'src/a.ts is changed',
  )
  expect(files.textOf('src/a.ts')).toBe('2\n3\n')
})

it('makes all edits of a call or none, and says which one failed', async () => {
  const { files, edit } = toolsWith({ 'src/a.ts': 'one\ntwo\nthree\n' })
  expect(await errorText(edit('src/a.ts', ['one', '1'], ['four', '4']))).toContain('Nothing was changed: edit 2 of 2: ')
  expect(await errorText(edit('src/a.ts', ['one', 'two'], ['two', '2']))).toBe(
    'Nothing was changed: edit 2 of 2: an edit before it changes or repeats that text',
  )
  expect(files.textOf('src/a.ts')).toBe('one\ntwo\nthree\n')
})

it('writes a file, new or in the place of another', async () => {
  const { files, write } = toolsWith({ 'src/a.ts': 'old' })
  expect(await resultText(write('src/deep/b.ts', 'new'))).toBe('src/deep/b.ts is written')
  expect(await resultText(write('src/a.ts', 'newer'))).toBe('src/a.ts is written')
  expect([files.textOf('src/deep/b.ts'), files.textOf('src/a.ts')]).toEqual(['new', 'newer'])
})

it('deletes a file, and a folder with all that is in it', async () => {
  const { files, remove } = toolsWith({ 'src/a.ts': 'a', 'src/old/b.ts': 'b', 'src/old/c/d.ts': 'd', 'src/older': 'x' })
  expect(await resultText(remove('src/a.ts'))).toBe('1 file is deleted')
  expect(await resultText(remove('src/old'))).toBe('2 files are deleted')
  expect(await files.at('src')).toEqual(['src/older'])
  expect(await errorText(remove('src/old'))).toContain('there is nothing at that path')
})

it('deletes a link or a second name itself', async () => {
  const { files, remove } = toolsWith({ 'src/a': { is: 'symlink' }, 'src/b': { is: 'hard-link' } })
  await resultText(remove('src/a'))
  await resultText(remove('src/b'))
  expect(await files.at('src')).toEqual([])
})

it('moves a file or a folder to where there is nothing', async () => {
  const { files, move } = toolsWith({ 'src/a.ts': 'a', 'src/old/b.ts': 'b', 'src/old/c.ts': 'c', 'src/d.ts': 'd' })
  expect(await resultText(move('src/a.ts', 'src/deep/a.ts'))).toBe('1 file is moved')
  expect(await resultText(move('src/old', 'src/new'))).toBe('2 files are moved')
  expect(await errorText(move('src/new', 'src/deep'))).toBe('Nothing was moved: there is something at src/deep')
  expect(await errorText(move('src/d.ts', 'src/deep/a.ts'))).toContain('there is something at')
  expect(await errorText(move('src/none', 'src/x'))).toContain('there is nothing at that path')
  expect(await files.at('src')).toEqual(['src/d.ts', 'src/deep/a.ts', 'src/new/b.ts', 'src/new/c.ts'])
})

it('deletes and moves nothing of a folder of which a part is not its own', async () => {
  const { files, remove, move } = toolsWith({ 'src/a/b.ts': 'b', 'src/locked/c.ts': 'c', 'lib/d.ts': 'd' })
  expect(await errorText(remove('src'))).toContain('`src/locked/c.ts` is protected')
  expect(await errorText(move('src', 'src2'))).toContain('is protected')
  expect(await errorText(remove('lib'))).toContain("`lib/d.ts` is none of this task's paths")
  expect(await errorText(move('src/a', 'lib/a'))).toContain("`lib/a/b.ts` is none of this task's paths")
  expect(await errorText(move('lib/d.ts', 'src/d.ts'))).toContain('none of this task')
  expect(await errorText(move('src/a', 'src/locked/a'))).toContain('is protected')
  expect(files.touched).toEqual([])
})

it('names what could not be deleted or moved, and does the rest', async () => {
  const { move } = toolsWith({ 'src/old/a': { is: 'folder' }, 'src/old/b.ts': 'b' })
  expect(await errorText(move('src/old', 'src/new'))).toMatch(/^1 file is moved, 1 not:\nsrc\/old\/a: /)
})

it('moves a folder whole, with the links in it', async () => {
  const { files, move } = toolsWith({
    'src/old/a': { is: 'symlink' },
    'src/old/b': { is: 'hard-link' },
    'src/old/c': 'c',
  })
  expect(await resultText(move('src/old', 'src/new'))).toBe('3 files are moved')
  expect(await files.at('src')).toEqual(['src/new/a', 'src/new/b', 'src/new/c'])
})

it('deletes and moves no more files than a call may', async () => {
  const crowd = Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`src/old/${index}`, 'x']))
  const { files, remove, move } = toolsWith(crowd)
  expect(await errorText(remove('src/old'))).toBe(
    'Nothing was deleted: there are 501 files, and 500 are allowed a call',
  )
  expect(await errorText(move('src/old', 'src/new'))).toContain('500 are allowed a call')
  expect(files.touched).toEqual([])
})

it.each([
  ['another path', 'test/a.ts', 'This task may change `src/**`'],
  ['a protected path inside its own', 'src/locked/a.ts', 'is protected'],
  ['a path that climbs out', 'src/../../a.ts', '`..`'],
  ['git itself', 'src/.git/config', 'out of bounds'],
  ['an absolute path', '/slot/tree/src/a.ts', 'starts at the root of the repository'],
])('refuses %s before anything is touched', async (_name, path, why) => {
  const { files, edit, write, remove, move } = toolsWith({ [path]: 'a' })
  expect(await errorText(edit(path, ['a', 'b']))).toContain(why)
  expect(await errorText(write(path, 'b'))).toContain(why)
  expect(await errorText(remove(path))).toContain(why)
  expect(await errorText(move(path, 'src/x'))).toContain(why)
  expect(files.touched).toEqual([])
})

it.each([
  ['a symbolic link', { is: 'symlink' }, 'links are never followed'],
  ['a hard link', { is: 'hard-link' }, 'a hard link'],
  ['a folder', { is: 'folder' }, 'that is no file'],
  ['a binary file', { is: 'binary', bytes: 3 }, 'no text in UTF-8'],
] as const)('does not change %s, and says so', async (_name, inPlace, why) => {
  const { edit, move } = toolsWith({ 'src/a': inPlace })
  expect(await errorText(edit('src/a', ['a', 'b']))).toContain(why)
  if (inPlace.is === 'folder') expect(await errorText(move('src/a', 'src/b'))).toContain(why)
})

it('says that there is no such file', async () => {
  expect(await errorText(toolsWith({}).edit('src/none.ts', ['a', 'b']))).toContain('there is no such file')
})

it('says how often and where a text stands that is not unique', async () => {
  const { files, edit } = toolsWith({ 'src/a.ts': 'x\ny\nx\n' })
  expect(await errorText(edit('src/a.ts', ['x', 'z']))).toBe(
    'Nothing was changed: `old` stands in the file 2 times (line 1, 3); take in more lines around it',
  )
  expect(files.textOf('src/a.ts')).toBe('x\ny\nx\n')
})

it('shows the lines that differ in white space only', async () => {
  const { edit } = toolsWith({ 'src/a.ts': 'if (a) {\n\treturn 1\n}\n' })
  expect(await errorText(edit('src/a.ts', ['if (a) {\n  return 1\n}', 'x']))).toBe(
    'Nothing was changed: `old` does not stand in the file, but lines 1-3 differ from it in white space only. They are:\nif (a) {\n\treturn 1\n}',
  )
})

it('says where the first line of a text stands whose rest is wrong', async () => {
  const { edit } = toolsWith({ 'src/a.ts': 'a\nb\nfunction f() {\n  return 2\n' })
  expect(await errorText(edit('src/a.ts', ['function f() {\n  return 1', 'x']))).toContain('Its first line is line 3')
})

it('says that nothing of a text is there', async () => {
  expect(await errorText(toolsWith({ 'src/a.ts': 'a\n' }).edit('src/a.ts', ['b\nc', 'x']))).toContain(
    'nor does its first line',
  )
})

it('tells lines that end in CR LF from text that is not there', async () => {
  const { edit } = toolsWith({ 'src/a.ts': 'a\r\nb\r\n' })
  expect(await errorText(edit('src/a.ts', ['a\nb', 'x']))).toContain('end in CR LF')
  expect(await resultText(edit('src/a.ts', ['a\r\nb', 'x']))).toBe('src/a.ts is changed')
})

it.each([
  ['an empty `old`', '', 'b', '`old` is empty'],
  ['an edit that changes nothing', 'a', 'a', 'are the same'],
  ['a replacement that is too long', 'a', 'b'.repeat(60_001), '60000 are allowed'],
  ['a text to replace that is too long', 'a'.repeat(60_001), 'b', '60000 are allowed'],
])('refuses %s before anything is touched', async (_name, old, by, why) => {
  const { files, edit } = toolsWith({ 'src/a.ts': 'a' })
  expect(await errorText(edit('src/a.ts', [old, by]))).toContain(why)
  expect(files.touched).toEqual([])
})

it('writes no file that is too long', async () => {
  const { files, write } = toolsWith({})
  expect(await errorText(write('src/a.ts', 'a'.repeat(60_001)))).toContain('60000 are allowed')
  expect(files.touched).toEqual([])
})
