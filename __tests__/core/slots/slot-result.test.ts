import { describe, expect, it } from 'vitest'
import { parseResultFile, parseResultName, type ResultFile, resultName } from '../../../src/core/slots/slot-result.ts'

const sha = 'a'.repeat(40)
const report = { workSeconds: 1, acceptanceSeconds: 2, acceptanceLog: 'ok', summary: '', sandbox: 'off' }
const result: ResultFile = {
  version: 1,
  run: '42-2',
  task: 't3-retry',
  attempt: 2,
  base: sha,
  outcome: { kind: 'done', head: sha, tree: sha, report },
  slot: 'r1-2',
  startedAt: '2026-01-02T03:04:05.000Z',
  endedAt: '2026-01-02T03:05:05.000Z',
}

describe('a result file', () => {
  it.each<ResultFile['outcome']>([
    result.outcome,
    { kind: 'failed', failure: { reason: 'no-change' }, head: null, tree: null, report },
    { kind: 'verified', on: sha, report },
    { kind: 'verification-failed', on: sha, failure: { reason: 'timed-out', minutes: 1, log: '' }, report },
  ])('is read as it was written: $kind', (outcome) => {
    expect(parseResultFile(JSON.stringify({ ...result, outcome }))).toEqual({ ok: true, value: { ...result, outcome } })
  })

  it.each([
    ['{', 'result.json is not JSON'],
    ['null', /^result\.json: the whole: /],
    [JSON.stringify({ ...result, version: 2 }), /^result\.json: version: /],
    [JSON.stringify({ ...result, extra: 1 }), /extra/],
    [JSON.stringify({ ...result, task: '../x' }), /^result\.json: task: /],
    [JSON.stringify({ ...result, base: '' }), /full commit id/],
    [JSON.stringify({ ...result, outcome: { ...result.outcome, head: '--upload-pack=x' } }), /outcome\.head/],
    [JSON.stringify({ ...result, slot: 'x'.repeat(2_000_000) }), /has 2\d{6} characters/],
  ])('is refused where it is something else: %.60s', (text, why) => {
    const parsed = parseResultFile(text)
    expect(parsed.ok ? 'accepted' : parsed.error).toMatch(why)
  })
})

describe("a result's name", () => {
  it.each([
    ['42', 'a', 1],
    ['42-2', 't3-retry', 12],
    ['42', 't3-2', 3],
    ['42', 'verify', 1],
  ] as const)('says run, task and attempt: %s %s %i', (run, task, attempt) => {
    expect(parseResultName(resultName(run, task, attempt))).toEqual({ run, task, attempt })
  })

  it.each([
    'tributary-42-1',
    'tributary-42-a',
    'tributary-0-a-1',
    'tributary-42-A-1',
    'other',
    'x-tributary-42-a-1',
    'tributary-42-a-1-x_y',
    'tributary-42-a-0',
    'tributary-42-a--1',
  ])('%s is none', (name) => expect(parseResultName(name)).toBeNull())
})
