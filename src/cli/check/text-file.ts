import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Mistake } from '../terminal.ts'

const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no file',
  ENOTDIR: 'there is no file',
  EISDIR: 'a folder, not a file:',
  EACCES: 'this user may not read',
}

/** The text of a file that a person named, as it was typed. */
export async function readNamed(cwd: string, name: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, name), 'utf8')
  } catch (error) {
    const sentence = error instanceof Error && 'code' in error ? SENTENCES[String(error.code)] : undefined
    if (sentence === undefined) throw error
    throw new Mistake(`${sentence} ${name}`, { typing: false })
  }
}
