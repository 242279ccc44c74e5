import { describe, expect, it } from 'vitest'
import type { TaskFailure } from '../../../src/core/failure.ts'
import type { HandedOverCommit } from '../../../src/core/landing/audit.ts'
import { audit, protectedAmong } from '../../../src/core/landing/audit.ts'
import { noFaults } from '../../../src/core/landing/tree-faults.ts'
import { isFinal } from '../../../src/core/schedule/retry-ladder.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { taskNamed } from '../../support/plan.ts'
import { shaOf } from '../../support/run.ts'

const settings = settingsSchema.parse({ protected_paths: ['a/keys/**'], limits: { files: 2, file_kilobytes: 1 } })
const task = taskNamed('a', { writes: ['a/**'] })
const given = { base: shaOf('base'), verifiedTree: shaOf('tree') }
const file = (path: string, newMode = '100644', bytes = 10, oldMode = '000000') => ({ path, newMode, oldMode, bytes })
const verdict = (more: Partial<HandedOverCommit>) =>
  audit(task, settings, given, {
    parents: [given.base],
    tree: given.verifiedTree,
    saysOurWords: true,
    changes: [file('a/x')],
    faults: noFaults,
    secrets: { paths: [], unread: [] },
    ...more,
  })
const landable = { ok: true, value: null }
const refused = (error: TaskFailure) => ({ ok: false, error })

describe('what the audit refuses, it names', () => {
  it('the parents that it found and the one that it expected', () => {
    const expected = `expected one parent, ${shaOf('base')}; found`
    expect(verdict({ parents: [] })).toEqual(refused({ reason: 'wrong-base', detail: `${expected} none` }))
    expect(verdict({ parents: [given.base, shaOf('other')] })).toEqual(
      refused({ reason: 'wrong-base', detail: `${expected} ${shaOf('base')}, ${shaOf('other')}` }),
    )
  })

  it('both trees', () => {
    const detail = `acceptance passed on ${shaOf('tree')}, the commit holds ${shaOf('other')}`
    expect(verdict({ tree: shaOf('other') })).toEqual(refused({ reason: 'tree-not-verified', detail }))
  })

  it('words of a commit that no slot writes', () => {
    const detail = 'author or message of the commit are not those that a slot gives it'
    expect(verdict({ saysOurWords: false })).toEqual(refused({ reason: 'result-unreadable', detail }))
  })

  it('the paths at fault, and not those beside them', () => {
    const changes = (bad: ReturnType<typeof file>) => ({ changes: [file('a/x'), bad] })
    expect(verdict(changes(file('a/keys/k')))).toEqual(refused({ reason: 'protected-paths', paths: ['a/keys/k'] }))
    const faults = { links: ['a/link'], names: [], lfs: [] }
    expect(verdict({ ...changes(file('a/sub', '160000')), faults })).toEqual(
      refused({ reason: 'forbidden-mode', paths: ['a/sub', 'a/link'] }),
    )
    expect(verdict({ faults: { ...noFaults, names: ['one', 'two', 'three', 'four'] } })).toEqual(
      refused({ reason: 'unusable-name', detail: 'one; two; three; and 1 more' }),
    )
    expect(verdict(changes(file('b/x')))).toEqual(refused({ reason: 'outside-paths', paths: ['b/x'] }))
    const secrets = { paths: ['a/x'], unread: [] }
    expect(verdict({ secrets })).toEqual(refused({ reason: 'secret-in-diff', paths: ['a/x'] }))
    expect(protectedAmong(['a/x', 'a/keys/k', '.git/config', 'b/.GIT/config'], settings)).toEqual([
      'a/keys/k',
      '.git/config',
      'b/.GIT/config',
    ])
  })

  it('the file that is too large, the number of files, and what could not be searched', () => {
    const tooLarge = (detail: string) => refused({ reason: 'too-large', detail })
    const three = ['1', '2', '3'].map((name) => file(`a/${name}`))
    expect(verdict({ changes: three })).toEqual(tooLarge('3 files changed, and `limits.files` allows 2'))
    const big = { changes: [file('a/x'), file('a/y', '100644', 1025)] }
    expect(verdict(big)).toEqual(tooLarge('a/y has 1025 bytes, and `limits.file_kilobytes` allows 1 kB'))
    const why =
      'cannot be searched for secrets: `limits.file_kilobytes` allows 1 kB a file, and all of them may have 512 MB'
    expect(verdict({ secrets: { paths: [], unread: ['a/x'] } })).toEqual(tooLarge(`a/x ${why}`))
    const unread = ['a/x', 'a/y', 'a/z']
    expect(verdict({ secrets: { paths: [], unread } })).toEqual(tooLarge(`a/x and 2 more ${why}`))
  })
})

describe('the limits of the audit', () => {
  it('let pass what reaches them', () => {
    expect(verdict({ changes: [file('a/x', '100644', 1024), file('a/y')] })).toEqual(landable)
  })
})

describe('automatic retries', () => {
  it.each<TaskFailure>([
    { reason: 'program-failed', exitCode: 1, log: '' },
    { reason: 'acceptance-failed', exitCode: 1, log: '' },
    { reason: 'acceptance-changed-files', paths: ['a/x'] },
    { reason: 'timed-out', minutes: 1, log: '' },
    { reason: 'result-unreadable', detail: '' },
  ])('try $reason once more, and no second time', (failure) => {
    expect([0, 1, 2].map((before) => isFinal(failure, before))).toEqual([false, true, true])
  })

  it.each<TaskFailure>([
    { reason: 'protected-paths', paths: ['.git/x'] },
    { reason: 'secret-in-diff', paths: ['a/x'] },
    { reason: 'wrong-base', detail: '' },
    { reason: 'no-change' },
  ])('leave $reason to a person at once', (failure) => {
    expect(isFinal(failure, 0)).toBe(true)
  })
})
