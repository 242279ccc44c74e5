import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { Edit, Edited } from '../../ports/sources.ts'
import { codeOf, entryPath, type OpenEntry } from './open-folder.ts'
import { MOST_BYTES, readStart } from './read.ts'
import { inFolder, type RefusedEdit, refusedEdit, type WorkTreeRoot, withFile } from './walk.ts'

export const replaceText = (tree: WorkTreeRoot, path: string, edits: readonly Edit[]): Promise<Edited> =>
  inFolder(tree, path, 'refuse', (folder, name) =>
    withFile(tree, folder, name, async (file) => {
      const text = await wholeText(tree, file)
      if (typeof text !== 'string') return text
      const replaced = replaceAll(text, edits)
      if (!replaced.ok) return replaced
      return whyTextRefused(replaced.text) ?? (await swap(folder, name, replaced.text, file.stats.mode & 0o777))
    }),
  )

/** A file that is there keeps its mode. */
export const writeText = async (tree: WorkTreeRoot, path: string, text: string): Promise<Edited> =>
  whyTextRefused(text) ??
  (await inFolder(tree, path, 'make', async (folder, name) => {
    const replaced = await withFile(tree, folder, name, ({ stats }) => swap(folder, name, text, stats.mode & 0o777))
    const isNew = !replaced.ok && replaced.why === 'no-such-file'
    return isNew ? writeNew(entryPath(folder, name), text, 0o644) : replaced
  }))

/** Why a text must not be written; null if it may. */
function whyTextRefused(text: string): RefusedEdit | null {
  if (Buffer.byteLength(text) > MOST_BYTES) return refusedEdit('too-large')
  return /[\0\p{Cs}]/u.test(text) ? refusedEdit('not-text') : null
}

async function wholeText({ access }: WorkTreeRoot, file: OpenEntry): Promise<string | RefusedEdit> {
  const content = await readStart(access, file, MOST_BYTES + 1)
  if (content.length > MOST_BYTES) return refusedEdit('too-large')
  if (content.includes(0)) return refusedEdit('not-text')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    return refusedEdit('not-text')
  }
}

/** Renames a new file over the old one, which is never written to: it may have been replaced in the meantime. */
async function swap(folder: OpenEntry, name: string, text: string, mode: number): Promise<Edited> {
  const temporary = entryPath(folder, `.tributary-${randomBytes(8).toString('hex')}`)
  const made = await writeNew(temporary, text, mode)
  if (!made.ok) return made
  try {
    await rename(temporary, entryPath(folder, name))
    return { ok: true }
  } catch (error) {
    await rm(temporary, { force: true })
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

/** Nothing is written before all edits have been found. */
function replaceAll(text: string, edits: readonly Edit[]): { ok: true; text: string } | RefusedEdit {
  let whole = text
  for (const [edit, { old, by }] of edits.entries()) {
    const replaced = replaceOnce(whole, old, by)
    if (!replaced.ok) return { ...replaced, edit }
    whole = replaced.text
  }
  return { ok: true, text: whole }
}

/**
 * Replaces `old`, which must occur exactly once. If all lines of the text end in CR LF, `old` and `by` may have LF, and
 * the text keeps its line endings.
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

/** Counts overlapping occurrences too. */
function countOf(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) count += 1
  return count
}
