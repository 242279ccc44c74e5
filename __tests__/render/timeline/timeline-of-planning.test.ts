import { describe, expect, it } from 'vitest'
import { replay } from '../../../src/core/run/evolve.ts'
import { eventLine } from '../../../src/render/timeline/event-line.ts'
import { ganttCharts } from '../../../src/render/timeline/gantt.ts'
import { overlapSeconds, planningSpans, waitSpans } from '../../../src/render/timeline/spans.ts'
import { renderTimeline } from '../../../src/render/timeline/timeline.ts'
import { planOf } from '../../support/plan.ts'
import {
  approved,
  byAgents,
  done,
  explored,
  history,
  landed,
  merged,
  planningBegun,
  proposed,
  queued,
  requested,
  sha,
  stage,
  startedByAgent,
  type TimedEvent,
  verifiedByAgent,
} from '../support/runs.ts'

const plan = byAgents(planOf('a > p > b', { tasks: { p: { kind: 'plan' } } }))
const head = { ...plan, tasks: [] }

/** In `off`: `a` starts while the plan is still being written, and `p` is scoped while `a` is at work. */
const open: TimedEvent[] = [
  requested(),
  planningBegun('off'),
  ...stage('explore#1', 'explore', 0.02, 20),
  explored('src'),
  { type: 'money_reserved', stage: 'design#1', role: 'plan', usd: 3 },
  [4, { type: 'plan_begun', plan: head, planId: 'a'.repeat(64), trunk: sha('trunk') }],
  ...plan.tasks.slice(0, 1).map((task): TimedEvent => ({ type: 'task_planned', planned: task, notes: [] })),
  queued('a'),
  startedByAgent('a'),
  [33, { type: 'money_settled', stage: 'design#1', spending: [] }],
  { ...proposed(plan), mode: 'off' } as TimedEvent,
  [20, verifiedByAgent('a')],
  landed('a'),
  merged('a'),
]
const events = history(...open)
const text = renderTimeline(events, replay(events))

describe('the timeline of a run that a model plans', () => {
  it('shows the stages of the planner over the slots, so that the overlap is seen', () => {
    const lines = text.split('\n')
    const at = lines.indexOf('Planner and slots')
    expect(lines.slice(at + 1, at + 4).map((line) => line.replace(/=+/g, '='))).toEqual([
      'explore  explore=|',
      expect.stringMatching(/^design {2,}design=\|$/),
      expect.stringMatching(/^r1\.1 {2,}a=\|$/),
    ])
    const column = (row: string | undefined, mark: string) => row?.indexOf(mark) ?? -1
    expect(column(lines[at + 3], 'a=')).toBeLessThan(column(lines[at + 2], '|'))
    expect(lines).toContain('33 s in which the planner and the slots were at work at the same time')
  })

  it('tells in plain words what the planner did and what it cost', () => {
    for (const line of [
      '     1.0 s  planning begun on 1405df66: mode off, limit 10.00 USD',
      '     2.0 s  explore#1 begun, 0.040 USD reserved',
      '    22.0 s  explore#1 done: 0.020 USD, 24400 tokens in 3 calls',
      '    23.0 s  explored: src',
      '    29.0 s  a planned: Task a',
    ])
      expect(text.split('\n')).toContain(line)
    expect(text).toMatch(/a verified: work 2 s, acceptance 3\.2 s, 0\.50 USD/)
  })

  it('sums the money by role and model', () => {
    const lines = text.split('\n')
    expect(lines.slice(lines.indexOf('Money')).map((line) => line.replace(/ +/g, ' '))).toEqual([
      'Money',
      ' explore claude-opus-5-5 0.020 USD 24,400 tokens in 3 calls',
      ' work claude-sonnet-5-5 0.50 USD 24,400 tokens in 3 calls',
      ' 0.52 USD spent, 9.48 USD left of 10.00 USD.',
    ])
  })

  it('is never wider than a terminal', () => {
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(112)
  })
})

describe('a person', () => {
  const slow: TimedEvent[] = [
    requested(),
    planningBegun(),
    ...stage('explore#1', 'explore', 0.02, 20),
    { type: 'questions_asked', questions: [{ id: 'q', question: '?', options: [], default: 'x' }] },
    [60, { type: 'questions_answered', answers: [{ question: 'q', chosen: null, words: 'x', by: 'dora' }] }],
    ...stage('design#1', 'plan', 0.3, 30),
    proposed(byAgents(planOf('a'))),
    [3600, approved()],
    ...done('a'),
  ]
  const events = history(...slow)
  const text = renderTimeline(events, replay(events))

  it('who took an hour squeezes no chart: planner and slots have one each', () => {
    const lines = text.split('\n')
    expect(lines.indexOf('Planner')).toBeGreaterThan(0)
    expect(lines.indexOf('Slots')).toBeGreaterThan(lines.indexOf('Planner'))
    expect(lines).toContain('People were waited for: 1 min for answers and 1 h for an approval')
  })

  it('is waited for until the run ends, at most', () => {
    const asked = slow.findIndex((one) => 'type' in one && one.type === 'questions_asked')
    const ended = history(...slow.slice(0, asked + 1), [10, { type: 'plan_rejected', by: 'bob', why: '' }])
    expect(waitSpans(ended).map(({ label, from, to }) => [label, to - from])).toEqual([['answers', 10]])
  })
})

