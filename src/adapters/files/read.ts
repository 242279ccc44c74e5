import type { FileContent, Sources } from '../../ports/sources.ts'
import type { FileAccess, OpenEntry } from './open-folder.ts'
import { inFolder, type WorkTreeRoot, withFile } from './walk.ts'

/** Maximum number of bytes that are read of a file, and maximum size of an edited one. */
export const MOST_BYTES = 1024 * 1024
/** Git looks at as many bytes to tell whether a file is binary. */
const FIRST_BYTES = 8000

type Read = Awaited<ReturnType<Sources['read']>>

export async function readText(tree: WorkTreeRoot, path: string): Promise<Read> {
  const found = await inFolder(tree, path, 'refuse', (folder, name) =>
    withFile(tree, folder, name, (file) => textOf(tree.access, file)),
  )
  return 'why' in found ? null : found
}

/** All of a file; a folder of its path that is gone, or that became a link, leaves nothing there. */
export async function readContent(tree: WorkTreeRoot, path: string, most: number): Promise<FileContent> {
  const found = await inFolder(tree, path, 'refuse', (folder, name) =>
    withFile(tree, folder, name, (file) => contentOf(tree.access, file, most)),
  )
  return 'kind' in found ? found : { kind: found.why === 'no-such-file' ? 'nothing' : 'other' }
}

async function contentOf(access: FileAccess, file: OpenEntry, most: number): Promise<FileContent> {
  const bytes = await readStart(access, file, most + 1)
  if (bytes.length > most) return { kind: 'other' }
  return { kind: 'file', bytes, executable: (file.stats.mode & 0o100) !== 0 }
}

/** Whether the path is a regular file. */
export async function isFile(tree: WorkTreeRoot, path: string): Promise<boolean> {
  const found = await inFolder(tree, path, 'refuse', (folder, name) => withFile(tree, folder, name, async () => true))
  return found === true
}

async function textOf(access: FileAccess, file: OpenEntry): Promise<NonNullable<Read>> {
  const content = await readStart(access, file, MOST_BYTES)
  const binary = content.subarray(0, FIRST_BYTES).includes(0)
  // Leaves out a character that was cut in half at the end.
  const text = binary ? '' : new TextDecoder('utf-8', { ignoreBOM: true }).decode(content, { stream: true })
  return { text, binary, bytes: Math.max(file.stats.size, content.length) }
}

/** At most `most` bytes from the beginning. Of a file that grows in the meantime, at most one byte beyond its first size is read. */
export async function readStart(access: FileAccess, file: OpenEntry, most: number): Promise<Buffer> {
  const reader = await access.reader(file)
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
