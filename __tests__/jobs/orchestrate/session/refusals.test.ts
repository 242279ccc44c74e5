import { describe, expect, it } from 'vitest'
import { branchRef, logRef, taskBranch, trunkBranch } from '../../../../src/core/ids.ts'
import type { RunEvent } from '../../../../src/core/run/event.ts'
import type { OrchestrateDeps } from '../../../../src/jobs/deps.ts'
import { emptyDraft } from '../../../../src/jobs/orchestrate/session/event-draft.ts'
import { noteRefusal, taskRefusal, trunkRefusal } from '../../../../src/jobs/orchestrate/session/refusals.ts'
import { newSession } from '../../../../src/jobs/orchestrate/session/session.ts'
import type { RefusedRef } from '../../../../src/ports/journal.ts'
import { manualClock } from '../../../support/clock.ts'
import { AT, report, running, shaOf } from '../../../support/run.ts'

const TRUNK = branchRef(trunkBranch('42'))
const branch = (task: string) => branchRef(taskBranch('42', task))
const verified = (task: string): RunEvent => ({
  type: 'task_verified',
  at: AT,
  by: 'tributary',
  task,
  attempt: 1,
  head: shaOf(task),
  tree: shaOf('tree'),
  report,
})

/** A push of these refs with the results of these tasks is refused. */
function session() {
  const deps = { clock: manualClock(), log: () => {} } as unknown as OrchestrateDeps
  const state = running('a, b')
  const one = newSession(deps, {} as never, '42', { state, tip: shaOf('tip'), unsure: new Set() })
  return {
    one,
    refuse(refs: string[], results: string[], named: RefusedRef[] = [], words = 'error: GH013: no') {
      const draft = { ...emptyDraft(state), events: results.map(verified) }
      const updates = refs.map((ref) => ({ ref, from: null, to: shaOf(ref) }))
      noteRefusal(one, draft, updates, { reason: 'refused', refs: named, words })
    },
  }
}

describe('a refused push is taken apart', () => {
  it('by the refs that the remote names', () => {
    const { one, refuse } = session()
    refuse([branch('a'), branch('b'), TRUNK], ['a', 'b'], [{ ref: branch('b'), words: 'not b' }])
    expect(taskRefusal(one, 'b', 1)).toEqual({ reason: 'push-refused', detail: 'not b' })
    expect([taskRefusal(one, 'a', 1), trunkRefusal(one), one.stopped, one.oneByOne]).toEqual([null, null, null, false])
  })

  it('by one result after the other where it names none, until only one is left to blame', () => {
    const { one, refuse } = session()
    refuse([branch('a'), branch('b'), TRUNK], ['a', 'b'])
    expect([one.oneByOne, one.refusedRefs.size]).toEqual([true, 0])
    refuse([branch('a'), TRUNK], ['a'])
    expect([...one.refusedRefs.keys()]).toEqual([branch('a')])
    expect(one.oneByOne).toBe(false)
  })

  it('by trunk where it names none and there is no result, else by all that moved', () => {
    const { one, refuse } = session()
    refuse([branch('a'), TRUNK], [])
    expect([...one.refusedRefs.keys()]).toEqual([TRUNK])
    const other = session()
    other.refuse([branch('a')], [])
    expect([...other.one.refusedRefs.keys()]).toEqual([branch('a')])
  })

  it('until nothing is left to leave out: then the orchestrator stops, with the words', () => {
    for (const [refs, named] of [
      [[], []],
      [[TRUNK], [{ ref: logRef('42'), words: 'no' }]],
    ] as const) {
      const { one, refuse } = session()
      refuse([...refs], [], [...named])
      expect(one.stopped).toEqual({ reason: 'journal-refused', words: 'error: GH013: no' })
    }
    const { one, refuse } = session()
    const again = () => refuse([TRUNK], [], [{ ref: TRUNK, words: 'no' }])
    again()
    expect(one.stopped).toBeNull()
    again()
    expect(one.stopped).not.toBeNull()
  })

  it('and workflow files are taken over once, before trunk counts as refused', () => {
    const { one, refuse } = session()
    const words =
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/a.yml` without `workflows` permission'
    refuse([branch('a')], ['a'], [{ ref: branch('a'), words }], words)
    expect([one.behind, one.refusedRefs.size]).toEqual([true, 0])
    refuse([branch('a')], ['a'], [{ ref: branch('a'), words }], words)
    expect(trunkRefusal(one)).toBe(words)
  })

  it('for the ref that keeps the last attempt of a task, too', () => {
    const { one, refuse } = session()
    const ref = 'refs/tributary/42/attempts/a-1'
    refuse([branch('a'), ref], [], [{ ref, words: 'no' }])
    expect(taskRefusal(one, 'a', 2)).toEqual({ reason: 'push-refused', detail: 'no' })
  })
})
