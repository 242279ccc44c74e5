import { describe, expect, it } from 'vitest'
import type { PullAction } from '../../../src/core/command/decide-pull.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { replay, replayOn } from '../../../src/core/run/evolve.ts'
import { SETTINGS_PATH } from '../../../src/core/settings.ts'
import { runPullAction } from '../../../src/jobs/command/pull-action.ts'
import { reapDeadOrchestrator } from '../../../src/jobs/command/reap-dead-orchestrator.ts'
import { runCommand } from '../../../src/jobs/command/run-command.ts'
import type { Journal } from '../../../src/ports/journal.ts'
import { commentBy, type MemoryPull, memoryGitHub } from '../../support/memory/github.ts'
import { memoryDeps } from '../../support/memory/job-deps.ts'
import { memoryJournal, memoryRemote } from '../../support/memory/journal.ts'
import { planOf } from '../../support/plan.ts'
import { AT, proposedBy } from '../../support/run.ts'

const OURS = 100
const HEAD = 'e'.repeat(40)
const stamp = { at: AT, by: 'tributary' }
const plan = proposedBy(planOf('a > b'))
const planId = (() => {
  const state = replay(plan)
  return state.phase === 'proposed' ? state.work.planId : expect.fail('not proposed')
})()
const APPROVE = `/approve ${planId.slice(0, 12)}`
const approved: RunEvent = { type: 'plan_approved', ...stamp, planId, only: null }
const started: RunEvent = { type: 'orchestrator_started', ...stamp, workflowRun: 1 }

const FINAL: RunEvent = {
  type: 'projected',
  ...stamp,
  entries: [{ name: 'pull:trunk', number: 7, node: 'seven', digest: '' }],
}
const PULL: MemoryPull = {
  ...{ number: 7, node: 'seven', headBranch: 'tributary/42/trunk', head: HEAD, base: 'main' },
  ...{ title: '', body: '', draft: true, state: 'open', merged: false },
}

/** What another process writes that changes nothing of the run. */
const shown: RunEvent = { type: 'projected', ...stamp, entries: [] }

/** A run to which this has happened, whose last orchestrator lives or not. `races`: how often another process writes first, and `rival` what. */
async function world(events: readonly RunEvent[] = plan, { alive = true, races = 0, rival = shown } = {}) {
  const real = memoryJournal(memoryRemote())
  if (events.length > 0) await real.append('42', null, events, replay(events), [])
  let left = races
  const journal: Journal = {
    ...real,
    append: async (...given) => {
      const now = await real.read('42')
      if (left > 0 && now !== null) await real.append('42', now.tip, [rival], replayOn(now.state, [rival]), [])
      left -= 1
      return real.append(...given)
    },
  }
  const github = memoryGitHub({
    issues: [42],
    roles: { admin: 'admin', reader: 'read' },
    files: { [SETTINGS_PATH]: null },
    orchestrators: { 1: alive },
  })
  const deps = memoryDeps(github, journal, OURS)
  const issue = { number: 42, title: 'An issue', body: '', isPull: false }
  return {
    github,
    deps,
    /** What was answered stands behind the comment itself. */
    async say(line: string, login = 'admin', type = 'User') {
      const id = commentBy(github, login, 42, line)
      const comment = { id, line, createdAt: AT, issue, sender: { login, type }, firstDelivery: true }
      const outcome = await runCommand(deps, comment)
      return { outcome, answer: github.comments.find(({ id: other }) => other > id)?.body ?? '' }
    },
    act: (action: PullAction['action'], pull: Partial<PullAction> = {}, sender = { login: 'admin', type: 'User' }) =>
      runPullAction(
        deps,
        { number: 7, headBranch: 'tributary/42/trunk', baseBranch: 'main', head: HEAD, ...pull, action },
        sender,
      ),
    since: async () => (events.length === 0 ? [] : (await real.history('42')).slice(events.length)),
  }
}
const typesOf = (events: readonly RunEvent[]) => events.map(({ type }) => type)

