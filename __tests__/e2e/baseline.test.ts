import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { needsSandbox } from '../support/sandbox.ts'
import { calm } from './support/calm.ts'
import { marked, pushFiles } from './support/people.ts'
import { issueWith } from './support/plan.ts'
import { eventsOf, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ files: { '.github/tributary.yml': calm('baseline: auto') } })
})
afterAll(() => world.close())

const body = issueWith(
  'a, b, c',
  { b: { acceptance: ['test', '-e', 'README.md'] }, c: { acceptance: ['no-such-program', '--version'] } },
  [['test', '-e', 'shared.txt']],
)

/** Workflow runs that were started for slots. */
const dispatched = async () =>
  (await world.admin.rest.actions.listWorkflowRunsForRepo({ ...world.at, event: 'workflow_dispatch' })).data
    .workflow_runs

describe('the baseline of a plan', () => {
  it('stands in the plan comment before the approval, if who asked for it may approve it', needsSandbox, async () => {
    const issue = await world.openIssue(body)
    const { pull } = await world.plan(issue)
    const comment = await world.until('the baseline in the plan comment', async () => {
      const text = await marked(world, pull, 'plan', `${issue}`)
      return text?.includes('What each check does on the base') ? text : undefined
    })
    expect(comment).toContain(
      '**On the base:** 1 acceptance fails as it should, **1 acceptance passes already, which proves nothing**, **1 check cannot run** and 1 command of the verification passes.',
    )
    for (const row of [
      '| `sh tools/check.sh a` | `a` | fails as it should (exit code 1) |',
      '| `test -e README.md` | `b` | **passes already: proves nothing** |',
      '| `no-such-program --version` | `c` | **cannot run** (exit code 127) |',
      '| `test -e shared.txt` | verification | passes |',
    ])
      expect(comment).toContain(row)
    expect(comment).toContain('missing: a')
    const types = new Set((await world.events(`${issue}`)).map(({ type }) => type))
    expect([...types].filter((type) => /^(?:task|verification|trunk|money)_|approved/.test(type))).toEqual([])
    const [run, ...others] = await world.until('the slot to leave', async () => {
      const runs = await dispatched()
      return runs.every(({ status }) => status === 'completed') && runs
    })
    expect([run?.conclusion, others]).toEqual(['success', []])
    expect(await world.say(pull, '/reject')).toContain('`rejected`')
  })

  it('is not lost with the orchestrator: the next one takes it, and no other slot starts', needsSandbox, async () => {
    const waits = ['sh', '-c', 'until [ -e .git/go-base ]; do sleep 0.2; done; exit 1']
    const issue = await world.openIssue(issueWith('a', { a: { acceptance: waits } }, [['test', '-e', 'shared.txt']]))
    const run = `${issue}`
    await world.say(issue, '/plan')
    const first = await world.when(run, 'taking the baseline', (state, { baseline }) =>
      baseline?.status === 'in_progress' && state.phase === 'proposed' ? state.orchestrator?.workflowRun : undefined,
    )
    await world.fault({ kind: 'kill-job', name: '^orchestrate$', count: 1 })
    await world.when(
      run,
      'held by the next orchestrator',
      (state) =>
        state.phase === 'proposed' && state.orchestrator?.started === true && state.orchestrator.workflowRun !== first,
    )
    world.letGo('base')
    const state = await world.when(
      run,
      'at rest',
      (now) => now.phase === 'proposed' && now.orchestrator === null && now,
    )
    expect(state.work.baseline).toMatchObject({
      status: 'taken',
      checks: [{ outcome: 'failed' }, { outcome: 'passed' }],
    })
    const events = await world.events(run)
    expect(eventsOf(events, 'orchestrator_lost')).toHaveLength(1)
    expect(eventsOf(events, 'slots_requested')).toHaveLength(1)
    expect(eventsOf(events, 'baseline_started')).toHaveLength(1)
    const thread = state.projected['pull:trunk']?.number ?? issue
    expect(await marked(world, thread, 'plan', run)).toContain(
      '**On the base:** 1 acceptance fails as it should and 1 command of the verification passes.',
    )
    expect(await world.say(thread, '/reject')).toContain('`rejected`')
  })

  it('is not taken, and no slot starts, if who asked for the plan may not approve it', async () => {
    const before = (await dispatched()).length
    await pushFiles(world, { '.github/tributary.yml': calm('baseline: auto', 'approvers: { users: [admin] }') })
    const issue = await world.openIssue(body)
    await world.say(issue, '/plan', 'writer')
    const state = await world.when(
      `${issue}`,
      'proposed',
      (now) => now.phase === 'proposed' && now.orchestrator === null && now,
    )
    expect(eventsOf(await world.events(`${issue}`), 'slots_requested')).toEqual([])
    expect(await dispatched()).toHaveLength(before)
    const thread = state.projected['pull:trunk']?.number ?? issue
    expect(await marked(world, thread, 'plan', `${issue}`)).toContain(
      'the checks do not run there, since those who asked for this plan may not approve it.',
    )
  })
})
