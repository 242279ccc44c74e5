import { describe, expect, it } from 'vitest'
import { attemptRef, branchRef, logBranchRef, logRef } from '../../../../src/core/ids.ts'
import { replay, replayOn } from '../../../../src/core/run/evolve.ts'
import { noted, planRequested } from '../../../support/events.ts'
import { git } from '../../../support/git.ts'
import { fileStage, type GitStage } from '../stage.ts'

const RUN = '42'
const TRUNK = branchRef('tributary/42/trunk')
const begun = replay([planRequested(RUN)])
const next = replayOn(begun, [noted('a')])

/** Ways in which a remote keeps refs of one's own out. */
const REFUSALS: Record<string, (stage: GitStage) => void> = {
  'by a rule for each ref': ({ remote }) => remote.updateHook('case "$1" in refs/heads/*) ;; *) exit 1;; esac'),
  'by a rule for the whole push': ({ remote }) =>
    remote.receiveHook('while read -r old new ref; do case "$ref" in refs/heads/*) ;; *) exit 1;; esac; done'),
  'by hiding them': ({ remote }) => void git(remote.dir, ['config', 'receive.hideRefs', 'refs/tributary']),
}

describe.each(Object.entries(REFUSALS))('a remote that refuses refs of our own, %s', (_, refuse) => {
  it('has the journal on a branch, which every process finds', async () => {
    const stage = fileStage()
    refuse(stage)
    const [one, other] = [await stage.writer(), await stage.writer()]
    const sha = await one.commit()
    const first = await one.journal.append(RUN, null, [planRequested(RUN)], begun, [
      { ref: TRUNK, from: null, to: sha },
    ])
    const tip = stage.tipOf(logBranchRef(RUN))
    expect([first, stage.tipOf(TRUNK), stage.tipOf(logRef(RUN))]).toEqual([{ ok: true, tip }, sha, null])
    expect(await other.journal.look(RUN, [])).toEqual({ tip, refs: new Map() })
    expect(await other.journal.runsOf(42)).toEqual({ runs: [{ run: RUN, tip }] })
    const second = await other.journal.append(RUN, tip, [noted('a')], next, [])
    expect(second).toEqual({ ok: true, tip: stage.tipOf(logBranchRef(RUN)) })
    expect(await one.journal.read(RUN)).toEqual({ state: next, tip: stage.tipOf(logBranchRef(RUN)) })
    expect(await one.journal.history(RUN)).toEqual([planRequested(RUN), noted('a')])
  })

  it('keeps no refs of earlier attempts, and takes the rest of the push', async () => {
    const stage = fileStage()
    refuse(stage)
    const { journal, commit } = await stage.writer()
    const sha = await commit()
    const refs = [
      { ref: TRUNK, from: null, to: sha },
      { ref: attemptRef(RUN, 't1', 1), from: null, to: sha },
    ]
    expect(await journal.append(RUN, null, [planRequested(RUN)], begun, refs)).toMatchObject({ ok: true })
    expect([stage.tipOf(TRUNK), stage.tipOf(attemptRef(RUN, 't1', 1))]).toEqual([sha, null])
  })

  it('still lets one of two begin a run', async () => {
    const stage = fileStage()
    refuse(stage)
    const [one, other] = [await stage.writer(), await stage.writer()]
    await one.journal.append(RUN, null, [planRequested(RUN)], begun, [])
    const late = await other.journal.append(RUN, null, [planRequested(RUN)], begun, [])
    expect(late).toEqual({ ok: false, error: { reason: 'conflict', refs: [logBranchRef(RUN)] } })
  })
})

it('leaves the journal of a willing remote where it is', async () => {
  const stage = fileStage()
  const { journal } = await stage.writer()
  await journal.append(RUN, null, [planRequested(RUN)], begun, [])
  expect([stage.tipOf(logRef(RUN)) === null, stage.tipOf(logBranchRef(RUN))]).toEqual([false, null])
})

it('does not go to a branch because of a race', async () => {
  const stage = fileStage()
  const [one, other] = [await stage.writer(), await stage.writer()]
  await one.journal.append(RUN, null, [planRequested(RUN)], begun, [])
  await other.journal.append(RUN, null, [planRequested(RUN)], begun, [])
  expect(stage.tipOf(logBranchRef(RUN))).toBeNull()
})

it('says so where the branch is refused as well', async () => {
  const stage = fileStage()
  stage.remote.updateHook('echo "nobody pushes here" >&2; exit 1')
  const { journal } = await stage.writer()
  expect(await journal.append(RUN, null, [planRequested(RUN)], begun, [])).toMatchObject({
    ok: false,
    error: { reason: 'refused', refs: [{ ref: logBranchRef(RUN), words: 'nobody pushes here' }] },
  })
})