describe('a command', () => {
  it('is recorded with who gave it, answered, and starts the orchestrator in its own workflow run', async () => {
    const { say, since, github } = await world()
    const { outcome, answer } = await say(APPROVE)
    expect(outcome).toMatchObject({ run: '42', orchestrate: true })
    expect(answer).toContain('`approved`: ')
    expect(await since()).toMatchObject([
      { type: 'plan_approved', by: 'admin', planId },
      { type: 'orchestrator_requested', workflowRun: OURS },
      { type: 'slots_requested' },
    ])
    expect(github.reactions).toMatchObject([{ content: 'eyes' }])
  })

  it.each([
    ['a person without the permission', '/approve', 'reader', 'User', 'not-permitted'],
    ['a bot', '/approve', 'admin', 'Bot', 'bots-may-not'],
    ['a slip', '/aprove', 'admin', 'User', 'unknown-command'],
    ['an option that there is not', '/pause now', 'admin', 'User', 'bad-arguments'],
  ])('of %s is refused with the reason, and changes nothing', async (_who, line, login, type, reason) => {
    const { say, since } = await world()
    const { outcome, answer } = await say(line, login, type)
    expect(outcome).toEqual({ run: null, orchestrate: false, slots: [] })
    expect(answer).toContain(`\n\`${reason}\`: `)
    expect(await since()).toEqual([])
  })

  it('is decided again, on what is there now, if another process wrote first', async () => {
    const late = await world(plan, { races: 3 })
    await late.say(APPROVE)
    expect(typesOf(await late.since()).slice(0, 4)).toEqual(['projected', 'projected', 'projected', 'plan_approved'])

    const second = await world(plan, { races: 1, rival: { ...approved, by: 'another' } })
    await second.say(APPROVE)
    const approvals = (await second.since()).filter(({ type }) => type === 'plan_approved')
    expect(approvals).toMatchObject([{ by: 'another' }])
  })

  it('fails after ten lost races: that is a fault, and the log says so', async () => {
    const { say, since } = await world(plan, { races: 100 })
    await expect(say(APPROVE)).rejects.toThrow('the journal moved 10 times')
    expect(new Set(typesOf(await since()))).toEqual(new Set(['projected']))
  })

  it('finds that the orchestrator is dead, and starts another', async () => {
    const { say, since } = await world([...plan, approved, started], { alive: false })
    const { outcome } = await say('/status')
    expect(outcome.orchestrate).toBe(true)
    expect(typesOf(await since())).toEqual(expect.arrayContaining(['orchestrator_lost', 'orchestrator_requested']))
  })

  it('leaves an orchestrator alone that lives', async () => {
    const { say, since } = await world([...plan, approved, started])
    expect((await say('/status')).outcome.orchestrate).toBe(false)
    expect(await since()).toEqual([])
  })
})

describe('the final pull request', () => {
  it.each([true, false])('ends the run when it is closed (merged: %s), and only once', async (merged) => {
    const { act, since } = await world([...plan, approved])
    const action = merged ? 'merged' : 'closed'
    expect(await act(action)).toMatchObject({ run: '42', orchestrate: true })
    expect((await since())[0]).toMatchObject({ type: 'run_closed', by: 'admin', merged, head: HEAD })
    const before = await since()
    expect(await act(action)).toMatchObject({ run: null, orchestrate: false })
    expect(await since()).toEqual(before)
  })

  it.each(['tributary/42/a', 'main', 'tributary/43/trunk'])('is not the one of %s', async (branch) => {
    const { act, since } = await world([...plan, approved])
    expect(await act('merged', { headBranch: branch })).toEqual({ run: null, orchestrate: false, slots: [] })
    expect(await since()).toEqual([])
  })

  it.each([{ baseBranch: 'release' }, { headBranch: 'tributary/42/a' }])('is not another one: %o', async (pull) => {
    const { act, since } = await world([...plan, approved])
    expect(await act('closed', pull)).toEqual({ run: null, orchestrate: false, slots: [] })
    expect(await since()).toEqual([])
  })

  it('is found to be closed by the next command, since no event comes while it is in conflict', async () => {
    const { github, say, since } = await world([...plan, approved, FINAL])
    github.pulls.push({ ...PULL, state: 'closed' })
    const { outcome, answer } = await say('/pause')
    expect(answer).toContain('`run-ended`: ')
    expect(outcome).toMatchObject({ run: '42', orchestrate: true })
    expect(await since()).toMatchObject([
      { type: 'run_closed', merged: false, head: HEAD },
      { type: 'orchestrator_requested' },
    ])
  })

  it('is not looked for if the one who types may not command', async () => {
    const { github, say, since } = await world([...plan, approved, FINAL])
    github.pulls.push({ ...PULL, state: 'closed' })
    await say('/pause', 'reader')
    expect(await since()).toEqual([])
  })

  it('does not wait for ever for its turn', async () => {
    const { act } = await world([...plan, approved], { races: 100 })
    await expect(act('merged')).rejects.toThrow('the journal moved 10 times')
  })
})

it('a recovery does not wait for ever for its turn either', async () => {
  const ours: RunEvent = { type: 'orchestrator_started', ...stamp, workflowRun: OURS }
  const { deps, github } = await world([...plan, approved, ours], { races: 100 })
  const ended = { run: '42', issue: 42, comment: null, result: 'failure', logUrl: '' }
  await expect(reapDeadOrchestrator(deps, ended)).rejects.toThrow('the journal moved 10 times')
  expect(github.runs).toEqual([])
})
