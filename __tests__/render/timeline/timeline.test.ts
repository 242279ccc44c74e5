import { describe, expect, it } from 'vitest'
import { replay } from '../../../src/core/run/evolve.ts'
import { emptyRun } from '../../../src/core/run/state.ts'
import { gantt } from '../../../src/render/timeline/gantt.ts'
import { busySeconds, idleSeconds, slotSpans } from '../../../src/render/timeline/spans.ts'
import { actualCriticalPath, renderTimeline } from '../../../src/render/timeline/timeline.ts'
import { planOf } from '../../support/plan.ts'
import {
  approved,
  failed,
  history,
  landed,
  merged,
  passed,
  proposed,
  queued,
  requested,
  sha,
  started,
  type TimedEvent,
  verified,
} from '../support/runs.ts'

/** `a > c, b > c`: b is slow, c waits for it, and a fails once. */
const story: TimedEvent[] = [
  requested(),
  proposed(planOf('a > c, b > c')),
  approved(),
  [0, queued('a')],
  [0, queued('b')],
  [8, started('a', 'r1.1')],
  [0, started('b', 'r1.2')],
  [10, failed('a', { reason: 'acceptance-failed', exitCode: 1, log: '' }, false)],
  [0, queued('a', 2)],
  [5, started('a', 'r1.1', 2)],
  [5, verified('a', 2)],
  [0, landed('a', 2)],
  [20, verified('b')],
  [0, landed('b')],
  [0, merged('a')],
  [0, merged('b')],
  [0, queued('c')],
  [0, started('c', 'r1.2')],
  [10, verified('c')],
  [0, landed('c')],
  [0, merged('c')],
  [0, { type: 'verification_queued', on: sha('merge-c'), attempt: 1 }],
  [0, { type: 'verification_started', on: sha('merge-c'), attempt: 1, slot: 'r1.1' }],
  [10, passed(1, sha('merge-c'))],
  [0, { type: 'run_finished', sha: sha('merge-c') }],
]
const events = history(...story)
const state = replay(events)
const work = state.phase === 'ended' ? state.work : null
if (work === null) throw new Error('the story did not end')

describe('the timeline', () => {
  const lines = renderTimeline(events, state).split('\n')

  it('says what happened when, by whom', () => {
    expect(lines.slice(0, 4)).toEqual([
      'Run 42: A plan',
      'Done: 3 of 3 tasks landed',
      '',
      '     0.0 s  plan requested for issue 42 [alice]',
    ])
    expect(lines).toContain('    10.0 s  a started in r1.1')
    expect(lines).toContain('    20.0 s  a failed: acceptance-failed, tried again')
    expect(lines).toContain('    30.0 s  a landed (attempt 2)')
    expect(lines).toContain(`    60.0 s  c merged into trunk (${sha('merge-c').slice(0, 8)})`)
    expect(lines.filter((line) => /^ +\d+\.\d s {2}/.test(line))).toHaveLength(events.length)
  })

  it('draws the slots, failed work and idle time', () => {
    expect(lines.slice(lines.indexOf('Slots') + 1, lines.indexOf('Slots') + 4)).toEqual([
      'r1.1  axxxxxxxxxxxxxx|........a=====|...............................................verify=========|',
      'r1.2  b=============================================================|c=============|',
      `      10 s${' '.repeat(86)}70 s`,
    ])
  })

  it('names the chain that decided when the run could end, and the sums', () => {
    expect(lines.slice(-5)).toEqual([
      'Critical path, as it was',
      'b (50.0 s) > c (60.0 s)',
      '',
      '1 min from the first start to the last end, 1 min 15 s of work in 2 slots: 1.3 at once on average',
      '35 s in which a slot stood idle between two pieces of work',
    ])
  })

  it('is never wider than a terminal, whatever people wrote', () => {
    const long = history(...story.slice(0, 3), {
      type: 'task_retried',
      by: 'bob',
      task: 'a',
      note: 'word\n\u001b[31m'.repeat(200),
      onto: [],
    })
    const text = renderTimeline(long, replay(long))
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(112)
    expect(text).not.toContain('\u001b')
  })

  it('of a run without work has no chart, and of nothing says so', () => {
    const short = history(requested())
    expect(renderTimeline(short, replay(short))).toBe(
      'Run 42: Cents get lost\nPlanning\n\n     0.0 s  plan requested for issue 42 [alice]',
    )
    expect(renderTimeline([], emptyRun)).toBe('There is nothing in this journal.')
  })
})

describe('spans', () => {
  const spans = slotSpans(events, work)

  it('are the attempts and the verifications, in the order of their starts', () => {
    expect(spans.map(({ slot, label, from, to, succeeded }) => [slot, label, from, to, succeeded])).toEqual([
      ['r1.1', 'a', 10, 20, false],
      ['r1.2', 'b', 10, 50, true],
      ['r1.1', 'a', 25, 30, true],
      ['r1.2', 'c', 50, 60, true],
      ['r1.1', 'verify', 60, 70, true],
    ])
    expect([busySeconds(spans), idleSeconds(spans)]).toEqual([75, 35])
  })

  it('that have not ended last until now, which is the last event', () => {
    const open = history(...story.slice(0, 8))
    const run = replay(open)
    expect(run.phase === 'active' && slotSpans(open, run.work).map(({ label, to }) => [label, to])).toEqual([
      ['a', 20],
      ['b', 20],
    ])
  })
})

describe('the path as it was', () => {
  it('goes back over the need that landed last', () => {
    expect(actualCriticalPath(events, work)).toEqual([
      { task: 'b', landed: 50 },
      { task: 'c', landed: 60 },
    ])
  })
})

describe('a chart', () => {
  it('shows work of no time, sorts slots by number, and is 100 columns wide', () => {
    const span = (slot: string, label: string, from: number, to: number) => ({ slot, label, from, to, succeeded: true })
    const lines = gantt([span('r1.10', 'x', 0, 0), span('r1.2', 'y', 0, 100), span('r1.10', 'z', 0, 0.1)])
    expect(lines[0]).toBe(`r1.2   y${'='.repeat(91)}|`)
    expect(lines[1]).toBe('r1.10  ||')
    expect(Math.max(...lines.map((line) => line.length))).toBe(100)
    expect(gantt([])).toEqual([])
  })
})
