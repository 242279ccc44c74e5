import { describe, expect, it } from 'vitest'
import { decideOnTask } from '../../../src/core/command/decide-task.ts'
import { isAssembled, nextVerdict, suspects } from '../../../src/core/landing/verification.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { verdictEvents } from '../../../src/core/slots/result-events.ts'
import { AT, afterwards, asks, landed, merged, report, running, shaOf } from '../../support/run.ts'

const ids = Array.from({ length: 9 }, (_, index) => `t${index}`)
const whole = merged(landed(running(ids.join(', ')), ...ids), ...ids)

function search(state: ActiveRun, isGood: (index: number) => boolean) {
  const { verdict, asked } = played(state, isGood)
  return { ...verdict, asked }
}

/** Plays the verification with a judge, and counts how often it was asked. */
function played(state: ActiveRun, isGood: (index: number) => boolean) {
  let now = state
  for (let asked = 0; asked < 50; asked += 1) {
    const next = nextVerdict(now.work)
    if (next.next !== 'verify') return { verdict: next, asked, state: now }
    const index = now.work.trunk.merges.findIndex((merge) => merge.sha === next.on)
    const stamp = { at: AT, by: 'tributary', on: next.on, attempt: asked + 1 }
    const verdict: RunEvent = isGood(index)
      ? { type: 'verification_passed', ...stamp, report }
      : {
          type: 'verification_failed',
          ...stamp,
          failure: { reason: 'verification-failed', on: next.on, exitCode: 1, log: '' },
        }
    now = afterwards(now, verdict)
  }
  throw new Error('the search does not end')
}

const broken = (on: string) => ({ reason: 'verification-failed', on, exitCode: 1, log: 'bad luck' }) as const
const verdict = (on: string) => ({ at: AT, by: 'tributary', on, attempt: 1 })
const failing = (state: ActiveRun, on: string): ActiveRun =>
  afterwards(state, { type: 'verification_failed', ...verdict(on), failure: broken(on) })

const named = (state: ActiveRun, task: string): ActiveRun =>
  afterwards(state, { type: 'culprit_found', at: AT, by: 'tributary', task })

