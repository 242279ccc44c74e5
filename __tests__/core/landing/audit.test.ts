import { describe, expect, it } from 'vitest'
import { audit, type HandedOverCommit } from '../../../src/core/landing/audit.ts'
import { noFaults } from '../../../src/core/landing/tree-faults.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { taskNamed } from '../../support/plan.ts'
import { shaOf } from '../../support/run.ts'

const settings = settingsSchema.parse({ protected_paths: ['a/keys/**'], limits: { files: 2, file_kilobytes: 1 } })
const task = taskNamed('a', { writes: ['a/**', '.github/**', '.gitmodules'] })
const given = { base: shaOf('base'), verifiedTree: shaOf('tree') }
const file = (path: string, newMode = '100644', bytes = 10, oldMode = '000000') => ({ path, newMode, oldMode, bytes })
const handedOver = (more: Partial<HandedOverCommit> = {}): HandedOverCommit => ({
  parents: [given.base],
  tree: given.verifiedTree,
  saysOurWords: true,
  changes: [file('a/x')],
  faults: noFaults,
  secrets: { paths: [], unread: [] },
  ...more,
})
const verdict = (more: Partial<HandedOverCommit>) => {
  const audited = audit(task, settings, given, handedOver(more))
  return audited.ok ? 'landable' : audited.error.reason
}

describe('the audit before landing', () => {
  it.each<[string, Partial<HandedOverCommit>, string]>([
    ['a change inside its paths', {}, 'landable'],
    ['a program that was made executable', { changes: [file('a/x', '100755', 10, '100644')] }, 'landable'],
    ['a deletion inside its paths', { changes: [file('a/x', '000000', 0, '100644')] }, 'landable'],
    ['another parent', { parents: [shaOf('other')] }, 'wrong-base'],
    ['two parents', { parents: [given.base, shaOf('other')] }, 'wrong-base'],
    ['no parent', { parents: [] }, 'wrong-base'],
    ['another tree than the verified one', { tree: shaOf('other') }, 'tree-not-verified'],
    ['words that a slot does not write', { saysOurWords: false }, 'result-unreadable'],
    ['a workflow, though its paths allow it', { changes: [file('.github/workflows/ci.yml')] }, 'protected-paths'],
    ['the settings', { changes: [file('.github/tributary.yml')] }, 'protected-paths'],
    ['a submodule list', { changes: [file('.gitmodules')] }, 'protected-paths'],
    ['a submodule list in capitals', { changes: [file('.GITMODULES')] }, 'protected-paths'],
    ['the settings in capitals', { changes: [file('.GitHub/Tributary.yml')] }, 'protected-paths'],
    ['a workflow by its short names', { changes: [file('GITHUB~1/WORKFL~1/ci.yml')] }, 'protected-paths'],
    ['a workflow in a stream', { changes: [file('.github::$INDEX_ALLOCATION/workflows/ci.yml')] }, 'protected-paths'],
    ['a workflow behind a dot', { changes: [file('.github./workflows/ci.yml')] }, 'protected-paths'],
    ['a protected path in capitals', { changes: [file('a/Keys/x')] }, 'protected-paths'],
    ['a path that the settings protect', { changes: [file('a/keys/x')] }, 'protected-paths'],
    ['a symlink', { changes: [file('a/link', '120000')] }, 'landable'],
    ['a symlink that was there and is changed', { changes: [file('a/link', '100644', 10, '120000')] }, 'landable'],
    ['a symlink out of the tree', { faults: { ...noFaults, links: ['a/x'] } }, 'forbidden-mode'],
    ['a name that Windows cannot hold', { faults: { ...noFaults, names: ['`a/aux` is'] } }, 'unusable-name'],
    ['a file of LFS', { faults: { ...noFaults, lfs: ['a/x'] } }, 'lfs-object'],
    ['a submodule', { changes: [file('a/sub', '160000', 0)] }, 'forbidden-mode'],
    ['a file elsewhere', { changes: [file('b/x')] }, 'outside-paths'],
    ['a deletion elsewhere', { changes: [file('b/x', '000000', 0, '100644')] }, 'outside-paths'],
    ['too many files', { changes: ['1', '2', '3'].map((name) => file(`a/${name}`)) }, 'too-large'],
    ['a file that is too big', { changes: [file('a/x', '100644', 2000)] }, 'too-large'],
    ['a lock file that is bigger', { changes: [file('a/package-lock.json', '100644', 2_000_000)] }, 'landable'],
    ['a lock file without a limit', { changes: [file('a/go.sum', '100644', 30_000_000)] }, 'too-large'],
    ['a secret', { secrets: { paths: ['a/x'], unread: [] } }, 'secret-in-diff'],
    ['what nobody can search for secrets', { secrets: { paths: [], unread: ['a/x'] } }, 'too-large'],
  ])('%s: %j is %s', (_what, more, reason) => {
    expect(verdict(more)).toBe(reason)
  })
})
