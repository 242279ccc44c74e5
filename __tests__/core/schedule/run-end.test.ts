import { describe, expect, it } from 'vitest'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { isIdle, leftoverBranches, nextTowardsEnd } from '../../../src/core/schedule/run-end.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { agentsAtWork, followed } from '../../support/planning.ts'
import {
  afterwards,
  begun,
  landed,
  merged,
  proposed,
  queued,
  report,
  running,
  shaOf,
  verifiedBy,
} from '../../support/run.ts'

const assembled = (state = running('a')) => merged(landed(state, 'a'), 'a')
const tip = shaOf('trunk a')
const verified = (state: ActiveRun) =>
  followed<ActiveRun>(
    state,
    { type: 'verification_queued', on: tip, attempt: 1 },
    { type: 'verification_passed', on: tip, attempt: 1, report },
  )

describe('towards the end', () => {
  it('a trunk that holds everything is verified, and then the run is finished', () => {
    expect(nextTowardsEnd(running('a'), true)).toBeNull()
    expect(nextTowardsEnd(assembled(), true)).toEqual({ type: 'verification_queued', on: tip, attempt: 1 })
    expect(nextTowardsEnd(verified(assembled()), true)).toEqual({ type: 'run_finished', sha: tip })
  })
  it('the description of an agents’ change comes first, if there is a model', () => {
    const state = verified(assembled(agentsAtWork('a')))
    expect(nextTowardsEnd(state, true)).toBeNull()
    expect(nextTowardsEnd(state, false)).toEqual({ type: 'run_finished', sha: tip })
  })
  it('a paused run decides nothing', () => {
    expect(nextTowardsEnd(followed<ActiveRun>(assembled(), { type: 'run_paused', why: 'x' }), true)).toBeNull()
  })
  it('the merge that broke trunk is named once', () => {
    const failure = { reason: 'verification-failed', on: tip, exitCode: 1, log: '' } as const
    const broken = followed<ActiveRun>(
      assembled(),
      { type: 'verification_queued', on: tip, attempt: 1 },
      { type: 'verification_failed', on: tip, attempt: 1, failure },
      { type: 'verification_queued', on: shaOf('trunk'), attempt: 2 },
      { type: 'verification_passed', on: shaOf('trunk'), attempt: 2, report },
    )
    const found = { type: 'culprit_found', task: 'a' } as const
    expect(nextTowardsEnd(broken, true)).toEqual(found)
    expect(nextTowardsEnd(followed<ActiveRun>(broken, found), true)).toBeNull()
  })
})

describe('a run is idle', () => {
  it('unless a task is ready or at work', () => {
    const state = running('a')
    expect(isIdle(state)).toBe(true)
    expect(isIdle(afterwards(state, ...queued(state, 'a')))).toBe(false)
    expect(isIdle(afterwards(state, ...begun(state, 'a')))).toBe(false)
    expect(isIdle(proposed('a'))).toBe(true)
  })
  it('in a pause as soon as nothing is at work', () => {
    const state = running('a')
    const paused = { type: 'run_paused', why: 'x' } as const
    expect(isIdle(followed(afterwards(state, ...queued(state, 'a')), paused))).toBe(true)
    expect(isIdle(followed(afterwards(state, ...begun(state, 'a')), paused))).toBe(false)
  })
  it('unless a verification is due or at work; a pause starts none', () => {
    const due = followed(assembled(), { type: 'verification_queued', on: tip, attempt: 1 })
    const paused = { type: 'run_paused', why: 'x' } as const
    expect(isIdle(due)).toBe(false)
    expect(isIdle(followed(due, paused))).toBe(true)
    const atWork = followed(due, { type: 'verification_started', on: tip, attempt: 1, slot: 'r1.1' }, paused)
    expect(isIdle(atWork)).toBe(false)
  })
})

describe('an ended run leaves behind for nothing', () => {
  const base = running('a, b')
  const half = landed(base, 'a')
  const state = afterwards(half, ...queued(half, 'b'))
  const [taskA, taskB, trunk] = ['a', 'b', 'trunk'].map((name) => `refs/heads/tributary/42/${name}`)
  const ofA = { ref: taskA, from: shaOf('a head') }
  const ofB = { ref: taskB, from: shaOf('b start') }
  const ofTrunk = { ref: trunk, from: shaOf('trunk') }

  it('the branches without work, if it was cancelled', () => {
    const cancelled = followed(state, { type: 'run_cancelled', why: '' })
    expect(leftoverBranches(cancelled)).toEqual([ofB, ofTrunk])
  })
  it('no branch that holds work, if it was cancelled: not one that landed, failed or waits, and not trunk with merges', () => {
    const failure = { reason: 'acceptance-failed', exitCode: 1, log: '' } as const
    const tried = { type: 'task_failed', task: 'b', attempt: 1, head: shaOf('b head'), failure, final: true } as const
    const ended = followed(afterwards(half, ...begun(half, 'b')), tried, { type: 'run_cancelled', why: '' })
    expect(leftoverBranches(ended)).toEqual([ofTrunk])
    const withMerges = followed(merged(state, 'a'), { type: 'run_cancelled', why: '' })
    expect(leftoverBranches(withMerges)).toEqual([ofB])
  })
  it('the branch of a task whose attempts changed nothing, if it was cancelled', () => {
    const failure = { reason: 'acceptance-failed', exitCode: 1, log: '' } as const
    const idle = { type: 'task_failed', task: 'b', attempt: 1, head: shaOf('b start'), failure, final: true } as const
    const ended = followed(afterwards(half, ...begun(half, 'b')), idle, { type: 'run_cancelled', why: '' })
    expect(leftoverBranches(ended)).toEqual([ofB, ofTrunk])
  })
  it('nothing of a task that never began', () =>
    expect(leftoverBranches(followed(base, { type: 'run_cancelled', why: '' }))).toEqual([ofTrunk]))
  it('all branches of tasks, if its pull request was closed', () => {
    const closed = followed(state, { type: 'run_finished', sha: tip }, { type: 'run_closed', merged: false })
    expect(leftoverBranches(closed)).toEqual([ofA, ofB])
  })
  it('trunk as it was merged and the refs of attempts too, if its pull request was merged', () => {
    const head = shaOf('updated')
    const retried = followed(
      landed(base, 'a'),
      ...verifiedBy(base, 'b'),
      { type: 'task_retried', task: 'b', note: '', onto: [] },
      { type: 'task_queued', task: 'b', attempt: 2, base: shaOf('b again') },
      { type: 'run_closed', merged: true, head },
    )
    expect(leftoverBranches(retried)).toEqual([
      ofA,
      { ref: taskB, from: shaOf('b again') },
      { ref: 'refs/tributary/42/attempts/a-1', from: shaOf('a head') },
      { ref: 'refs/tributary/42/attempts/b-1', from: shaOf('b head') },
      { ref: trunk, from: head },
    ])
  })
  it('nothing at all, if the settings keep the branches', () => {
    const kept = landed(running('a, b', {}, settingsSchema.parse({ keep_branches: true })), 'a')
    expect(leftoverBranches(followed(kept, { type: 'run_closed', merged: true }))).toEqual([])
  })
  it('nothing while it is at work, or after a success that waits for its merge', () => {
    expect(leftoverBranches(state)).toEqual([])
    expect(leftoverBranches(followed(state, { type: 'run_finished', sha: tip }))).toEqual([])
  })
})
