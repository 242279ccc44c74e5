import { expect, it } from 'vitest'
import { clockTime, commaList, count, duration, moment, secondsBetween } from '../../../src/render/markdown/format.ts'

it('counts things', () => {
  expect([count(1, 'task'), count(2, 'task'), count(0, 'person', 'people')]).toEqual(['1 task', '2 tasks', '0 people'])
})

it('lists things', () => {
  expect([commaList([]), commaList(['a']), commaList(['a', 'b']), commaList(['a', 'b', 'c'])]).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
  ])
})

it('says durations as people do', () => {
  expect([0, 0.04, 3.24, 9.97, 12.4, 60, 61, 3599.6, 3600, 7260].map(duration)).toEqual([
    '0 s',
    '0 s',
    '3.2 s',
    '10 s',
    '12 s',
    '1 min',
    '1 min 1 s',
    '1 h',
    '1 h',
    '2 h 1 min',
  ])
})

it('says moments in UTC, wherever the reader is', () => {
  expect(moment('2026-11-21T10:04:05.678Z')).toBe('2026-11-21 10:04:05 UTC')
  expect(moment('2026-11-21T11:04:05+01:00')).toBe('2026-11-21 10:04:05 UTC')
  expect(clockTime('2026-11-21T10:04:05.678Z')).toBe('10:04:05')
  expect(secondsBetween('2026-11-21T10:00:00Z', '2026-11-21T10:01:30.500Z')).toBe(90.5)
})
