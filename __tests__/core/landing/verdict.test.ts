import { describe, expect, it } from 'vitest'
import type { TaskFailure } from '../../../src/core/failure.ts'
import { verdictOf } from '../../../src/core/landing/verdict.ts'
import { err, ok } from '../../../src/core/result.ts'

const done = { failure: null, audited: ok(null), changed: true, mayChangeNothing: false }
const own: TaskFailure = { reason: 'timed-out', minutes: 5, log: '' }
const found: TaskFailure = { reason: 'protected-paths', paths: ['.github/workflows/ci.yml'] }

describe('what an attempt hands over', () => {
  it('lands if its commit passes the audit and changes something', () =>
    expect(verdictOf(done)).toEqual({ lands: true }))

  it('fails by the audit, whatever the slot says of its work, and its commit is not pushed', () => {
    expect(verdictOf({ ...done, audited: err(found) })).toEqual({ lands: false, failure: found, showsCommit: false })
    expect(verdictOf({ ...done, audited: err(found), changed: false })).toMatchObject({ failure: found })
  })

  it('fails by the word of the slot, and its commit is pushed if that passes the audit', () => {
    const failed = { ...done, failure: own }
    expect(verdictOf(failed)).toEqual({ lands: false, failure: own, showsCommit: true })
    expect(verdictOf({ ...failed, changed: false })).toEqual({ lands: false, failure: own, showsCommit: true })
    expect(verdictOf({ ...failed, audited: err(found) })).toEqual({ lands: false, failure: own, showsCommit: false })
    expect(verdictOf({ ...failed, audited: null, changed: false })).toMatchObject({ failure: own, showsCommit: false })
  })

  it('fails without a change, with or without a commit, unless the task may change nothing', () => {
    for (const audited of [null, ok(null)]) {
      const idle = { ...done, audited, changed: false }
      expect(verdictOf(idle)).toEqual({ lands: false, failure: { reason: 'no-change' }, showsCommit: false })
      expect(verdictOf({ ...idle, mayChangeNothing: true })).toEqual({ lands: true })
    }
  })
})
