import { describe, expect, it } from 'vitest'
import { branchOfRef, branchRef, issueOf, logRef, runCountOf, runIdOf, trunkBranch } from '../../src/core/ids.ts'
import { requestOf, slotNames } from '../../src/core/slots/slot-jobs.ts'

describe('names that are read back', () => {
  it.each([
    [42, 1, '42'],
    [42, 2, '42-2'],
    [7, 12, '7-12'],
  ])('tell the issue of a run and which of its runs it is: %i, %i', (issue, count, run) => {
    expect(runIdOf(issue, count)).toBe(run)
    expect([issueOf(run), runCountOf(run)]).toEqual([issue, count])
  })

  it.each(['main', 'feature/a', trunkBranch('42-2')])('tell the branch of a ref: %s', (branch) => {
    expect(branchOfRef(branchRef(branch))).toBe(branch)
  })

  it.each(['main', 'refs/heads/', 'refs/tags/main', 'refs/x/refs/heads/main', logRef('42')])(
    'take no other ref for a branch: %s',
    (ref) => {
      expect(branchOfRef(ref)).toBeNull()
    },
  )

  it('tell the request of a slot', () => {
    expect(slotNames('r12', 2).map(requestOf)).toEqual(['r12', 'r12'])
  })
})
