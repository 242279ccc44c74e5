import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { judgeSettings } from '../../config.ts'
import { defaultSettings, SETTINGS_PATH, type Settings } from '../../core/settings.ts'
import { topOf } from '../git.ts'
import { type Finding, noteAt, problemAt } from './finding.ts'
import { readNamed } from './text-file.ts'

export interface FoundSettings {
  /** As a person would name it; null: there is none, so the defaults count. */
  file: string | null
  /** The defaults, if the file cannot be used. */
  settings: Settings
  findings: Finding[]
}

/** The settings that a plan of this folder is judged by: the file that was named, else that of the repository. */
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
