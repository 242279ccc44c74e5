import type { Result } from '../core/result.ts'
import { SETTINGS_PATH, type Settings } from '../core/settings.ts'
import type { JobDeps } from './deps.ts'

/** The settings as the default branch has them now, by one request; or what is wrong with them. */
export const readSettingsNow = async ({
  forge,
  readSettings,
}: Pick<JobDeps, 'forge' | 'readSettings'>): Promise<Result<Settings, string[]>> =>
  readSettings((await forge.file(SETTINGS_PATH))?.text ?? null)
