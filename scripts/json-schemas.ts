import { z } from 'zod'
import { handPlanSchema } from '../src/config/hand-plan.ts'
import { settingsSchema } from '../src/core/settings.ts'

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>

/** What people write, not what is made of it, in the draft that the YAML servers of editors know best. */
const toJson = (schema: z.core.$ZodType) =>
  z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any', override: asWritten })

/** A command is its list of words, or the object that is made of it. */
const asWritten: Override = ({ zodSchema, jsonSchema }) => {
  if (!(zodSchema instanceof z.ZodPipe && zodSchema.in instanceof z.ZodTransform)) return
  const { $schema: _, ...whole } = toJson(zodSchema.out)
  const words = whole.properties?.argv
  if (words === undefined) return
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
  Object.assign(jsonSchema, { anyOf: [words, whole] })
}

/** The JSON schema of `.github/tributary.yml` for editors, from the schema that reads it. */
export const settingsJsonSchema = () => ({
  title: 'Tributary',
  description: 'Settings of Tributary: `.github/tributary.yml` on the default branch.',
  ...toJson(settingsSchema),
})

/** The JSON schema of a plan by hand, from the schema that reads it. */
export const planJsonSchema = () => ({
  title: 'Plan',
  description: 'A plan by hand for Tributary: what stands in the fenced block `tributary` of an issue.',
  ...toJson(handPlanSchema),
})