describe('stages', () => {
  it('have rows by their kind, labels by their task, and show which failed', () => {
    const spans = planningSpans(
      history(
        requested(),
        planningBegun(),
        { type: 'money_reserved', stage: 'expand:t3#1', role: 'expand', usd: 1 },
        { type: 'money_reserved', stage: 'scope:t4#1', role: 'scope', usd: 1 },
        [5, { type: 'stage_failed', stage: 'expand:t3#1', why: 'overloaded' }],
        { type: 'projected', entries: [] },
      ),
    )
    expect(spans).toEqual([
      { slot: 'expand', label: 't3', from: 2, to: 8, succeeded: false },
      { slot: 'scope', label: 't4', from: 3, to: 9, succeeded: true },
    ])
  })

  it('overlap with slots by the time that both are at work, counted once', () => {
    const span = (from: number, to: number) => ({ slot: 'x', label: 'x', from, to, succeeded: true })
    expect(overlapSeconds([span(0, 10), span(5, 12), span(20, 30)], [span(8, 25), span(9, 11)])).toBe(9)
    expect(overlapSeconds([], [span(0, 1)])).toBe(0)
  })

  it('without slots have a chart all the same', () => {
    expect(ganttCharts([{ slot: 'design', label: 'design', from: 0, to: 5, succeeded: true }], [])[0]?.[0]).toBe(
      'Planner',
    )
    expect(ganttCharts([], [])).toEqual([[]])
  })
})

describe('an event', () => {
  const said = (event: TimedEvent) => history(requested(), event).slice(1).map(eventLine)[0]

  it.each<[TimedEvent, string]>([
    [{ type: 'stage_failed', stage: 'design#1', why: 'overloaded' }, 'design#1 failed: overloaded'],
    [{ type: 'budget_set', by: 'dora', usd: 20 }, 'limit of money set to 20.00 USD [dora]'],
    [{ type: 'revision_requested', by: 'dora', words: 'less' }, 'another version asked for: less [dora]'],
    [{ type: 'gate_switched_off', by: 'dora' }, 'gate of the plan switched off [dora]'],
    [{ type: 'plan_judged', accepted: true, problems: [] }, 'plan found good by the critique'],
    [
      { type: 'plan_judged', accepted: true, problems: [], unjudged: 'overloaded' },
      'the plan was not criticized: overloaded',
    ],
    [{ type: 'plan_judged', accepted: false, problems: ['no test', 'too big'] }, 'plan sent back: no test; too big'],
    [{ type: 'plan_drafted', plan, notes: [], problems: ['x'] }, 'plan drafted: 3 tasks, 1 problem'],
    [{ type: 'task_steered', by: 'dora', task: 'a', words: 'hurry' }, 'a steered: hurry [dora]'],
    [
      { type: 'task_reviewed', task: 'a', attempt: 2, verdict: 'sent-back', findings: ['no test', 'no case'] },
      'a sent back by a model that reviewed it: no test; no case (attempt 2)',
    ],
    [
      { type: 'task_reviewed', task: 'a', attempt: 1, verdict: 'accepted', findings: [] },
      'a accepted by a model that reviewed it',
    ],
    [
      { type: 'task_reviewed', task: 'a', attempt: 1, verdict: 'left-out', findings: [], why: 'no key' },
      'a not reviewed by a model: no key',
    ],
    [
      { type: 'task_adapted', task: 'b', of: 'a', ofAttempt: 1, words: 'It is load now.' },
      'brief of b changed by the review of a: It is load now.',
    ],
    [
      { type: 'plan_amended', cause: 'replan', of: 'a', plan, planId: 'b'.repeat(64), within: false, notes: [] },
      'a planned again: plan bbbbbbbbbbbb, which needs another approval',
    ],
    [{ type: 'change_described', title: 'Cents', body: '', contradictions: [] }, 'change described: Cents'],
  ])('%o is said in a line', (event, line) => {
    expect(said(event)).toBe(line)
  })
})
