import { describe, expect, it } from 'vitest'
import type { ActiveRun, LiveRun } from '../../../src/core/run/state.ts'
import { planStage } from '../../../src/render/plan/plan-stage.ts'
import type { PlannedRun } from '../../../src/render/plan/planned-run.ts'
import { callFor } from '../../../src/render/status/call.ts'
import { needsOf } from '../../../src/render/status/needs.ts'
import { nextSteps } from '../../../src/render/status/next-steps.ts'
import { gate, planOf } from '../../support/plan.ts'
import { followed, planning, proposal } from '../../support/planning.ts'
import { begun, failed, landed, merged, proposed, queued, running, shaOf, verifiedBy } from '../../support/run.ts'

const kinds = (run: LiveRun) =>
  needsOf(run).map((need) =>
    'task' in need ? `${need.kind} ${need.task}` : 'part' in need ? `${need.kind} of ${need.part}` : need.kind,
  )

const approvedOnly = (graph: string, ...only: string[]): ActiveRun => {
  const state = proposed(graph)
  return followed(state, { type: 'plan_approved', planId: state.work.planId, only })
}
const movedBase = <Run extends LiveRun>(run: Run): Run =>
  followed<Run>(
    run,
    { type: 'base_moved', to: shaOf('new'), paths: ['a/x'], stale: true },
    { type: 'run_paused', why: '`main` moved in paths of the plan: a/x' },
  )
const question = { id: 'q1', question: 'Which format?', options: ['JSON', 'XML'], default: 'JSON' }

describe('a plan waits for a person', () => {
  it.each<[string, PlannedRun, string, string[]]>([
    ['whole, before any of it is approved', proposed('a > b'), 'waits', ['approval of all']],
    ['not, once all of it is approved', running('a > b'), 'approved', []],
    [
      'for the rest, also while the approved part is at work',
      approvedOnly('a > b', 'a'),
      'waits',
      ['approval of rest'],
    ],
    ['not, if the parts that were approved are all of it', approvedOnly('a, b', 'a', 'b'), 'approved', []],
    [
      'not for a rest that people skipped',
      followed(approvedOnly('a, b', 'a'), { type: 'task_skipped', task: 'b' }),
      'approved',
      [],
    ],
    [
      'for another one, if the base moved in its paths before any of it was approved',
      movedBase(proposed('a')),
      'stale',
      ['another-plan'],
    ],
    [
      'to go on with the old base, and not for the rest, once it is at work',
      movedBase(approvedOnly('a > b', 'a')),
      'stale',
      ['resume'],
    ],
    ['to go on, if all of it is approved', movedBase(running('a')), 'approved', ['resume']],
    [
      'for the rest again, once a person went on with the old base',
      followed(movedBase(approvedOnly('a > b', 'a')), { type: 'run_resumed' }),
      'waits',
      ['approval of rest'],
    ],
  ])('%s', (_what, run, stage, expected) => {
    expect(planStage(run)).toBe(stage)
    expect(kinds(run)).toEqual(expected)
  })

  it('in mode soft, while its tasks are at work', () => {
    const soft = followed<ActiveRun>(planning('soft'), proposal(planOf('a > b')))
    const atWork = followed<ActiveRun>(soft, ...begun(soft, 'a'))
    expect([planStage(soft), planStage(atWork)]).toEqual(['waits', 'waits'])
    expect(kinds(atWork)).toEqual(['approval of all'])
  })

  it('not in mode off, and not while another version is written', () => {
    const off = followed<ActiveRun>(planning('off'), proposal(planOf('a')))
    expect([planStage(off), kinds(off)]).toEqual(['ungated', []])
    const revised = followed<ActiveRun>(followed(planning(), proposal(planOf('a'))), {
      type: 'revision_requested',
      words: 'smaller',
      mayApprove: true,
    })
    expect([planStage(revised), kinds(revised)]).toEqual(['replaced', []])
  })
})

describe('a run waits for a person', () => {
  it('who answers the planner', () => {
    const asks = followed(planning(), { type: 'questions_asked', questions: [question] })
    expect(kinds(asks)).toEqual(['answers'])
  })

  it('who raises the limit, and not for a word to resume', () => {
    const spent = followed(running('a'), { type: 'run_paused', why: 'no money', cause: 'budget' })
    expect(kinds(spent)).toEqual(['money'])
  })

  it('who opens a gate or lands a task, also while it is paused', () => {
    const settings = { ...running('a').work.settings, merge: 'review' as const }
    const state = running('a, g', { tasks: { g: gate } }, settings)
    const waits = followed<ActiveRun>(followed<ActiveRun>(state, ...verifiedBy(state, 'a')), ...queued(state, 'g'))
    expect(kinds(waits)).toEqual(['landing a', 'gate g'])
    expect(kinds(followed(waits, { type: 'run_paused', why: 'by @admin' }))).toEqual(['resume', 'landing a', 'gate g'])
  })

  it('who retries or skips a task that failed for good, unless its part is planned again', () => {
    const alone = failed(running('a'), 'a')
    expect(kinds(alone)).toEqual(['retry a'])
    expect(nextSteps(alone).join()).toContain('`/retry a -- note`')
    expect(callFor(alone, () => false)?.body).toContain('`/retry a -- note`')
    const state = followed<ActiveRun>(planning(), proposal(planOf('a, b')))
    const approved = followed<ActiveRun>(state, { type: 'plan_approved', planId: state.work.planId, only: null })
    const again = followed<ActiveRun>(approved, ...begun(approved, 'a'), {
      type: 'task_failed',
      task: 'a',
      attempt: 1,
      head: null,
      failure: { reason: 'program-failed', exitCode: 3, log: '' },
      final: true,
      replan: true,
    })
    expect(kinds(again)).toEqual([])
    expect(nextSteps(again).join()).not.toContain('/retry a')
    expect(callFor(again, () => false)).toBeNull()
  })

  it('not while the cause of a broken trunk is searched for, and then for a word about the task that broke it', () => {
    const assembled = merged(landed(running('a > b'), 'a', 'b'), 'a', 'b')
    const on = shaOf('trunk b')
    const failure = { reason: 'verification-failed', on, exitCode: 1, log: '' } as const
    const verdict = (attempt: number) => [
      { type: 'verification_queued', on, attempt } as const,
      { type: 'verification_started', on, attempt, slot: 'r1.1' } as const,
      { type: 'verification_failed', on, attempt, failure } as const,
    ]
    const broken = followed<ActiveRun>(assembled, ...verdict(1), ...verdict(2))
    expect(kinds(broken)).toEqual([])
    expect(needsOf(followed(broken, { type: 'culprit_found', task: 'b' }))).toMatchObject([
      { kind: 'verification', failure: { cause: 'task', task: 'b' } },
    ])
  })

  it('who takes over the result, until that is done', () => {
    const ended = followed(merged(landed(running('a'), 'a'), 'a'), { type: 'run_finished', sha: shaOf('trunk a') })
    expect(kinds(ended)).toEqual(['result'])
    expect(kinds(followed(ended, { type: 'run_closed', merged: true, head: shaOf('trunk a') }))).toEqual([])
  })
})
