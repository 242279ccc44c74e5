import type { Sources } from '../../ports/sources.ts'
import type { FileAccess, OpenEntry } from './open-folder.ts'
import { type FileRoot, inFolder, withFile } from './walk.ts'

/** Bytes that are read of a file, and that an edited one may have. */
export const MOST_BYTES = 1024 * 1024
/** What git looks at to tell whether a file is binary. */
const FIRST_BYTES = 8000

type Read = Awaited<ReturnType<Sources['read']>>

export async function readText(place: FileRoot, path: string): Promise<Read> {
  const found = await inFolder(place, path, 'refuse', (folder, name) =>
    withFile(place, folder, name, (file) => textOf(place.ground, file)),
  )
  return 'why' in found ? null : found
}

/** Whether a regular file is there. */
export async function isFile(place: FileRoot, path: string): Promise<boolean> {
  const found = await inFolder(place, path, 'refuse', (folder, name) => withFile(place, folder, name, async () => true))
  return found === true
}

async function textOf(ground: FileAccess, file: OpenEntry): Promise<NonNullable<Read>> {
  const content = await readStart(ground, file, MOST_BYTES)
  const binary = content.subarray(0, FIRST_BYTES).includes(0)
  // A character that the cut has halved is left out.
  const text = binary ? '' : new TextDecoder('utf-8', { ignoreBOM: true }).decode(content, { stream: true })
  return { text, binary, bytes: Math.max(file.stats.size, content.length) }
}

/** At most so many bytes, from the beginning; a file that grows meanwhile is not read for ever. */
export async function readStart(ground: FileAccess, file: OpenEntry, most: number): Promise<Buffer> {
  const reader = await ground.reader(file)
  try {
    const buffer = Buffer.alloc(Math.min(most, file.stats.size + 1))
    let length = 0
    while (length < buffer.length) {
      const { bytesRead } = await reader.read(buffer, length, buffer.length - length, length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    return buffer.subarray(0, length)
  } finally {
    await reader.close()
  }
}
