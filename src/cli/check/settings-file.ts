import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { judgeSettings } from '../../config/settings.ts'
import { defaultSettings, SETTINGS_PATH, type Settings } from '../../core/settings.ts'
import { type CheckFinding, noteAt, problemAt } from '../finding.ts'
import { topOf } from '../repository.ts'
import { Mistake } from '../subcommand.ts'

export interface FoundSettings {
  /** The file's name as a person would type it; null: there is none, so the defaults apply. */
  file: string | null
  /** The defaults, if the file cannot be used. */
  settings: Settings
  findings: CheckFinding[]
}

/** The settings for a plan of this folder: the named file, else the repository's. */
export async function findSettings(cwd: string, named: string | undefined): Promise<FoundSettings> {
  const top = (await topOf(cwd)) ?? cwd
  if (named === undefined && !existsSync(join(top, SETTINGS_PATH)))
    return { file: null, settings: defaultSettings, findings: [] }
  const file = named ?? SETTINGS_PATH
  const judged = judgeSettings(await readNamed(named === undefined ? top : cwd, file))
  if (judged.ok) {
    const { settings, warnings } = judged.value
    return { file, settings, findings: warnings.map((warning) => noteAt({ ...warning, file }, warning.message)) }
  }
  const findings = judged.error.map(({ line, field, message }) =>
    problemAt(file, line, { code: 'bad-settings', task: null, field, message }),
  )
  return { file, settings: defaultSettings, findings }
}

const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no file',
  ENOTDIR: 'there is no file',
  EISDIR: 'a folder, not a file:',
  EACCES: 'you cannot read',
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
