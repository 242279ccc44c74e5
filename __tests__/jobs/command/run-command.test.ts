import { describe, expect, it } from 'vitest'
import { commandLine, formattedCommand } from '../../../src/config/command-line.ts'
import type { BranchRule } from '../../../src/core/branch-rules.ts'
import type { PullAction } from '../../../src/core/command/decide-pull.ts'
import { branchRef, logRef } from '../../../src/core/ids.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { replay, replayOn } from '../../../src/core/run/evolve.ts'
import { SETTINGS_PATH, settingsSchema } from '../../../src/core/settings.ts'
import { redactor } from '../../../src/core/text/redact.ts'
import { answerFailure } from '../../../src/jobs/command/answer-failure.ts'
import { runPullAction } from '../../../src/jobs/command/pull-action.ts'
import { reapDeadOrchestrator } from '../../../src/jobs/command/reap-dead-orchestrator.ts'
import { runCommand } from '../../../src/jobs/command/run-command.ts'
import type { Journal } from '../../../src/ports/journal.ts'
import { WOKEN } from '../../../src/render/reply/replies.ts'
import { commentBy, type MemoryPull, memoryGitHub } from '../../support/memory/github.ts'
import { memoryDeps } from '../../support/memory/job-deps.ts'
import { memoryJournal, memoryRemote } from '../../support/memory/journal.ts'
import { planOf } from '../../support/plan.ts'
import { AT, landed, landedBy, proposedBy, running, shaOf } from '../../support/run.ts'

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
async function world(
  events: readonly RunEvent[] = plan,
  { alive = true, races = 0, rival = shown, rules = [] as BranchRule[] } = {},
) {
  const remote = memoryRemote()
  const real = memoryJournal(remote)
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
    rules,
  })
  const deps = memoryDeps(github, journal, OURS)
  const issue = { number: 42, title: 'An issue', body: '', isPull: false }
  return {
    github,
    remote,
    deps,
    /** What was answered stands behind the comment itself. */
    async say(line: string, login = 'admin', type = 'User', viaApp: string | null = null) {
      const id = commentBy(github, login, 42, line)
      const sender = { login, type, viaApp }
      const comment = {
        id,
        key: `comment:${id}`,
        line: commandLine(line),
        formatted: formattedCommand(line),
        createdAt: AT,
        issue,
        sender,
        firstDelivery: true,
      }
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
    expect(answer).toContain('`approved`')
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
    expect(answer).toContain(`<sub>\`${reason}\`</sub>`)
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

  const dead = [...plan, approved, started]
  it.each([
    ['one that is refused', '/approve 0123456789ab', 'plan-outdated'],
    ['one that changes nothing', APPROVE, 'already-done'],
    ['one that another run stands in the way of', '/plan', 'run-is-live'],
  ])('finds it by %s too, and says so', async (_what, line, code) => {
    const { say, since } = await world(dead, { alive: false })
    const { outcome, answer } = await say(line)
    expect(answer).toContain(`<sub>\`${code}\`</sub>`)
    expect(answer).toContain(WOKEN)
    expect(outcome).toMatchObject({ run: '42', orchestrate: true })
    expect(typesOf(await since())).toEqual(expect.arrayContaining(['orchestrator_lost', 'orchestrator_requested']))
  })

  it('wakes an orchestrator whose death is in the journal, if none has followed', async () => {
    const lost: RunEvent = { type: 'orchestrator_lost', ...stamp, workflowRun: 1 }
    const { say, since } = await world([...dead, lost], { alive: false })
    const { outcome, answer } = await say('/status')
    expect(answer).toContain(WOKEN)
    expect(outcome.orchestrate).toBe(true)
    expect(typesOf(await since())[0]).toBe('orchestrator_requested')
  })

  it('wakes none that has left of itself, with nothing to do', async () => {
    const left: RunEvent = { type: 'orchestrator_left', ...stamp, why: 'waiting' }
    const lost: RunEvent = { type: 'orchestrator_lost', ...stamp, workflowRun: 1 }
    const { say, since } = await world([...dead, lost, started, left])
    expect((await say('/status')).outcome.orchestrate).toBe(false)
    expect(await since()).toEqual([])
  })

  it.each([
    ['an outsider', 'reader', 'User'],
    ['a bot', 'admin', 'Bot'],
  ])('of %s wakes nothing and writes nothing', async (_who, login, type) => {
    const { say, since } = await world(dead, { alive: false })
    for (const line of ['/status', '/approve', '/plan status']) {
      const { outcome, answer } = await say(line, login, type)
      expect([outcome.orchestrate, answer.includes(WOKEN)]).toEqual([false, false])
    }
    expect(await since()).toEqual([])
  })

  it.each([
    ['/approve 3fa9b2114c0d\n\nbut not b', 'words-not-read'],
    ['`/approve`', 'not-plain-text'],
    [' **/aprove**', 'not-plain-text'],
  ])('that may not be meant is answered with a question: %j', async (line, reason) => {
    const { say, since } = await world()
    expect((await say(line)).answer).toContain(`<sub>\`${reason}\`</sub>`)
    expect(await since()).toEqual([])
  })

  it('in code that is none of ours is left alone', async () => {
    const { say, github } = await world()
    expect((await say('`/usr`')).answer).toBe('')
    expect(github.reactions).toEqual([])
  })

  it('that an App types in the name of a person approves nothing', async () => {
    const { say, since } = await world()
    expect((await say(APPROVE, 'admin', 'User', 'some-app')).answer).toContain('`app-may-not-approve`')
    expect(await since()).toEqual([])
  })

  it('says that a paused run does not go on by it', async () => {
    const paused: RunEvent = { type: 'run_paused', ...stamp, why: 'the workflow run was cancelled' }
    const { say } = await world([...dead, paused])
    expect((await say('/skip a')).answer).toMatch(/paused \(the workflow run was cancelled\).*`\/resume`.*`skipped`/s)
  })

  it('leaves an orchestrator alone that lives', async () => {
    const { say, since } = await world([...plan, approved, started])
    expect((await say('/status')).outcome.orchestrate).toBe(false)
    expect(await since()).toEqual([])
  })
})

