import { expect, it } from 'vitest'
import { handOffOf, handOffSchema, inOneLine } from '../../../src/core/run/hand-off.ts'

const much = (count: number, length: number) => Array.from({ length: count }, (_, at) => `${at} `.padEnd(length, 'x'))

it('a hand-off holds what was said, cut to what the schema takes, however much it was', () => {
  const said = {
    did: 'd'.repeat(5000),
    interfaces: much(40, 900),
    decisions: much(40, 900),
    caveats: much(40, 900),
    follow_ups: much(40, 900),
  }
  const handOff = handOffOf(said, { files: much(500, 900), check: 'c'.repeat(900) })
  expect(handOffSchema.safeParse(handOff).success).toBe(true)
  expect(handOff.files.at(-1)).toBe('and 441 more')
  expect(['interfaces', 'decisions', 'follow_ups'].map((list) => handOff[list as 'interfaces'].at(-1))).toEqual([
    'and 5 more',
    'and 40 more',
    'and 40 more',
  ])
  expect(JSON.stringify(handOff).length).toBeLessThan(30_000)
})

it('a hand-off holds many short lines, and the interfaces before everything else', () => {
  const said = {
    did: '',
    interfaces: much(50, 100),
    decisions: much(50, 100),
    caveats: much(70, 2),
    follow_ups: much(50, 100),
  }
  const handOff = handOffOf(said, { files: [], check: '' })
  expect(handOffSchema.safeParse(handOff).success).toBe(true)
  expect([handOff.interfaces, handOff.decisions]).toEqual([said.interfaces, said.decisions])
  expect(handOff.caveats.slice(-2)).toEqual(['58', 'and 11 more'])
  expect(handOff.follow_ups.at(-1)).toMatch(/^and \d+ more$/)
})

it('a slot cannot hand over more than a brief has room for', () => {
  const fits = { did: '', files: [], interfaces: much(36, 400), decisions: [], caveats: [], follow_ups: [], check: '' }
  expect(handOffSchema.safeParse(fits).success).toBe(true)
  expect(handOffSchema.safeParse({ ...fits, caveats: ['x'] }).success).toBe(false)
})

it('short words stay as they are, empty lines go, and no character is halved', () => {
  const said = { did: 'Added b', interfaces: [' f(x) ', ''], decisions: [], caveats: [], follow_ups: [] }
  expect(handOffOf(said, { files: ['b.ts'], check: 'passed' })).toEqual({
    did: 'Added b',
    interfaces: ['f(x)'],
    decisions: [],
    caveats: [],
    follow_ups: [],
    files: ['b.ts'],
    check: 'passed',
  })
  const halved = handOffOf({ ...said, did: `${'x'.repeat(1198)}😀 and more` }, { files: [], check: '' })
  expect(halved.did).toBe(`${'x'.repeat(1198)}…`)
  expect(inOneLine(halved).length).toBe(160)
})
