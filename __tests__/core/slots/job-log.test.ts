import { describe, expect, it } from 'vitest'
import { lastError, loggedFiles, logLines } from '../../../src/core/slots/job-log.ts'

/** As GitHub shows it: a byte order mark, and the time before each line. */
const logOf = (lines: readonly string[]): string =>
  `\uFEFF${lines.map((line) => `2026-11-29T10:00:00.1234567Z ${line}`).join('\r\n')}`

describe('files in a log', () => {
  const bytes = Uint8Array.from({ length: 5_000 }, (_, at) => (at * 7) % 256)
  const lines = [
    ...logLines({ name: 'x/result.json', bytes: Buffer.from('{"ü":1}') }),
    'said by another',
    ...logLines({ name: 'x/work.bundle', bytes }),
  ]

  it('are read as they were written, whatever stands around them', () => {
    const files = loggedFiles(logOf(['before', ...lines, 'after']))
    expect(Buffer.from(files.get('x/result.json') ?? []).toString()).toBe('{"ü":1}')
    expect(Buffer.from(files.get('x/work.bundle') ?? []).equals(bytes)).toBe(true)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(1_100)
  })
  it('are null if a mask hides a part, or the log breaks off', () => {
    const masked = lines.map((line, at) => (at === lines.length - 3 ? `***${line.slice(3)}` : line))
    expect(loggedFiles(logOf(masked)).get('x/work.bundle')).toBeNull()
    expect(loggedFiles(logOf(lines.slice(0, -1))).get('x/work.bundle')).toBeNull()
  })
})

describe('the last error of a log', () => {
  it('is one that says more than an exit code, if there is one', () => {
    const exit = '##[error]Process completed with exit code 1.'
    expect(lastError(logOf(['##[error]Error: no space left', exit, 'bye']))).toBe('no space left')
    expect(lastError(logOf(['npm ERR!', exit]))).toBe('Process completed with exit code 1.')
    expect(lastError(logOf(['fine']))).toBeNull()
  })
})
