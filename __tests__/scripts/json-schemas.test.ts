import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { planJsonSchema, settingsJsonSchema } from '../../scripts/json-schemas.ts'
import { withSettingsList } from '../../scripts/settings-list.ts'
import { handPlanSchema } from '../../src/config/hand-plan.ts'
import { defaultSettings, settingsSchema } from '../../src/core/settings.ts'

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const validator = (schema: object) => new Ajv({ allowUnionTypes: true, strictTuples: false }).compile(schema)

type Schema = {
  description?: string
  properties?: Record<string, Schema>
  items?: Schema | Schema[]
}
const leaves = (schema: Schema): Schema[] =>
  schema.properties === undefined ? [schema] : Object.values(schema.properties).flatMap(leaves)

describe('the schema of the settings for editors', () => {
  const committed = JSON.parse(text('docs/tributary.schema.json'))
  const valid = validator(committed)

  it('is what the code reads settings with; `npm run schema` writes it', () =>
    expect(committed).toEqual(settingsJsonSchema()))
  it('takes the defaults, and a file that says little', () => {
    expect(valid(defaultSettings)).toBe(true)
    expect(valid({ slots: { start: 2 } })).toBe(true)
    expect(valid({})).toBe(true)
  })
  it.each([{ slot: {} }, { slots: { start: 0 } }, { merge: 'maybe' }, { protected_paths: 'infra/**' }])(
    'refuses %j, as the code does',
    (settings) => {
      expect(valid(settings)).toBe(false)
      expect(settingsSchema.safeParse(settings).success).toBe(false)
    },
  )
  it('says of every setting what it does', () => {
    expect(leaves(committed).length).toBeGreaterThan(15)
    expect(leaves(committed).filter(({ description }) => description === undefined)).toEqual([])
  })
})

describe('the list of settings in docs/settings.md', () => {
  const page = text('docs/settings.md')

  it('is made of the same schema; `npm run schema` writes it', () => expect(page).toBe(withSettingsList(page)))
  it('says in a comment what each setting does', () => {
    const [, list = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(page) ?? []
    expect(list.split('\n').filter((line) => line !== '' && !line.includes(' # ') && !line.endsWith(':'))).toEqual([])
    expect(list.split('\n').length).toBeGreaterThan(60)
  })
})

describe('the schema of plans for editors', () => {
  const committed = JSON.parse(text('docs/plan.schema.json'))
  const valid = validator(committed)
  const plan = (task: object = {}, more: object = {}) => ({ title: 'x', tasks: [{ id: 'a', ...task }], ...more })
  const fenced = (path: string) => /^```+tributary\n([\s\S]*?)^```+$/m.exec(text(path))?.[1] ?? ''

  it('is what the code reads plans with; `npm run schema` writes it', () =>
    expect(JSON.parse(JSON.stringify(planJsonSchema()))).toEqual(committed))

  it.each([
    ['the example of the documentation', parse(fenced('docs/plan-by-hand.md'))],
    ['the plan of the demo', parse(fenced('examples/demo/issue.md'))],
    ['a plan that says little', plan()],
    ['commands as lists', plan({ run: ['node', ''], acceptance: ['true'] }, { verification: [['npm', 'test']] })],
    ['commands as a model writes them', plan({ acceptance: { argv: ['true'] } }, { verification: [{ argv: ['x'] }] })],
    ['a gate', plan({ kind: 'gate', needs: ['b'] })],
  ])('takes %s, as the code does', (_, written) => {
    expect(handPlanSchema.safeParse(written).error).toBeUndefined()
    expect(valid(written)).toBe(true)
  })

  it.each([
    ['no title', { tasks: [{ id: 'a' }] }],
    ['no task', { title: 'x', tasks: [] }],
    ['a key that is not known', plan({}, { task: [] })],
    ['a key of a task that is not known', plan({ need: [] })],
    ['an id that is none', plan({ id: 'My Task' })],
    ['an id that is too long', plan({ id: 'a'.repeat(41) })],
    ['a title that is too long', plan({ title: 'x'.repeat(121) })],
    ['a command as one line', plan({ run: 'npm test' })],
    ['an acceptance as one line', plan({ acceptance: 'npm test' })],
    ['a verification as one line', plan({}, { verification: ['npm test'] })],
    ['a whole line as the first word', plan({ run: ['npm test'] })],
    ['a whole line as the first word of an acceptance', plan({ acceptance: ['npm test'] })],
    ['a whole line as the first word of a verification', plan({}, { verification: [['npm test']] })],
    ['a program without a name', plan({ run: [''] })],
    ['a null character', plan({ run: ['a', 'b\0'] })],
    ['an empty word in a verification', plan({}, { verification: [['a', '']] })],
    ['an empty verification', plan({}, { verification: [[]] })],
    ['a number for a word', plan({ run: ['sleep', 3] })],
    ['a size that is none', plan({ size: 'huge' })],
    ['a kind that is not for people', plan({ kind: 'resolve' })],
    ['no time', plan({ timeout_minutes: 0 })],
  ])('refuses %s, as the code does', (_, written) => {
    expect(handPlanSchema.safeParse(written).success).toBe(false)
    expect(valid(written)).toBe(false)
  })

  it('says of every field what it is for', () => {
    const { tasks, ...fields } = committed.properties
    const all = [...Object.values<Schema>(fields), ...Object.values<Schema>(tasks.items.properties)]
    expect(all.length).toBeGreaterThan(25)
    expect(all.filter(({ description }) => description === undefined)).toEqual([])
  })
})
