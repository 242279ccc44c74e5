import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CommandLimits } from '../../../src/adapters/sandbox/limits.ts'
import { watchUsage } from '../../../src/adapters/sandbox/usage.ts'

const MEBIBYTE = 2 ** 20
const limits: CommandLimits = {
  memory: 2 ** 40,
  tmp: MEBIBYTE,
  processes: 10_000,
  openFiles: 100,
  file: MEBIBYTE,
}

/** What a command is ended for, if the disk has these mebibytes free at the start and at the looks after it. */
function endedFor(...free: number[]): string[] {
  const found: string[] = []
  const stop = watchUsage(
    { init: process.pid, written: ['/'], limits },
    (why) => found.push(why),
    () => {
      const next = free.length > 1 ? free.shift() : free[0]
      return (next ?? 0) * MEBIBYTE
    },
  )
  vi.advanceTimersByTime(5000)
  stop()
  return found
}

describe('a command that fills the disk of the work tree', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is ended once, while there is room to commit and to hand over', () =>
    expect(endedFor(5000, 2000, 400)).toEqual([
      'The command was ended: it left 400 MB free on the disk of the work tree, and 512 MB must be left.',
    ]))

  it('is not ended before that', () => expect(endedFor(5000, 2000, 513)).toEqual([]))

  it('is not ended on a disk that was full before it began, since it did not fill it', () =>
    expect(endedFor(400, 300)).toEqual([]))
})
