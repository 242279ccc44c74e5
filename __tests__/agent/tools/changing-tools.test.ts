import { expect, it } from 'vitest'
import { workingTools } from '../../../src/agent/tools/toolbox.ts'
import { type InPlace, memoryFiles } from '../../support/files.ts'
import { call, errorText, resultText, toolContext } from './tool-context.ts'

function toolsWith(start: Readonly<Record<string, InPlace>>) {
  const files = memoryFiles(start)
  const tools = workingTools(toolContext({ files, protectedGlobs: ['src/locked/**'] }))
  return {
    files,
    edit: (path: string, old: string, by: string) => call(tools, 'edit', { path, old, new: by }),
    create: (path: string, text: string) => call(tools, 'create', { path, text }),
  }
}

it('replaces what is in a file exactly once', async () => {
  const { files, edit } = toolsWith({ 'src/a.ts': 'const a = 1\nconst b = 1\n' })
  expect(await resultText(edit('src/a.ts', 'a = 1', 'a = $& $1'))).toBe('src/a.ts is changed')
  expect(files.textOf('src/a.ts')).toBe('const a = $& $1\nconst b = 1\n')
})

it('creates a file, and never over another', async () => {
  const { files, create } = toolsWith({ 'src/a.ts': 'old' })
  expect(await resultText(create('src/deep/b.ts', 'new'))).toBe('src/deep/b.ts is created')
  expect(files.textOf('src/deep/b.ts')).toBe('new')
  expect(await errorText(create('src/a.ts', 'new'))).toBe(
    'Nothing was created: there is something of that name already; change a file with edit',
  )
  expect(files.textOf('src/a.ts')).toBe('old')
})

it.each([
  ['another path', 'test/a.ts', 'This task may change `src/**`'],
  ['a protected path inside its own', 'src/locked/a.ts', 'is protected'],
  ['a path that climbs out', 'src/../../a.ts', '`..`'],
  ['git itself', 'src/.git/config', 'out of bounds'],
  ['an absolute path', '/slot/tree/src/a.ts', 'starts at the root of the repository'],
])('refuses %s before anything is touched', async (_name, path, why) => {
  const { files, edit, create } = toolsWith({ [path]: 'a' })
  expect(await errorText(edit(path, 'a', 'b'))).toContain(why)
  expect(await errorText(create(path, 'b'))).toContain(why)
  expect(files.touched).toEqual([])
})

it.each([
  ['a symbolic link', { is: 'symlink' }, 'links are never followed'],
  ['a hard link', { is: 'hard-link' }, 'a hard link'],
  ['a folder', { is: 'folder' }, 'that is no file'],
  ['a binary file', { is: 'binary', bytes: 3 }, 'no text in UTF-8'],
] as const)('does not change %s, and says so', async (_name, inPlace, why) => {
  const { edit } = toolsWith({ 'src/a': inPlace })
  expect(await errorText(edit('src/a', 'a', 'b'))).toContain(why)
})

it('says that there is no such file', async () => {
  expect(await errorText(toolsWith({}).edit('src/none.ts', 'a', 'b'))).toContain('there is no such file')
})

it('says how often and where a text stands that is not unique', async () => {
  const { files, edit } = toolsWith({ 'src/a.ts': 'x\ny\nx\n' })
  expect(await errorText(edit('src/a.ts', 'x', 'z'))).toBe(
    'Nothing was changed: `old` stands in the file 2 times (line 1, 3); take in more lines around it',
  )
  expect(files.textOf('src/a.ts')).toBe('x\ny\nx\n')
})

it('shows the lines that differ in white space only', async () => {
  const { edit } = toolsWith({ 'src/a.ts': 'if (a) {\n\treturn 1\n}\n' })
  expect(await errorText(edit('src/a.ts', 'if (a) {\n  return 1\n}', 'x'))).toBe(
    'Nothing was changed: `old` does not stand in the file, but lines 1-3 differ from it in white space only. They are:\nif (a) {\n\treturn 1\n}',
  )
})

it('says where the first line of a text stands whose rest is wrong', async () => {
  const { edit } = toolsWith({ 'src/a.ts': 'a\nb\nfunction f() {\n  return 2\n' })
  expect(await errorText(edit('src/a.ts', 'function f() {\n  return 1', 'x'))).toContain('Its first line is line 3')
})

it('says that nothing of a text is there', async () => {
  expect(await errorText(toolsWith({ 'src/a.ts': 'a\n' }).edit('src/a.ts', 'b\nc', 'x'))).toContain(
    'nor does its first line',
  )
})

it('tells lines that end in CR LF from text that is not there', async () => {
  const { edit } = toolsWith({ 'src/a.ts': 'a\r\nb\r\n' })
  expect(await errorText(edit('src/a.ts', 'a\nb', 'x'))).toContain('end in CR LF')
  expect(await resultText(edit('src/a.ts', 'a\r\nb', 'x'))).toBe('src/a.ts is changed')
})

it.each([
  ['an empty `old`', '', 'b', '`old` is empty'],
  ['an edit that changes nothing', 'a', 'a', 'are the same'],
  ['a replacement that is too long', 'a', 'b'.repeat(60_001), '60000 are allowed'],
  ['a text to replace that is too long', 'a'.repeat(60_001), 'b', '60000 are allowed'],
])('refuses %s before anything is touched', async (_name, old, by, why) => {
  const { files, edit } = toolsWith({ 'src/a.ts': 'a' })
  expect(await errorText(edit('src/a.ts', old, by))).toContain(why)
  expect(files.touched).toEqual([])
})

it('creates no file that is too long', async () => {
  const { files, create } = toolsWith({})
  expect(await errorText(create('src/a.ts', 'a'.repeat(60_001)))).toContain('60000 are allowed')
  expect(files.touched).toEqual([])
})
