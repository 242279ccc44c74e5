import { describe, expect, it } from 'vitest'
import { verificationCommands } from '../../../src/core/plan/checks.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { replay } from '../../../src/core/run/evolve.ts'
import { defaultSettings, type Settings, settingsSchema } from '../../../src/core/settings.ts'
import {
  assignmentFor,
  assignmentKey,
  nextAssignment,
  standingOf,
  taskEnvironment,
  whySlotLeaves,
} from '../../../src/core/slots/assignment.ts'
import { type PlanOverrides, planOf } from '../../support/plan.ts'

const base = 'b'.repeat(40)
const stamp = { at: '2026-01-02T03:04:05.000Z', by: 'tributary' }
const planId = 'a'.repeat(12)

const asked: RunEvent = { type: 'plan_requested', ...stamp, run: '42', issue: 42, title: '', body: '', words: '' }
const proposed = (graph: string, plan: PlanOverrides = {}): RunEvent => ({
  type: 'plan_proposed',
  ...stamp,
  plan: planOf(graph, plan),
  planId,
  base,
  baseBranch: 'main',
  settings: defaultSettings,
  settingsBlob: '',
  trunk: base,
  notes: [],
})
const approved: RunEvent = { type: 'plan_approved', ...stamp, planId, only: null }
const given = (task: string, slot: string, attempt = 1): RunEvent[] => [
  { type: 'task_queued', ...stamp, task, attempt, base },
  { type: 'task_started', ...stamp, task, attempt, slot },
]
const verifying: RunEvent[] = [
  { type: 'verification_queued', ...stamp, on: base, attempt: 3 },
  { type: 'verification_started', ...stamp, on: base, attempt: 3, slot: 's2' },
]
const kindFor = (slot: string, ...events: RunEvent[]) => assignmentFor(replay(events), slot).kind

describe('what a slot is to do', () => {
  it('is to wait before there is a run, a plan, an approval or a task for it', () => {
    expect(kindFor('s1')).toBe('idle')
    expect(kindFor('s1', asked)).toBe('idle')
    expect(kindFor('s1', asked, proposed('a'))).toBe('idle')
    expect(kindFor('s1', asked, proposed('a'), approved)).toBe('idle')
    expect(kindFor('s1', asked, proposed('a'), approved, ...given('a', 's2'))).toBe('idle')
  })

  it('is the task that the journal gives it', () => {
    const tasks = { b: { title: 'B', run: ['x'], acceptance: { argv: ['y'], expect: '' }, timeout_minutes: 7 } }
    const events = [asked, proposed('a, b', { tasks }), approved, ...given('a', 's1'), ...given('b', 's2', 4)]
    expect(assignmentFor(replay(events), 's2')).toEqual({
      kind: 'task',
      task: 'b',
      attempt: 4,
      base,
      title: 'B',
      worker: 'program',
      program: ['x'],
      acceptance: ['y'],
      minutes: 7,
      mayChangeNothing: false,
      notes: [],
      sandbox: 'bubblewrap',
      commits: defaultSettings.commits,
    })
  })

  it('is for an agent where the task has no program, or for the other agent that the settings name', () => {
    const workerWith = (settings: Settings) => {
      const events = [asked, { ...proposed('a', { tasks: { a: { run: [] } } }), settings } as RunEvent, approved]
      const assignment = assignmentFor(replay([...events, ...given('a', 's1')]), 's1')
      return assignment.kind === 'task' ? assignment.worker : null
    }
    expect(workerWith(defaultSettings)).toBe('agent')
    expect(workerWith(settingsSchema.parse({ worker: { command: ['other', '{prompt_file}'] } }))).toBe('command')
  })

  it('is nothing that the gate of the plan keeps back, whatever a journal was made to say', () => {
    const partly: RunEvent = { ...approved, only: ['b'] } as RunEvent
    const forced = [asked, proposed('a, b'), partly, ...given('a', 's1'), ...given('b', 's2')]
    expect(kindFor('s1', ...forced)).toBe('idle')
    expect(kindFor('s2', ...forced)).toBe('task')
  })

  it('is the verification that the journal gives it', () => {
    const verification = [{ argv: ['npm', 'test'] }]
    const events = [asked, proposed('a', { verification }), approved, ...verifying]
    expect(assignmentFor(replay(events), 's2')).toMatchObject({
      kind: 'verify',
      on: base,
      attempt: 3,
      commands: [['npm', 'test']],
    })
    expect(assignmentFor(replay(events), 's1')).toEqual({ kind: 'idle' })
  })

  it('stays the same in a pause, and is nothing after a cancellation', () => {
    const events = [asked, proposed('a'), approved, ...given('a', 's1')]
    const key = assignmentKey(assignmentFor(replay(events), 's1'))
    const paused = assignmentFor(replay([...events, { type: 'run_paused', ...stamp, why: '' }]), 's1')
    expect(assignmentKey(paused)).toBe(key)
    expect(kindFor('s1', ...events, { type: 'task_cancelled', ...stamp, task: 'a' })).toBe('idle')
    expect(kindFor('s1', ...events, { type: 'task_returned', ...stamp, task: 'a', attempt: 1, slot: 's1' })).toBe(
      'idle',
    )
  })

  it('is to leave once the run has ended, however it did', () => {
    const events = [asked, proposed('a'), approved, ...given('a', 's1')]
    for (const end of [
      { type: 'run_cancelled', ...stamp, why: 'enough' },
      { type: 'run_finished', ...stamp, sha: base },
      { type: 'run_closed', ...stamp, merged: true },
    ] satisfies RunEvent[])
      expect(kindFor('s1', ...events, end)).toBe('leave')
    expect(kindFor('s1', asked, proposed('a'), { type: 'plan_rejected', ...stamp, why: '' })).toBe('leave')
  })

  it('another attempt, another base and another task are other work', () => {
    const keyOf = (...events: RunEvent[]) =>
      assignmentKey(assignmentFor(replay([asked, proposed('a, b'), approved, ...events]), 's1'))
    const keys = [keyOf(...given('a', 's1')), keyOf(...given('a', 's1', 2)), keyOf(...given('b', 's1')), keyOf()]
    expect(new Set(keys).size).toBe(4)
  })
})