describe('the verification of trunk', () => {
  it('waits until every task has landed and trunk holds them all', () => {
    expect(isAssembled(whole.work)).toBe(true)
    expect(isAssembled(merged(landed(running('a, b'), 'a'), 'a').work)).toBe(false)
  })
  it('asks once where it passes', () => {
    expect(search(whole, () => true)).toEqual({ next: 'passed', asked: 1 })
  })
  it.each(ids.map((id, index) => [id, index] as const))('finds %s as the merge that broke it', (id, index) => {
    const found = search(whole, (at) => at < index)
    expect(found).toMatchObject({ next: 'culprit', task: id })
    expect(found.asked).toBeLessThanOrEqual(6)
  })
  it.each(ids.map((id, index) => [id, index] as const))(
    'stands as failed once %s is named, whatever was verified last, and takes it back on top of trunk',
    (id, index) => {
      const found = played(whole, (at) => at < index)
      expect(found.state.work.verification).toMatchObject({
        status: 'failed',
        failure: { reason: 'verification-failed' },
      })
      const told = named(found.state, id)
      expect(suspects(told.work)).toEqual([id])
      const decided = decideOnTask(told, asks({ name: 'retry', task: id, note: 'fix it' }))
      expect(decided).toMatchObject({
        ok: true,
        value: { events: [{ type: 'task_retried', onto: [told.work.trunk.tip] }] },
      })
    },
  )
  it('suspects all that was merged since, where the one that was named is back and trunk fails still', () => {
    const told = named(played(whole, (at) => at < 4).state, 't4')
    const fixed = merged(
      landed(afterwards(told, { type: 'task_retried', at: AT, by: 'admin', task: 't4', note: '', onto: [] }), 't4'),
      't4',
    )
    const again = played(fixed, (at) => at < 4)
    expect(again.verdict).toEqual({ next: 'culprit', task: 't4' })
    const found = named(again.state, 't4')
    expect(suspects(found.work)).toEqual(['t4', 't5', 't6', 't7', 't8'])
  })
  it('stands as failed when the one that was sent back came to nothing and was skipped', () => {
    const told = named(played(whole, (at) => at < 4).state, 't4')
    const skipped = afterwards(
      told,
      { type: 'task_retried', at: AT, by: 'admin', task: 't4', note: '', onto: [] },
      { type: 'task_skipped', at: AT, by: 'admin', task: 't4' },
    )
    expect(nextVerdict(skipped.work)).toEqual({ next: 'culprit', task: 't4' })
    const again = named(skipped, 't4')
    expect(again.work.verification?.status).toBe('failed')
    expect(decideOnTask(again, asks({ name: 'retry', task: 't2', note: '' })).ok).toBe(true)
  })
  it('blames nobody where the base fails already', () => {
    expect(search(whole, () => false)).toMatchObject({ next: 'culprit', task: null })
  })
  it('blames nobody for a commit that a person brought into trunk, and names that commit', () => {
    const adopted = (state: ActiveRun, sha: string): ActiveRun =>
      afterwards(state, {
        type: 'trunk_adopted',
        at: AT,
        by: 'tributary',
        from: state.work.trunk.tip,
        sha,
        author: 'ada',
      })
    const half = merged(landed(running('a, b'), 'a'), 'a')
    const state = merged(landed(adopted(half, shaOf('of ada')), 'b'), 'b')
    const shas = [shaOf('of ada'), shaOf('trunk b')]
    const judged = shas.reduce<ActiveRun>((now, on) => failing(now, on), state)
    expect(nextVerdict(judged.work)).toEqual({ next: 'verify', on: shaOf('trunk a') })
    const passed = afterwards(judged, { type: 'verification_passed', ...verdict(shaOf('trunk a')), report })
    expect(nextVerdict(passed.work)).toEqual({ next: 'culprit', task: null, adopted: shaOf('of ada') })
  })
  it('runs a failed one once more on the same tree, and only then believes it', () => {
    const { tip } = whole.work.trunk
    const events = (state: ActiveRun) =>
      verdictEvents(state.work, 1, { verdict: 'failed', head: null, failure: broken(tip) })
    const started = (state: ActiveRun) =>
      afterwards(state, { type: 'verification_started', ...verdict(tip), slot: 'r1.1' })
    const first = started(whole)
    expect(events(first)).toMatchObject([{ type: 'verification_failed', again: true }])
    const once = afterwards(first, { type: 'verification_failed', ...verdict(tip), failure: broken(tip), again: true })
    expect(nextVerdict(once.work)).toEqual({ next: 'verify', on: tip })

    expect(events(started(once))[0]).not.toHaveProperty('again')
    const twice = afterwards(once, { type: 'verification_failed', ...verdict(tip), failure: broken(tip) })
    expect(nextVerdict(twice.work)).toMatchObject({ next: 'verify', on: whole.work.trunk.merges[3]?.sha })

    const flaky = afterwards(once, { type: 'verification_passed', ...verdict(tip), report })
    expect(nextVerdict(flaky.work)).toEqual({ next: 'passed' })
    expect(flaky.work.verification).toMatchObject({ status: 'passed', flaky: broken(tip) })
  })
  it('begins again after /retry verification: what failed counts no longer, what passed does', () => {
    const found = named(played(whole, (at) => at < 4).state, 't4')
    const decided = decideOnTask(found, asks({ name: 'retry', task: 'verification', note: '' }))
    if (!decided.ok) throw new Error(decided.error.reason)
    const again = afterwards(found, ...decided.value.events)
    expect(again.work).toMatchObject({ culprit: null, verification: null })
    expect(nextVerdict(again.work)).toEqual({ next: 'verify', on: whole.work.trunk.tip })
    expect(new Set(Object.values(again.work.verdicts))).toEqual(new Set(['passed']))
    expect(decideOnTask(whole, asks({ name: 'retry', task: 'verification', note: '' }))).toMatchObject({
      error: { reason: 'wrong-phase' },
    })
  })
  it('does not search where the verification could not run', () => {
    const failure = { reason: 'sandbox-unavailable', detail: '' } as const
    const state = afterwards(whole, {
      type: 'verification_failed',
      at: AT,
      by: 'tributary',
      on: whole.work.trunk.tip,
      attempt: 1,
      failure,
    })
    expect(nextVerdict(state.work)).toEqual({ next: 'wait' })
  })
})
