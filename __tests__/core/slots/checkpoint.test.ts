import { describe, expect, it } from 'vitest'
import { resultArtifact } from '../../../src/adapters/github/slots.ts'
import { checkpointName, parseCheckpointFile, parseCheckpointName } from '../../../src/core/slots/checkpoint.ts'
import { parseResultName, resultName } from '../../../src/core/slots/slot-result.ts'

const file = { version: 1, run: '42-2', task: 't3', attempt: 2, slot: 'r1.1', head: 'a'.repeat(40), steps: ['bash'] }

describe("a checkpoint's name", () => {
  it.each([
    ['42', 'a', 1, 1],
    ['42-2', 't3-retry', 12, 34],
    ['42', 't3-2', 3, 2],
    ['42', 't3-work1', 3, 2],
  ] as const)(
    'says run, task, attempt and number, and is the name of no result: %s %s %i %i',
    (run, task, attempt, number) => {
      const name = checkpointName({ run, task, attempt }, number)
      expect(parseCheckpointName(name, run)).toEqual({ task, attempt, number })
      expect(parseCheckpointName(`${name}.2`, run)).toEqual({ task, attempt, number })
      expect(parseResultName(name)).toBeNull()
      expect(resultArtifact({ id: 1, name, expired: false }, { run, workflowRun: 7 })).toBeNull()
    },
  )

  it.each([
    [resultName('42', 'a', 1), '42'],
    [resultName('42', 'a-1-work1', 1), '42'],
    ['tributary-42-a-1-work0', '42'],
    ['tributary-42-a-0-work1', '42'],
    ['tributary-42-../x-1-work1', '42'],
    ['tributary-42-2-a-1-work1', '42'],
    ['tributary-42-a-1-work1', '43'],
    ['tributary-42-a-1-work1.4', '42'],
  ])('is not %s, in run %s', (name, run) => {
    expect(parseCheckpointName(name, run)).toBeNull()
  })
})

describe('the file of a checkpoint', () => {
  it('is read as it was written, with and without what was spent', () => {
    const usage = { fresh: 1, cached: 2, written: 3, output: 4 }
    const spending = [{ role: 'work', model: 'claude-sonnet-5-5', calls: 1, usage, usd: 0.5, unknown: 0 }]
    for (const value of [file, { ...file, spending }])
      expect(parseCheckpointFile(JSON.stringify(value))).toEqual({ ok: true, value })
  })

  it.each([
    ['{', 'it is not JSON'],
    [JSON.stringify({ ...file, head: '--upload-pack=x' }), /commit id/],
    [JSON.stringify({ ...file, extra: 1 }), /extra/],
    [JSON.stringify({ ...file, steps: ['x'.repeat(201)] }), /200/],
    [JSON.stringify({ ...file, steps: Array(13).fill('x') }), /12/],
    [JSON.stringify({ ...file, spending: [{ usd: -1 }] }), /Invalid|Too small/],
    [JSON.stringify({ ...file, slot: 'x'.repeat(20_000) }), /has 20\d{3} characters/],
  ])('is refused where it is something else: %.60s', (text, why) => {
    const parsed = parseCheckpointFile(text)
    expect(parsed.ok ? 'accepted' : parsed.error).toMatch(why)
  })
})