describe('what a slot may begin next', () => {
  const tasks = { a: { run: ['x'] }, b: { run: ['y'] } }
  const waiting: RunEvent = { type: 'task_queued', ...stamp, task: 'b', attempt: 1, base }
  const events = [asked, proposed('a, b', { tasks }), approved, ...given('a', 's1'), waiting]
  const next = nextAssignment(replay(events), 's1')
  if (next === null) throw new Error('nothing comes next')

  it('is the very work that the journal assigns later', () => {
    const started: RunEvent = { type: 'task_started', ...stamp, task: 'b', attempt: 1, slot: 's1' }
    const landed: RunEvent = { type: 'task_cancelled', ...stamp, task: 'a' }
    expect(next).toEqual(assignmentFor(replay([...events, landed, started]), 's1'))
    expect(standingOf(replay([...events, landed, started]), 's1', next)).toBe('assigned')
  })

  it('is nothing for a slot without work, before an approval, and after the end', () => {
    expect(nextAssignment(replay(events), 's2')).toBeNull()
    expect(nextAssignment(replay(events.filter((one) => one !== approved)), 's1')).toBeNull()
    expect(nextAssignment(replay([...events, { type: 'run_cancelled', ...stamp, why: '' }]), 's1')).toBeNull()
  })

  it('is wanted until the journal says otherwise: another slot, attempt or base, a pause, or a result without it', () => {
    const standing = (...more: RunEvent[]) => standingOf(replay([...events, ...more]), 's1', next)
    expect(standing()).toBe('next')
    expect(standing({ type: 'task_started', ...stamp, task: 'b', attempt: 1, slot: 's2' })).toBe('unwanted')
    expect(standing({ type: 'task_queued', ...stamp, task: 'b', attempt: 2, base })).toBe('unwanted')
    expect(standing({ type: 'task_queued', ...stamp, task: 'b', attempt: 1, base: 'c'.repeat(40) })).toBe('unwanted')
    expect(standing({ type: 'run_paused', ...stamp, why: '' })).toBe('unwanted')
    expect(standing({ type: 'task_cancelled', ...stamp, task: 'a' })).toBe('unwanted')
  })
})

describe('what a verification runs', () => {
  const acceptances = {
    a: { acceptance: { argv: ['npm', 'test'], expect: '' } },
    b: { acceptance: { argv: ['npm', 'test'], expect: '' } },
    c: { acceptance: { argv: ['npm test'], expect: '' } },
    g: { kind: 'gate', acceptance: { argv: [], expect: '' } },
  } as const
  it('is what the plan says', () => {
    const tasks = { a: { acceptance: { argv: ['no'], expect: '' } } }
    expect(verificationCommands(planOf('a', { verification: [{ argv: ['yes'] }], tasks }))).toEqual([['yes']])
  })
  it('is every acceptance once where the plan says nothing', () => {
    const tasks = Object.fromEntries(
      Object.entries(acceptances).map(([id, task]) => [
        id,
        { ...task, acceptance: { argv: [...task.acceptance.argv], expect: '' } },
      ]),
    )
    expect(verificationCommands(planOf('a, b, c, g', { verification: [], tasks }))).toEqual([
      ['npm', 'test'],
      ['npm test'],
    ])
  })
})

it('what people said reaches the program, the newest for sure, and in a form that no environment refuses', () => {
  const events = [asked, proposed('a'), approved]
  const notes = ['x'.repeat(30_000), 'new\0est'].map(
    (note): RunEvent => ({ type: 'task_retried', ...stamp, task: 'a', note, onto: [] }),
  )
  const assignment = assignmentFor(replay([...events, ...notes, ...given('a', 's1')]), 's1')
  if (assignment.kind !== 'task') throw new Error('no task')
  const { TRIBUTARY_NOTES = '' } = taskEnvironment('42', assignment)
  expect(TRIBUTARY_NOTES).toHaveLength(20_000)
  expect(TRIBUTARY_NOTES.endsWith('x\nnewest')).toBe(true)
})

it('lets a slot leave when its life or its idle time is over, or the run has ended', () => {
  const slots = { ...defaultSettings.slots, idle_seconds: 60, life_minutes: 10 }
  const idle = { kind: 'idle' } as const
  expect(whySlotLeaves(idle, slots, { age: 599, idle: 59 })).toBeNull()
  expect(whySlotLeaves(idle, slots, { age: 0, idle: 60 })).toBe('there was nothing to do for 60 seconds')
  expect(whySlotLeaves(idle, slots, { age: 600, idle: 0 })).toBe('it takes nothing new after 10 minutes')
  expect(whySlotLeaves({ kind: 'leave', why: 'the run has ended' }, slots, { age: 0, idle: 0 })).toBe(
    'the run has ended',
  )
})
