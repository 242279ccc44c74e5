import { readFileSync, writeFileSync } from 'node:fs'
import { planJsonSchema, settingsJsonSchema } from './json-schemas.ts'
import { withSettingsList } from './settings-list.ts'

/** Writes what the documents say of settings and plans: both JSON schemas, and the list of settings. */
const write = (file: string, text: string) => writeFileSync(`docs/${file}`, text)

write('tributary.schema.json', JSON.stringify(settingsJsonSchema(), null, 2))
write('plan.schema.json', JSON.stringify(planJsonSchema(), null, 2))
write('settings.md', withSettingsList(readFileSync('docs/settings.md', 'utf8')))
