import { err, ok, type Result } from './core/result.ts'
import { defaultSettings, SETTINGS_PATH, type Settings, settingsSchema } from './core/settings.ts'
import { readYaml } from './yaml-text.ts'

/** The settings file as settings; null or empty: the defaults. A problem names the line and what may stand there. */
export function readSettings(text: string | null): Result<Settings, string[]> {
  if (text === null || text.trim() === '') return ok(defaultSettings)
  const read = readYaml(text, settingsSchema)
  if (read.ok) return read
  return err(
    read.error.map(
      ({ line, path, message }) =>
        `${SETTINGS_PATH}, line ${line}: ${path.length > 0 ? `\`${path.join('.')}\`: ` : ''}${message}`,
    ),
  )
}
