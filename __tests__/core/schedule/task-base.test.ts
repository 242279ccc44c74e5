import { describe, expect, it } from 'vitest'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { conflicted } from '../../../src/core/schedule/conflict.ts'
import { baseSources, needsConflicted, worthPreparing } from '../../../src/core/schedule/task-base.ts'
import { followed } from '../../support/planning.ts'
import { failed, landed, running, shaOf } from '../../support/run.ts'

const back = (task: string, other: string) => ({
  type: 'task_conflicted' as const,
  task,
  with: [other],
  paths: [],
  onto: [],
  final: false,
})
const source = (need: string) => ({ need, head: shaOf(`${need} head`) })

describe('the base of a task', () => {
  it('is merged from the heads of its needs, in the order of the plan, up to the first that has not landed', () => {
    const state = landed(running('a > d, b > d, c > d'), 'c', 'a')
    expect(baseSources(state.work, 'd')).toEqual([source('a')])
    expect(baseSources(landed(state, 'b').work, 'd')).toEqual(['a', 'b', 'c'].map(source))
  })
  it('has what a conflict put under the task first, and its needs in the order of trunk, however the plan names them', () => {
    const state = landed(running('a > d, b > d', { tasks: { d: { needs: ['b', 'a'] } } }), 'b', 'a')
    expect(baseSources(state.work, 'd')).toEqual([source('a'), source('b')])
    const conflict = { ...back('d', 'a'), onto: [shaOf('x')] }
    expect(baseSources(followed<ActiveRun>(state, conflict).work, 'd')).toEqual([
      { need: 'd', head: shaOf('x') },
      source('a'),
      source('b'),
    ])
  })
  it('is worth preparing from three needs on, if nothing keeps the task back', () => {
    const ids = (state: ActiveRun) => worthPreparing(state.work).map(({ id }) => id)
    expect(ids(running('a > d, b > d, c > d, a > e, b > e'))).toEqual(['d'])
    expect(ids(failed(running('a > d, b > d, c > d'), 'a'))).toEqual([])
  })
})

describe('two needs in conflict', () => {
  const state = landed(running('a > c, b > c'), 'a', 'b')
  const conflict = { id: 'c', later: 'b', merged: [source('a')], paths: ['x'] }
  it('send the later one back, onto the earlier one', () => {
    const event = {
      type: 'task_conflicted',
      task: 'b',
      with: ['a'],
      paths: ['x'],
      onto: [shaOf('a head')],
      final: false,
    }
    expect(needsConflicted(state.work, conflict)).toEqual(event)
  })
  it('name all others that the later one is in conflict with, but not the task that needs them', () => {
    const three = landed(running('a > d, b > d, c > d'), 'a', 'b', 'c')
    const all = { id: 'd', later: 'c', merged: [source('a'), source('b'), { need: 'd', head: shaOf('x') }], paths: [] }
    expect(needsConflicted(three.work, all)).toMatchObject({ task: 'c', with: ['a', 'b'] })
    const own = { ...all, merged: [{ need: 'd', head: shaOf('x') }] }
    expect(needsConflicted(three.work, own)).toMatchObject({ task: 'c', with: ['d'], onto: [shaOf('x')] })
  })
  it('wait while another conflict has sent one of them back', () => {
    expect(needsConflicted(followed<ActiveRun>(state, back('a', 'b')).work, conflict)).toBeNull()
  })
  it('are handed to a person after two runs on a merged base', () => {
    const merge = { task: 'b', others: ['a'], paths: ['x'], onto: [] }
    const again = back('b', 'a')
    expect(conflicted(followed<ActiveRun>(state, again).work, merge)).toMatchObject({ final: false })
    expect(conflicted(followed<ActiveRun>(state, again, again).work, merge)).toMatchObject({ final: true })
  })
})
