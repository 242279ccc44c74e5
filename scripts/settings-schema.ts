import { z } from 'zod'
import { settingsSchema } from '../src/core/settings.ts'

/** The JSON schema of `.github/tributary.yml` for editors, from the schema that reads it. */
export const settingsJsonSchema = () => ({
  title: 'Tributary',
  description: 'Settings of Tributary: `.github/tributary.yml` on the default branch.',
  // The draft that the YAML servers of editors know best.
  ...z.toJSONSchema(settingsSchema, { target: 'draft-7', io: 'input' }),
})

if (process.argv.includes('--print')) console.log(JSON.stringify(settingsJsonSchema(), null, 2))
