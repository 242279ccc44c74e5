import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { strToU8, type Zippable, zipSync } from 'fflate'
import { expect, it, onTestFinished } from 'vitest'
import { unpack } from '../../../src/adapters/github/artifact.ts'
import { UnreadableResult } from '../../../src/ports/slots.ts'
import { removeFolder, temporary } from '../../hub/support/repository.ts'

function target(): string {
  const path = temporary('unpack')
  onTestFinished(() => removeFolder(path))
  return join(path, 'inner')
}

const zip = (files: Record<string, string>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])) as Zippable)

it('takes the two files that it knows, and no path from the archive', async () => {
  const folder = target()
  const names = ['../../evil', '/tmp/evil', 'work.bundle/../../evil', '../work.bundle', 'result.json/x']
  const files = { 'result.json': '{}', 'work.bundle': 'b', ...Object.fromEntries(names.map((name) => [name, 'evil'])) }
  const { bundle } = await unpack(zip(files), folder)
  expect(bundle).toBe(join(folder, 'work.bundle'))
  expect(readdirSync(join(folder, '..'), { recursive: true })).toEqual(['inner', 'inner/work.bundle'])
})

it('writes nothing where there is no result', async () => {
  const folder = target()
  await expect(unpack(zip({ 'work.bundle': 'b' }), folder)).rejects.toThrow('there is no result.json')
  expect(existsSync(folder)).toBe(false)
})

it.each([
  ['no archive', strToU8('hello, I am not a zip')],
  ['an empty file', new Uint8Array()],
  ['half an archive', zip({ 'result.json': '{}' }).slice(0, 40)],
  ['bytes that are no text', zipSync({ 'result.json': new Uint8Array([0xff, 0xfe, 0xc0]) })],
  ['a result of five megabytes', zipSync({ 'result.json': new Uint8Array(5 * 2 ** 20) })],
])('refuses %s', async (_, bytes) => {
  await expect(unpack(bytes, target())).rejects.toThrow(UnreadableResult)
})

it('unpacks no more than an archive declares', async () => {
  const bytes = zipSync({ 'result.json': strToU8('x'.repeat(100_000)) })
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  // The size in the central directory, which lies: it says 10.
  const directory = view.getUint32(bytes.length - 6, true)
  view.setUint32(directory + 24, 10, true)
  expect((await unpack(bytes, target())).result).toBe('x'.repeat(10))
})

it.each(Object.getOwnPropertyNames(Object.prototype).filter((name) => name !== '__proto__'))(
  'does not unpack a file called %s, whatever is in it',
  async (name) => {
    const archive = zip({ 'result.json': '{}', [name]: 'x'.repeat(1000) })
    const at = Buffer.from(archive).indexOf(name) + name.length
    // What is unpacked from here on is no compressed data any more.
    archive.fill(0xff, at, at + 4)
    await expect(unpack(archive, target())).resolves.toEqual({ result: '{}', bundle: null })
  },
)