describe('a job that fails', () => {
  const redact = redactor(['a-secret-token'])
  const told = { thread: 42, key: 'comment:9', logUrl: 'https://example.org/log', redact }
  const broken = new Error('the push was refused', { cause: new Error('remote: GH013 a-secret-token') })

  it('answers first, with the cause and its log, and fails all the same', async () => {
    const { deps, github } = await world()
    await expect(answerFailure(deps, told, () => Promise.reject(broken))).rejects.toThrow('the push was refused')
    expect(github.comments).toHaveLength(1)
    expect(github.comments[0]?.body).toMatch(
      /the push was refused: remote: GH013 \*\*\*.*https:\/\/example.org\/log.*`command-failed`/s,
    )
  })

  it('answers once, with the job that follows it', async () => {
    const { deps, github } = await world()
    await answerFailure(deps, told, () => Promise.reject(broken)).catch(() => null)
    await reapDeadOrchestrator(deps, {
      run: null,
      issue: 42,
      comment: 9,
      result: 'skipped',
      failure: null,
      logUrl: told.logUrl,
    })
    expect(github.comments.filter(({ body }) => body.includes('`command-failed`'))).toHaveLength(1)
  })

  it('keeps its own cause if the answer is refused too', async () => {
    const { deps } = await world()
    const lines: string[] = []
    const forge = { ...deps.forge, reply: () => Promise.reject(new Error('locked')) }
    const given = { ...deps, forge, log: (line: string) => void lines.push(line) }
    await expect(answerFailure(given, told, () => Promise.reject(broken))).rejects.toThrow('the push was refused')
    expect(lines).toEqual(['the failure could not be said either: locked'])
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
    expect(answer).toContain('`run-ended`')
    expect(outcome).toMatchObject({ run: '42', orchestrate: true })
    expect(await since()).toMatchObject([
      { type: 'run_closed', merged: false, head: HEAD },
      { type: 'orchestrator_requested' },
    ])
  })

  it('takes the branches of its run with it if `/plan` is what finds it closed, unless the settings keep them', async () => {
    for (const keep_branches of [false, true]) {
      const settings = settingsSchema.parse({ keep_branches })
      const state = landed(running('a > b', {}, settings), 'a')
      const events = [...proposedBy(planOf('a > b'), settings), { ...approved, planId: state.work.planId }]
      const { github, remote, say, since } = await world([...events, ...landedBy(running('a > b'), 'a'), FINAL])
      const branch = branchRef('tributary/42/a')
      remote.refs.set(branch, shaOf('a head'))
      github.pulls.push({ ...PULL, state: 'closed' })
      expect((await say('/plan')).outcome).toMatchObject({ run: '42-2', orchestrate: true })
      expect(typesOf(await since())).toEqual(['run_closed'])
      expect(remote.refs.has(branch)).toBe(keep_branches)
    }
  })

  it('counts as merged if it was closed, reopened and merged', async () => {
    const { act, since } = await world([...plan, approved])
    await act('closed')
    await act('merged')
    expect((await since()).filter(({ type }) => type === 'run_closed')).toMatchObject([
      { merged: false },
      { merged: true },
    ])
  })

  const FINISHED: RunEvent = { type: 'run_finished', ...stamp, sha: shaOf('trunk') }

  it('tells the next command what came to it after the end, and verifies it when asked', async () => {
    const { github, remote, say, since } = await world([...plan, approved, FINAL, FINISHED])
    remote.refs.set(branchRef('tributary/42/trunk'), HEAD)
    github.pulls.push(PULL)
    expect((await say('/status')).answer).toMatch(/at `eeeeeeee` now.*is not verified\. `\/retry verification`/)
    const { outcome, answer } = await say('/retry verification')
    expect(answer).toContain('verifies the commits that were added to its trunk')
    expect(outcome).toMatchObject({ run: '42', orchestrate: true })
    expect((await since()).slice(0, 2)).toMatchObject([
      { type: 'run_reopened', by: 'admin' },
      { type: 'orchestrator_requested' },
    ])
  })

  it('is not verified again if nothing came to it', async () => {
    const { github, remote, say, since } = await world([...plan, approved, FINAL, FINISHED])
    remote.refs.set(branchRef('tributary/42/trunk'), shaOf('trunk'))
    github.pulls.push({ ...PULL, head: shaOf('trunk') })
    expect((await say('/retry verification')).answer).toMatch(/passed on all that trunk has.*`wrong-phase`/s)
    expect((await say('/status')).answer).not.toContain('not verified')
    expect(await since()).toEqual([])
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
  const ended = { run: '42', issue: 42, comment: null, result: 'failure', failure: null, logUrl: '' }
  await expect(reapDeadOrchestrator(deps, ended)).rejects.toThrow('the journal moved 10 times')
  expect(github.runs).toEqual([])
})

describe('a command that GitHub does not let through', () => {
  const TIP = 'a'.repeat(40)

  it('says so in its words, and starts nothing', async () => {
    const { remote, say, since } = await world()
    remote.refused.set(logRef('42'), 'error: GH013: Repository rule violations found')
    const { outcome, answer } = await say(APPROVE)
    expect(answer).toMatch(/GH013: Repository rule violations found.*`push-refused`/s)
    expect([outcome.orchestrate, await since()]).toEqual([false, []])
  })

  it('is refused before a run begins by the rules that would refuse its branches, and by those alone', async () => {
    const rule = (type: string, more: Partial<BranchRule> = {}): BranchRule => ({ type, source: 'o/r', ...more })
    const named = (operator: string, pattern: string, negate = false) =>
      rule('branch_name_pattern', { name: { operator, pattern, negate } })
    const { say, remote } = await world([], {
      rules: [rule('creation'), rule('deletion'), named('starts_with', 'feature/')],
    })
    const { answer } = await say('/plan')
    expect(answer).toMatch(/`creation`.*`branch_name_pattern`.*`rules-refuse`/s)
    expect(answer).not.toContain('deletion')
    expect(remote.refs.size).toBe(0)
    const fitting = await world([], {
      rules: [rule('non_fast_forward'), named('starts_with', 'tributary/'), named('contains', 'feature', true)],
    })
    expect((await fitting.say('/plan')).answer).toMatch(
      /will refuse what they forbid: `non_fast_forward` \(a task that starts again cannot replace its branch\)\..*`plan-requested`/s,
    )
  })

  it('is refused if a branch stands in the way, before it asks anything of a person without permission', async () => {
    const { say, remote } = await world([])
    remote.refs.set(branchRef('tributary/42'), TIP)
    expect((await say('/plan')).answer).toMatch(/The branch `tributary\/42` stands in the way.*`branch-in-the-way`/s)
    expect((await say('/plan', 'reader')).answer).toContain('`not-permitted`')
  })

  it('names a journal that was deleted, as long as branches of the run are there', async () => {
    const { say, remote } = await world([])
    expect((await say('/status')).answer).toContain('`no-run`')
    remote.refs.set(branchRef('tributary/42/trunk'), TIP)
    expect((await say('/status')).answer).toContain('`journal-gone`')
    expect((await say('/plan')).answer).toMatch(/journal.*was deleted.*git push origin --delete.*`branch-in-the-way`/s)
  })
})
