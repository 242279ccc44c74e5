import { describe, expect, it } from 'vitest'
import { makeMarker, parseMarker } from '../../../src/render/markdown/marker.ts'

describe('a marker', () => {
  it('is the first line of a comment', () => {
    expect(makeMarker('plan', '42')).toBe('<!-- tributary:plan:42 -->')
    expect(parseMarker('<!-- tributary:status:42-2 -->\r\n## Running')).toEqual({ name: 'status', run: '42-2' })
  })

  it('is nothing anywhere else, and nothing with a run that cannot be', () => {
    expect(parseMarker('> <!-- tributary:plan:42 -->')).toBeNull()
    expect(parseMarker('hello\n<!-- tributary:plan:42 -->')).toBeNull()
    expect(parseMarker('<!-- tributary:plan:042 -->')).toBeNull()
    expect(parseMarker('<!-- tributary:plan:42 --> and more')).toBeNull()
    expect(parseMarker('')).toBeNull()
  })
})
