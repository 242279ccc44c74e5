import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync } from 'node:fs'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { unzipSync } from 'fflate'

/** Artifacts as files, and the uploaded blocks that they are assembled from. */
export interface ArtifactFiles {
  putBlock(artifact: number, block: string, bytes: Uint8Array): Promise<void>
  /** Returns false if a block is missing. */
  commit(artifact: number, blocks: readonly string[]): Promise<boolean>
  put(artifact: number, bytes: Uint8Array): Promise<void>
  measure(artifact: number): Promise<{ size: number; digest: string } | null>
  read(artifact: number): ReadableStream
  /** A file in it; null if it is not there or cannot be read, or has more than `most` bytes. */
  text(artifact: number, name: string, most: number): Promise<string | null>
  remove(artifact: number): Promise<void>
}

export function openArtifactFiles(folder: string): ArtifactFiles {
  mkdirSync(folder, { recursive: true })
  const whole = (artifact: number) => join(folder, `${artifact}.zip`)
  const part = (artifact: number, block: string) =>
    join(folder, `${artifact}.${createHash('sha256').update(block).digest('hex').slice(0, 16)}.block`)
  const put = async (artifact: number, bytes: Uint8Array) => {
    await writeFile(`${whole(artifact)}.new`, bytes)
    await rename(`${whole(artifact)}.new`, whole(artifact))
  }
  return {
    put,
    putBlock: (artifact, block, bytes) => writeFile(part(artifact, block), bytes),
    commit: async (artifact, blocks) => {
      const parts = await Promise.all(blocks.map((block) => readFile(part(artifact, block)).catch(() => null)))
      if (parts.some((bytes) => bytes === null)) return false
      await put(artifact, Buffer.concat(parts.flatMap((bytes) => (bytes === null ? [] : [bytes]))))
      await Promise.all(blocks.map((block) => rm(part(artifact, block), { force: true })))
      return true
    },
    measure: async (artifact) => {
      const bytes = await readFile(whole(artifact)).catch(() => null)
      if (bytes === null) return null
      return {
        size: (await stat(whole(artifact))).size,
        digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
      }
    },
    read: (artifact) => Readable.toWeb(createReadStream(whole(artifact))) as ReadableStream,
    text: async (artifact, name, most) => {
      try {
        const zip = await readFile(whole(artifact))
        // Never unpacks more bytes than the size that the archive declares.
        const found = unzipSync(zip, { filter: (file) => file.name === name && file.originalSize <= most })[name]
        return found === undefined ? null : Buffer.from(found).toString('utf8')
      } catch {
        return null
      }
    },
    remove: (artifact) => rm(whole(artifact), { force: true }),
  }
}
