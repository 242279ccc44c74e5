import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect, onTestFinished } from 'vitest'
import type { SchemaCheck } from '../../src/model-double/answer-check.ts'
import { type ModelServer, startModelServer } from '../../src/model-double/server.ts'
import type { ModelServerOptions } from '../../src/model-double/server-state.ts'

export const MODEL_KEY = 'sk-ant-scripted'

const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true, logger: false }))
/** By their text: the same few come again and again, and compiling one takes longer than all that it is asked. */
const compiled = new Map<string, ValidateFunction>()

/** Holds what a script says against the schema that the request carries. */
export const schemaCheck: SchemaCheck = (schema, value) => {
  const { $schema: _, ...rest } = schema
  const text = JSON.stringify(rest)
  const fits = compiled.get(text) ?? ajv.compile(rest)
  compiled.set(text, fits)
  return fits(value)
    ? []
    : (fits.errors ?? []).map(({ instancePath, message }: ErrorObject) => `${instancePath || '/'} ${message}`)
}

/** A scripted model that closes with the test, and fails it if the script was wrong or had no rule. */
export async function modelServer(
  script: ModelServerOptions['script'],
  options: Partial<Omit<ModelServerOptions, 'script'>> & { readonly expectsGaps?: boolean } = {},
): Promise<ModelServer> {
  const { expectsGaps = false, ...rest } = options
  const server = await startModelServer({ apiKey: MODEL_KEY, check: schemaCheck, ...rest, script })
  onTestFinished(async () => {
    await server.close()
    if (!expectsGaps)
      expect({ unmatched: server.unmatched, mistakes: server.mistakes }).toEqual({ unmatched: [], mistakes: [] })
  })
  return server
}
