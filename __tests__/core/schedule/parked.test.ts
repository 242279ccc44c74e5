import { describe, expect, it } from 'vitest'
import type { TaskFailure } from '../../../src/core/failure.ts'
import { recordOf, statusOf } from '../../../src/core/run/lookup.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { briefOf } from '../../../src/core/schedule/brief.ts'
import { parkedUntil, resumable } from '../../../src/core/schedule/parked.ts'
import { nextParked, queueable, usableSlots } from '../../../src/core/schedule/ready.ts'
import { isIdle } from '../../../src/core/schedule/run-end.ts'
import { workResultEvents } from '../../../src/core/slots/result-events.ts'
import { AT, afterwards, begun, failed, landed, running, shaOf } from '../../support/run.ts'

const later = (minutes: number): string => new Date(Date.parse(AT) + minutes * 60_000).toISOString()
const busy = (minutes: number): TaskFailure => ({
  reason: 'model-busy',
  since: AT,
  until: later(minutes),
  detail: 'overloaded: 529',
})

/** The run after an attempt that ended since the model was busy; at this minute. */
function parked(state: ActiveRun, task: string, failure = busy(10), minute = 10): ActiveRun {
  const { attempt } = recordOf(state.work, task).attempts.at(-1) ?? { attempt: 0 }
  const events = workResultEvents(
    state.work,
    { task, attempt },
    { verdict: 'failed', head: shaOf(`${task}-${attempt}`), failure },
    true,
  )
  return afterwards(state, ...events.map((event) => ({ by: 'tributary', ...event, at: later(minute) }) as never))
}

const atWork = (graph: string, ...tasks: string[]): ActiveRun =>
  tasks.reduce((state, task) => afterwards(state, ...begun(state, task, `r1.${task}`)), running(graph))

describe('a task whose model was busy', () => {
  it('is no failure: it keeps its head, counts for nothing, and waits for two to four minutes', () => {
    const state = parked(atWork('a', 'a'), 'a')
    const record = recordOf(state.work, 'a')
    expect(record).toMatchObject({ failures: 0, state: { status: 'pending' } })
    expect(record.attempts.at(-1)?.head).toBe(shaOf('a-1'))
    const until = parkedUntil('a', record)
    const seconds = ((until?.getTime() ?? 0) - Date.parse(later(10))) / 1000
    expect(seconds).toBeGreaterThanOrEqual(120)
    expect(seconds).toBeLessThan(240)
  })

  it('is queued when its time has come, and not before', () => {
    const { work } = parked(atWork('a', 'a'), 'a')
    const at = nextParked(work) ?? new Date(0)
    const ids = (now: Date | null) => queueable(work, now).map(({ id }) => id)
    expect([ids(null), ids(new Date(at.getTime() - 1)), ids(at)]).toEqual([[], [], ['a']])
  })

  it('needs no slot meanwhile, and keeps the orchestrator at its post', () => {
    const state = parked(atWork('a', 'a'), 'a')
    expect([usableSlots(state), isIdle(state)]).toEqual([0, false])
    const paused = afterwards(state, { type: 'run_paused', at: AT, by: 'admin', why: '' })
    expect(isIdle(paused)).toBe(true)
  })

  it('keeps no orchestrator if what it needs was sent back and failed for good', () => {
    const ready = landed(running('a > b'), 'a')
    const waits = parked(afterwards(ready, ...begun(ready, 'b')), 'b')
    expect(isIdle(waits)).toBe(false)
    const back = afterwards(waits, { type: 'task_retried', at: AT, by: 'admin', task: 'a', note: '', onto: [] })
    const over = failed(back, 'a')
    expect([parkedUntil('b', recordOf(over.work, 'b')) !== null, isIdle(over)]).toEqual([true, true])
  })

  it('does not go on at the same moment as others that were parked with it', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    const state = ids.reduce((run, id) => parked(run, id), atWork(ids.join(', '), ...ids))
    const moments = new Set(ids.map((id) => parkedUntil(id, recordOf(state.work, id))?.getTime()))
    expect(moments.size).toBe(ids.length)
  })

  it('reaches a person when the model has given no answer for an hour', () => {
    const almost = parked(atWork('a', 'a'), 'a', busy(59), 59)
    expect(statusOf(almost.work, 'a')).toBe('pending')
    const over = parked(afterwards(almost, ...begun(almost, 'a', 'r2.1')), 'a', busy(60), 60)
    expect(recordOf(over.work, 'a').state).toMatchObject({
      status: 'failed',
      failure: { reason: 'model-failed', detail: 'it gave no answer for 60 minutes: overloaded: 529' },
    })
    expect(isIdle(over)).toBe(true)
  })

  it('reaches a person after twenty attempts in a row, whatever times its slots name', () => {
    let state = running('a')
    let parkings = 0
    while (statusOf(state.work, 'a') === 'pending') {
      const begins = begun(state, 'a', 'r1.1')
      state = parked(afterwards(state, ...begins), 'a', busy(0), 0)
      parkings += 1
    }
    expect([parkings, statusOf(state.work, 'a')]).toEqual([21, 'failed'])
  })
})

describe('the work of an interrupted attempt', () => {
  const kept = (state: ActiveRun) => resumable(recordOf(state.work, 'a'))?.attempt ?? null
  const once = parked(atWork('a', 'a'), 'a')
  const again = afterwards(once, ...begun(once, 'a', 'r2.1'))

  it('is gone on with, also after the next slot was lost', () => {
    const stamp = { at: AT, by: 'tributary' }
    const lost = afterwards(again, { type: 'task_returned', ...stamp, task: 'a', attempt: 2, slot: 'r2.1' })
    expect([kept(again), kept(afterwards(lost, ...begun(lost, 'a', 'r3.1')))]).toEqual([1, 1])
  })

  it('is that of the slot that was lost last, if it has left a checkpoint, with what its agent had done', () => {
    const kept = { head: shaOf('checkpoint'), steps: ['write a'] }
    const stamp = { at: AT, by: 'tributary' }
    const lost = afterwards(again, { type: 'task_returned', ...stamp, task: 'a', attempt: 2, slot: 'r2.1', kept })
    expect(resumable(recordOf(lost.work, 'a'))).toMatchObject({ attempt: 2, ...kept })
    expect(parkedUntil('a', recordOf(lost.work, 'a'))).toBeNull()
    const third = afterwards(lost, ...begun(lost, 'a', 'r3.1'))
    expect(briefOf(third, 'a').earlier).toMatchObject([{ attempt: 2, outcome: 'returned', ...kept }])
  })

  it('is gone on with after an attempt that failed before it had any work', () => {
    const unset = failed(once, 'a', false)
    expect(kept(afterwards(unset, ...begun(unset, 'a', 'r3.1')))).toBe(1)
  })

  it('is gone on with if a person retries after the hour', () => {
    const over = parked(again, 'a', busy(60), 60)
    const retried = afterwards(over, { type: 'task_retried', at: AT, by: 'admin', task: 'a', note: '', onto: [] })
    expect(statusOf(over.work, 'a')).toBe('failed')
    expect(kept(afterwards(retried, ...begun(retried, 'a', 'r3.1')))).toBe(2)
  })

  it('is left alone once a later attempt failed with work of its own', () => {
    const failure = { reason: 'acceptance-failed', exitCode: 1, log: '' } as const
    const wrong = parked(again, 'a', failure)
    expect(kept(afterwards(wrong, ...begun(wrong, 'a', 'r3.1')))).toBeNull()
  })
})
