import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { UnreadableResult } from '../../ports/slots.ts'

export const RESULT = 'result.json'
export const BUNDLE = 'work.bundle'

/** Bytes that each file of a result may have; nothing else is taken out of the archive. */
const CAPS: ReadonlyMap<string, number> = new Map([
  [RESULT, 4 * 2 ** 20],
  [BUNDLE, 256 * 2 ** 20],
])

/** Takes a slot's result out of its archive. No name from the archive becomes a path: only these two are looked for. */
export async function unpack(zip: Uint8Array, folder: string): Promise<{ result: string; bundle: string | null }> {
  const files = read(zip)
  const result = files[RESULT]
  if (result === undefined) throw new UnreadableResult(`there is no ${RESULT} in the artifact`)
  const bundle = files[BUNDLE]
  if (bundle === undefined) return { result: decode(result), bundle: null }
  await mkdir(folder, { recursive: true })
  const path = join(folder, BUNDLE)
  await writeFile(path, bundle)
  return { result: decode(result), bundle: path }
}

function read(zip: Uint8Array): Record<string, Uint8Array> {
  try {
    // The size that the archive declares is also the most that is unpacked.
    return unzipSync(zip, { filter: ({ name, originalSize }) => checkSize(name, originalSize) })
  } catch (error) {
    if (error instanceof UnreadableResult) throw error
    throw new UnreadableResult('the artifact is no readable archive', { cause: error })
  }
}

function checkSize(name: string, size: number): boolean {
  const cap = CAPS.get(name)
  if (cap === undefined) return false
  if (size > cap) throw new UnreadableResult(`${name} has ${size} bytes, more than ${cap}`)
  return true
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new UnreadableResult(`${RESULT} is not UTF-8`, { cause: error })
  }
}
