import { readSettings } from '../../config/settings.ts'
import { defaultSettings, SETTINGS_PATH, type Settings } from '../../core/settings.ts'
import { git } from '../repository.ts'
import type { Place } from './place.ts'

/** The settings that a commit holds; the run itself says what is wrong with them. */
export async function settingsAt({ top }: Pick<Place, 'top'>, commit: string, over = ''): Promise<Settings> {
  const read = readSettings(await git(top, 'show', `${commit}:${SETTINGS_PATH}`), over)
  return read.ok ? read.value : defaultSettings
}
