import { describe, expect, it } from 'vitest'
import { emptyRun, type LiveRun } from '../../../src/core/run/state.ts'
import { recoverRun } from '../../../src/core/slots/recovery.ts'
import { followed } from '../../support/planning.ts'
import { AT, proposed, running } from '../../support/run.ts'

const started = (state: LiveRun, workflowRun = 7) => followed(state, { type: 'orchestrator_started', workflowRun })
const ended = (result: string, workflowRun = 7) => ({ workflowRun, result, failure: null, at: AT })
const lostBefore = (times: number) =>
  Array.from({ length: times }).reduce<LiveRun>(
    (state) => started(followed(state, { type: 'orchestrator_lost', workflowRun: 7 })),
    started(running('a')),
  )
const recovered = (state: LiveRun, result: string) => {
  const recovery = recoverRun(state, ended(result))
  return recovery === null ? null : [recovery.events.map(({ type }) => type), recovery.restart]
}

describe('a run whose orchestrator died', () => {
  it('gets a fresh one', () => {
    expect(recovered(started(running('a')), 'failure')).toEqual([['orchestrator_lost'], true])
  })
  it('is paused with the fourth death in a row, and gets no other after the eighth', () => {
    expect(recovered(lostBefore(2), 'failure')).toEqual([['orchestrator_lost'], true])
    expect(recovered(lostBefore(3), 'failure')).toEqual([['orchestrator_lost', 'run_paused'], true])
    expect(recovered(lostBefore(6), 'failure')).toMatchObject([expect.anything(), true])
    expect(recovered(lostBefore(7), 'failure')).toMatchObject([expect.anything(), false])
  })
  it('is paused with what its last orchestrator said', () => {
    const state = followed(lostBefore(3), { type: 'orchestrator_failed', why: 'the disk is full' })
    expect(recoverRun(state, ended('failure'))?.events[1]).toMatchObject({
      why: 'the orchestrator failed 4 times in a row: the disk is full',
    })
  })
  it('has people told when it is paused, and when no other one follows', () => {
    const crashes = (before: number) => recoverRun(lostBefore(before), ended('failure'))?.crashes
    expect([0, 2, 3, 4, 6, 7, 8].map(crashes)).toEqual([null, null, 4, null, null, 8, 9])
    expect(recoverRun(lostBefore(3), ended('cancelled'))?.crashes).toBeNull()
  })
  it('gets no other after the fourth death if it has not begun to work, and people are told', () => {
    const crashed = (times: number) =>
      Array.from({ length: times }).reduce<LiveRun>(
        (state) => started(followed(state, { type: 'orchestrator_lost', workflowRun: 7 })),
        started(proposed('a')),
      )
    expect(recoverRun(crashed(2), ended('failure'))).toMatchObject({ restart: true, crashes: null })
    expect(recoverRun(crashed(3), ended('failure'))).toMatchObject({ restart: false, crashes: 4 })
  })
  it.each(['token-ended', 'rate-limit'] as const)(
    'gets a fresh one after %s as often as that happens, but only if it had lived for a while',
    (cause) => {
      const failure = { cause, message: 'Bad credentials' }
      const later = (minutes: number) => new Date(Date.parse(AT) + minutes * 60_000).toISOString()
      const died = (minutes: number) => recoverRun(lostBefore(7), { ...ended('failure'), failure, at: later(minutes) })
      expect(died(60)).toMatchObject({ events: [{ type: 'orchestrator_lost', cause }], restart: true })
      expect(died(5)).toMatchObject({ restart: false })
      const state = followed(lostBefore(2), { type: 'orchestrator_lost', workflowRun: 7, cause })
      expect(state).toMatchObject({ crashes: 2, orchestrator: null })
    },
  )
  it('is paused if a person cancelled the workflow run', () => {
    expect(recovered(started(running('a')), 'cancelled')).toEqual([['orchestrator_lost', 'run_paused'], true])
  })
  it('is only given a fresh one if it is paused or not at work, however the old one ended', () => {
    const paused = followed(lostBefore(3), { type: 'run_paused', why: 'x' })
    for (const result of ['failure', 'cancelled']) {
      expect(recovered(paused, result)?.[0]).toEqual(['orchestrator_lost'])
      expect(recovered(started(proposed('a')), result)?.[0]).toEqual(['orchestrator_lost'])
    }
  })
  it('has no excuse if its orchestrator never began to work', () => {
    const asked = followed(running('a'), { type: 'orchestrator_requested', workflowRun: 7 })
    const failure = { cause: 'token-ended', message: 'Bad credentials' } as const
    const at = new Date(Date.parse(AT) + 60 * 60_000).toISOString()
    expect(recoverRun(asked, { ...ended('failure'), failure, at })?.events[0]).not.toHaveProperty('cause')
  })
  it('is left alone by any other workflow run', () => {
    expect(recoverRun(started(running('a'), 8), ended('failure'))).toBeNull()
    expect(recoverRun(emptyRun, ended('failure'))).toBeNull()
  })
  it('is recovered if it died before its start was recorded, but not if it was only cancelled', () => {
    expect(recovered(running('a'), 'failure')).not.toBeNull()
    expect(recovered(running('a'), 'cancelled')).toBeNull()
  })
  it('waits for no slot of a command job that failed', () => {
    const asked = { type: 'slots_requested', request: 'r1', count: 2, workflowRun: 7 } as const
    const state = followed(running('a'), { type: 'orchestrator_requested', workflowRun: 7 }, asked)
    expect(recovered(state, 'skipped')).toEqual([['slots_gone', 'orchestrator_lost'], true])
    expect(recovered(state, 'failure')).toEqual([['orchestrator_lost'], true])
  })
})
