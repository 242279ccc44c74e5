import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { settingsJsonSchema } from '../../scripts/settings-schema.ts'
import { defaultSettings } from '../../src/core/settings.ts'

const committed = JSON.parse(readFileSync(new URL('../../docs/tributary.schema.json', import.meta.url), 'utf8'))

describe('the schema for editors', () => {
  const valid = new Ajv().compile(committed)

  it('is what the code reads settings with; `npm run schema` writes it', () =>
    expect(committed).toEqual(settingsJsonSchema()))
  it('takes the defaults, and a file that says little', () => {
    expect(valid(defaultSettings)).toBe(true)
    expect(valid({ slots: { start: 2 } })).toBe(true)
    expect(valid({})).toBe(true)
  })
  it.each([{ slot: {} }, { slots: { start: 0 } }, { merge: 'maybe' }, { protected_paths: 'infra/**' }])(
    'refuses %j',
    (settings) => expect(valid(settings)).toBe(false),
  )
  it('says of every setting what it does', () => {
    type Schema = { description?: string; properties?: Record<string, Schema> }
    const leaves = (schema: Schema): Schema[] =>
      schema.properties === undefined ? [schema] : Object.values(schema.properties).flatMap(leaves)
    expect(leaves(committed).length).toBeGreaterThan(15)
    expect(leaves(committed).filter(({ description }) => description === undefined)).toEqual([])
  })
})
