import { expect, it } from 'vitest'
import { z } from 'zod'
import { jsonSchemaOf } from '../../../src/agent/tools/json-schema.ts'

it('says a schema in what the API knows, and limits in words', () => {
  const schema = z.strictObject({
    title: z.string().min(1).max(120).describe('In a few words'),
    size: z.enum(['small', 'large']),
    count: z.int().min(0),
    parts: z.array(z.strictObject({ path: z.string(), line: z.int().nullable() })).max(4),
  })
  expect(jsonSchemaOf(schema)).toEqual({
    type: 'object',
    additionalProperties: false,
    required: ['title', 'size', 'count', 'parts'],
    properties: {
      title: { type: 'string', description: 'In a few words (minLength 1, maxLength 120)' },
      size: { type: 'string', enum: ['small', 'large'] },
      count: { type: 'integer', description: '(minimum 0)' },
      parts: {
        type: 'array',
        description: '(maxItems 4)',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['path', 'line'],
          properties: { path: { type: 'string' }, line: { anyOf: [{ type: 'integer' }, { type: 'null' }] } },
        },
      },
    },
  })
})

it('says alternatives as the API wants them', () => {
  const schema = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('a'), text: z.string() }),
    z.strictObject({ kind: z.literal('b') }),
  ])
  expect(jsonSchemaOf(z.strictObject({ of: schema })).properties).toEqual({
    of: {
      anyOf: [
        {
          type: 'object',
          additionalProperties: false,
          required: ['kind', 'text'],
          properties: { kind: { type: 'string', const: 'a' }, text: { type: 'string' } },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['kind'],
          properties: { kind: { type: 'string', const: 'b' } },
        },
      ],
    },
  })
})

it('closes objects that zod leaves open', () => {
  expect(jsonSchemaOf(z.object({ a: z.string() })).additionalProperties).toBe(false)
})

it.each([
  ['an optional field', z.strictObject({ a: z.string().optional() }), 'a is optional'],
  ['a field with a default', z.strictObject({ a: z.string().default('') }), 'a is optional'],
  ['fields of any name', z.strictObject({ a: z.record(z.string(), z.string()) }), 'fields of any name'],
  ['an object that takes more', z.looseObject({ a: z.string() }), 'fields of any name'],
  ['any value', z.strictObject({ a: z.unknown() }), 'leaves a value open'],
])('does not let %s through, which the API would refuse or misread', (_name, schema, why) => {
  expect(() => jsonSchemaOf(schema)).toThrow(why)
})
