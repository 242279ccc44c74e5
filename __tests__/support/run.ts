import type { CommandFacts, CommandRequest } from '../../src/core/command/decision.ts'
import type { Command } from '../../src/core/command/grammar.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import { planIdOf } from '../../src/core/plan/plan-id.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import { replay, replayOn } from '../../src/core/run/evolve.ts'
import { recordOf } from '../../src/core/run/lookup.ts'
import type { ActiveRun, LiveRun, ProposedRun } from '../../src/core/run/state.ts'
import { defaultSettings, type Settings } from '../../src/core/settings.ts'
import { type PlanOverrides, planOf } from './plan.ts'

/** A commit id that can be told apart by eye: `shaOf('a')` is `a` in hexadecimal, filled up. */
export const shaOf = (name: string): string => Buffer.from(name).toString('hex').padEnd(40, '0').slice(0, 40)

export const AT = '2026-01-01T00:00:00.000Z'
const stamp = { at: AT, by: 'tributary' }

export const report = { workSeconds: 1, acceptanceSeconds: 1, acceptanceLog: 'ok', summary: '', sandbox: 'bubblewrap' }

export function requested(): RunEvent[] {
  return [
    {
      type: 'plan_requested',
      at: AT,
      by: 'asker',
      key: 'comment:1',
      run: '42',
      issue: 42,
      title: 'An issue',
      body: '',
      words: '',
    },
  ]
}

export function proposedBy(plan: Plan, settings: Settings = defaultSettings): RunEvent[] {
  const base = shaOf('base')
  const planId = planIdOf({ plan, base, settingsBlob: '', settings })
  const trunk = shaOf('trunk')
  const proposal = { plan, planId, base, baseBranch: 'main', settings, settingsBlob: '', trunk, notes: [] }
  return [...requested(), { type: 'plan_proposed', ...stamp, ...proposal }]
}

export const proposed = (graph: string, overrides?: PlanOverrides, settings?: Settings): ProposedRun =>
  replay(proposedBy(planOf(graph, overrides), settings)) as ProposedRun

/** An approved run of the graph at its very beginning. */
export function running(graph: string, overrides?: PlanOverrides, settings?: Settings): ActiveRun {
  const state = proposed(graph, overrides, settings)
  const approved: RunEvent = { type: 'plan_approved', at: AT, by: 'admin', planId: state.work.planId, only: null }
  return replayOn(state, [approved]) as ActiveRun
}

export const afterwards = <State extends LiveRun>(state: State, ...events: RunEvent[]): State =>
  replayOn(state, events) as State

const attemptOf = (state: ActiveRun, task: string) => recordOf(state.work, task).attempts.length + 1

/** The events by which a task gets its branch, starts on a slot, and lands. */
export const queued = (state: ActiveRun, task: string): RunEvent[] => [
  { type: 'task_queued', ...stamp, task, attempt: attemptOf(state, task), base: shaOf(`${task} start`) },
]
export const begun = (state: ActiveRun, task: string, slot = 'r1.1'): RunEvent[] => [
  ...queued(state, task),
  { type: 'task_started', ...stamp, task, attempt: attemptOf(state, task), slot },
]
export const verifiedBy = (state: ActiveRun, task: string, slot = 'r1.1'): RunEvent[] => [
  ...begun(state, task, slot),
  {
    type: 'task_verified',
    ...stamp,
    task,
    attempt: attemptOf(state, task),
    head: shaOf(`${task} head`),
    tree: shaOf(`${task} tree`),
    report,
  },
]
export const landedBy = (state: ActiveRun, task: string, slot = 'r1.1'): RunEvent[] => [
  ...verifiedBy(state, task, slot),
  { type: 'task_landed', ...stamp, task, attempt: attemptOf(state, task) },
]
export const landed = (state: ActiveRun, ...tasks: string[]): ActiveRun =>
  tasks.reduce((now, task) => afterwards(now, ...landedBy(now, task)), state)
export const merged = (state: ActiveRun, ...tasks: string[]): ActiveRun =>
  tasks.reduce(
    (now, task) => afterwards(now, { type: 'trunk_moved', ...stamp, task, sha: shaOf(`trunk ${task}`) }),
    state,
  )
export const failed = (state: ActiveRun, task: string, final = true): ActiveRun =>
  afterwards(state, ...begun(state, task), {
    type: 'task_failed',
    ...stamp,
    task,
    attempt: attemptOf(state, task),
    head: null,
    failure: { reason: 'program-failed', exitCode: 3, log: '' },
    final,
  })

export const someone = (login: string, role: CommandFacts['person']['role'] = 'admin', type = 'User') => ({
  login,
  role,
  type,
  viaApp: null,
})

/** A command as an admin gives it, a minute after the plan was proposed. */
export const asks = <Name extends Command['name']>(
  command: Extract<Command, { name: Name }>,
  about: Partial<CommandFacts> = {},
): CommandRequest<Name> => ({
  command,
  person: someone('admin'),
  settings: defaultSettings,
  at: '2026-01-01T00:02:00.000Z',
  commentedAt: '2026-01-01T00:01:00.000Z',
  key: 'comment:7',
  issue: 42,
  threadTask: null,
  branches: new Map(),
  drift: null,
  ...about,
})
