import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { Edited } from '../../ports/sources.ts'
import { codeOf, entryPath, type OpenEntry } from './open-folder.ts'
import { MOST_BYTES, readStart } from './read.ts'
import { type FileRoot, inFolder, type RefusedEdit, refusedEdit, withFile } from './walk.ts'

export const replaceText = (place: FileRoot, path: string, old: string, by: string): Promise<Edited> =>
  inFolder(place, path, 'refuse', (folder, name) =>
    withFile(place, folder, name, async (file) => {
      const text = await wholeText(place, file)
      if (typeof text !== 'string') return text
      const replaced = replaceOnce(text, old, by)
      if (!replaced.ok) return replaced
      return written(replaced.text) ?? (await swap(folder, name, replaced.text, file.stats.mode & 0o777))
    }),
  )

export const createText = async (place: FileRoot, path: string, text: string): Promise<Edited> =>
  written(text) ??
  (await inFolder(place, path, 'make', (folder, name) => writeNew(entryPath(folder, name), text, 0o644)))

/** Why a text is not written. */
function written(text: string): RefusedEdit | null {
  if (Buffer.byteLength(text) > MOST_BYTES) return refusedEdit('too-large')
  return /[\0\p{Cs}]/u.test(text) ? refusedEdit('not-text') : null
}

async function wholeText({ ground }: FileRoot, file: OpenEntry): Promise<string | RefusedEdit> {
  const content = await readStart(ground, file, MOST_BYTES + 1)
  if (content.length > MOST_BYTES) return refusedEdit('too-large')
  if (content.includes(0)) return refusedEdit('not-text')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    return refusedEdit('not-text')
  }
}

/** A new file takes the name of the old one: whatever that has become meanwhile is not written to. */
async function swap(folder: OpenEntry, name: string, text: string, mode: number): Promise<Edited> {
  const beside = entryPath(folder, `.tributary-${randomBytes(8).toString('hex')}`)
  const made = await writeNew(beside, text, mode)
  if (!made.ok) return made
  try {
    await rename(beside, entryPath(folder, name))
    return { ok: true }
  } catch (error) {
    await rm(beside, { force: true })
    if (codeOf(error) === 'EISDIR') return refusedEdit('not-a-file', name)
    throw error
  }
}

const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

async function writeNew(path: string, text: string, mode: number): Promise<Edited> {
  let file: FileHandle
  try {
    file = await open(path, NEW, 0o600)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return refusedEdit('exists')
    throw error
  }
  try {
    await file.writeFile(text)
    await file.chmod(mode)
    return { ok: true }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

/**
 * The text with `old`, which must stand in it exactly once, replaced. A file whose lines all end in CR LF is spoken of by
 * readers as if they ended in LF, and keeps its endings.
 */
function replaceOnce(text: string, old: string, by: string): { ok: true; text: string } | RefusedEdit {
  if (old === '') return refusedEdit('not-found', 'it is empty')
  const ends = endingsOf(text)
  const wanted = ends(old)
  const at = text.indexOf(wanted)
  if (at === -1) return refusedEdit('not-found')
  const count = countOf(text, wanted)
  if (count > 1) return refusedEdit('not-unique', `${count} times`)
  return { ok: true, text: text.slice(0, at) + ends(by) + text.slice(at + wanted.length) }
}

function endingsOf(text: string): (part: string) => string {
  const windows = text.includes('\r\n') && !/(?:^|[^\r])\n/.test(text)
  return windows ? (part) => part.replace(/\r?\n/g, '\r\n') : (part) => part
}

/** Places where it starts: those that overlap are places of their own. */
function countOf(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) count += 1
  return count
}
