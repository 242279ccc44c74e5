import { describe, expect, it } from 'vitest'
import { openJournal } from '../../../src/adapters/git/journal/journal.ts'
import { writeCommit } from '../../../src/adapters/git/objects.ts'
import { openRepo } from '../../../src/adapters/git/repo.ts'
import { readSettings } from '../../../src/config/settings.ts'
import { decide } from '../../../src/core/command/decide.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { replay, replayOn } from '../../../src/core/run/evolve.ts'
import { emptyRun } from '../../../src/core/run/state.ts'
import { defaultSettings, settingsSchema } from '../../../src/core/settings.ts'
import { withStarts } from '../../../src/core/slots/slot-requests.ts'
import { wordsFor } from '../../../src/jobs/commit-words.ts'
import { orchestrate } from '../../../src/jobs/orchestrate/orchestrate.ts'
import { DispatchRefused, type Forge } from '../../../src/ports/forge.ts'
import type { Journal } from '../../../src/ports/journal.ts'
import { LimitReached } from '../../../src/ports/rate-limit.ts'
import { bareRemote, commit, git, tempDir, tree } from '../../support/git.ts'
import { hastyClock } from '../../support/hasty-clock.ts'
import { memoryForge } from '../../support/memory/forge.ts'
import { memoryGitHub } from '../../support/memory/github.ts'
import { gate, planOf } from '../../support/plan.ts'
import { AT, asks, proposedBy, report } from '../../support/run.ts'

const stamp = { at: AT, by: 'tributary' }
const started: RunEvent = { type: 'orchestrator_started', ...stamp, workflowRun: 1 }

/** An approved run on a real remote; GitHub is in memory, the slots are what a test says. */
async function world(
  graph: string,
  overrides: Parameters<typeof planOf>[1] = {},
  settings = {},
  only: string[] | null = null,
  clock = hastyClock(),
) {
  const remote = bareRemote()
  const base = commit(remote.dir, { 'README.md': 'text' })
  const trunk = commit(remote.dir, { 'README.md': 'text' }, [base], 'Start')
  git(remote.dir, ['update-ref', 'refs/heads/main', base])
  git(remote.dir, ['update-ref', 'refs/heads/tributary/42/trunk', trunk])
  const options = { gitDir: `${tempDir()}/run.git`, remoteUrl: remote.url, token: '', clock }
  const journal = await openJournal(options)
  const github = memoryGitHub({
    issues: [42],
    branches: ['main', 'tributary/42/trunk', 'tributary/42/a', 'tributary/42/b'],
  })
  const parsed = settingsSchema.parse({ limits: { pushes_per_minute: 600 }, ...settings })
  const events = proposedBy(planOf(graph, overrides), parsed).map((event) =>
    event.type === 'plan_proposed' ? { ...event, base, trunk } : event,
  )
  const state = replay(events)
  if (state.phase !== 'proposed') throw new Error('not proposed')
  events.push({ type: 'plan_approved', ...stamp, planId: state.work.planId, only })
  await journal.append('42', null, events, replay(events), [])
  const deps = {
    forge: memoryForge(github),
    journal,
    repo: () => openRepo(options),
    clock,
    log: () => {},
    workflowRun: 100,
    readSettings,
    pages: { keep: () => Promise.reject(new Error('no page is kept')) },
    slots: {
      jobs: async () => [],
      results: async () => [],
      checkpoints: async () => [],
      ending: async () => null,
      download: () => Promise.reject(new Error('no result')),
    },
    readPlan: () => Promise.reject(new Error('there is a plan')) as never,
    secrets: [],
    model: null,
    redact: (text: string) => text,
    handOverAt: new Date(clock.now().getTime() + 3_600_000),
  }
  const types = async () => (await journal.history('42')).slice(events.length).map((event) => event.type)
  return { remote, github, journal, deps, clock, types, trunk }
}

describe('an orchestrator', () => {
  it('hands over to a fresh one before its job is ended, and says who holds the run now', async () => {
    const { deps, github, journal, types } = await world('a')
    await orchestrate({ ...deps, handOverAt: deps.clock.now() }, '42')
    const successor = github.runs.find((run) => run.inputs.role === 'orchestrate')
    expect(successor?.inputs).toMatchObject({ run: '42', request: 'o100' })
    expect((await types()).slice(-3)).toEqual(expect.arrayContaining(['orchestrator_left', 'orchestrator_requested']))
    const read = await journal.read('42')
    expect(read?.state).toMatchObject({ orchestrator: { workflowRun: successor?.id } })
  })

  it('leaves when only a person can move the run on, and its last word is in the journal', async () => {
    const { deps, types, github } = await world('g > a', { tasks: { g: gate } })
    const left = await orchestrate(deps, '42')
    expect(left?.orchestrator).toBeNull()
    expect((await types()).filter((type) => type !== 'projected')).toEqual([
      'task_queued',
      'orchestrator_started',
      'orchestrator_left',
    ])
    expect(github.comments.find((comment) => comment.body.includes('tributary:status'))?.body).toContain('/approve g')
  })

  it('asks for slots that the run can use, once, and watches the workflow run that brings them', async () => {
    const { deps, github, journal, types } = await world('a, b')
    const until = new Date(deps.clock.now().getTime() + 10_000)
    await orchestrate({ ...deps, handOverAt: until }, '42')
    expect(github.runs.filter((run) => run.inputs.role === 'work')).toMatchObject([
      { inputs: { request: 'r1', slots: '["r1.1","r1.2"]' } },
    ])
    expect(await types()).toContain('slots_started')
    expect((await journal.read('42'))?.state).toMatchObject({
      slots: { r1: { workflowRun: github.runs.find((run) => run.inputs.role === 'work')?.id } },
    })
  })

  it('pauses with GitHub’s words if no slot can be started, and asks again once a person resumes', async () => {
    const { deps, journal, types } = await world('a, b')
    const words = "Cannot trigger a 'workflow_dispatch' on a disabled workflow"
    const forge = { ...deps.forge, dispatch: () => Promise.reject(new DispatchRefused(words)) }
    const left = await orchestrate({ ...deps, forge }, '42')
    expect(left).toMatchObject({ paused: { why: `GitHub starts no job for a slot: ${words}`, by: 'tributary' } })
    expect((await types()).filter((type) => type.startsWith('slots_'))).toEqual(['slots_requested', 'slots_gone'])
    const read = await journal.read('42')
    const resumed: RunEvent[] = [{ type: 'run_resumed', ...stamp }]
    await journal.append('42', read?.tip ?? null, resumed, replayOn(read?.state ?? emptyRun, resumed), [])
    await orchestrate({ ...deps, handOverAt: new Date(deps.clock.now().getTime() + 10_000) }, '42')
    expect((await journal.read('42'))?.state).toMatchObject({ slots: { r2: { gone: false } } })
  })

  it('says on the thread that its successor cannot be started, and leaves, so that a comment starts one', async () => {
    const { deps, github, journal } = await world('a')
    const forge = { ...deps.forge, dispatch: () => Promise.reject(new DispatchRefused('forbidden by a policy')) }
    await orchestrate({ ...deps, forge, handOverAt: deps.clock.now() }, '42')
    const said = github.comments.filter(({ thread, body }) => thread === 42 && body.includes('`dispatch-refused`'))
    expect(said).toHaveLength(1)
    expect(said[0]?.body).toContain('forbidden by a policy')
    const state = (await journal.read('42'))?.state
    expect(state).toMatchObject({ orchestrator: null })
    const asked = withStarts(state ?? emptyRun, [], 101, AT, 'admin', { wake: true })
    expect(asked.starts.orchestrate).toBe(true)
  })

  it('says once what GitHub refuses to show, and goes on without it', async () => {
    const { deps, github, journal } = await world('g > a', { tasks: { g: gate } })
    const publish: typeof deps.forge.publish = async (projections, lookFirst) => {
      const shown = await deps.forge.publish(projections, lookFirst)
      const message = 'Resource not accessible by integration'
      return shown.map((answer, at) =>
        projections[at]?.kind === 'check' ? { ok: false, name: answer.name, reason: 'not-permitted', message } : answer,
      )
    }
    await orchestrate({ ...deps, forge: { ...deps.forge, publish } }, '42')
    const events = await journal.history('42')
    expect(events.filter(({ type }) => type === 'platform_refused')).toMatchObject([
      { what: 'check', why: 'Resource not accessible by integration' },
    ])
    expect(github.comments.find(({ body }) => body.includes('tributary:status'))?.body).toContain(
      'needs `checks: write`',
    )
  })

  it('looks for what an earlier one may have shown only if that one was lost', async () => {
    const looks = async (lost: boolean) => {
      const { deps, journal } = await world('g > a', { tasks: { g: gate } })
      const read = await journal.read('42')
      const gone: RunEvent[] = [started, { type: 'orchestrator_lost', ...stamp, workflowRun: 1, cause: 'rate-limit' }]
      const left: RunEvent[] = [started, { type: 'orchestrator_left', ...stamp, why: 'waiting' }]
      const events: RunEvent[] = [
        ...(lost ? gone : left),
        { type: 'orchestrator_requested', ...stamp, workflowRun: deps.workflowRun },
      ]
      await journal.append('42', read?.tip ?? null, events, replayOn(read?.state ?? emptyRun, events), [])
      const looked: boolean[] = []
      const publish: Forge['publish'] = async (projections, lookFirst) => {
        looked.push(lookFirst)
        return deps.forge.publish(projections, lookFirst)
      }
      await orchestrate({ ...deps, forge: { ...deps.forge, publish } }, '42')
      return looked
    }
    expect(await looks(true)).toContain(true)
    expect(await looks(false)).not.toContain(true)
  })

  it('stops and says so when somebody else moved a branch of the run, and overwrites nothing', async () => {
    const { deps, remote, journal } = await world('a')
    const foreign = commit(remote.dir, { 'README.md': 'mine' })
    git(remote.dir, ['update-ref', 'refs/heads/tributary/42/a', foreign])
    await orchestrate(deps, '42')
    const moved = [{ branch: 'tributary/42/a', sha: foreign, known: null }]
    expect((await journal.read('42'))?.state).toMatchObject({ paused: { cause: 'branches', moved } })
    expect(git(remote.dir, ['rev-parse', 'refs/heads/tributary/42/a'])).toBe(foreign)
  })

  const TRUNK = 'refs/heads/tributary/42/trunk'
  it('adopts what a person put on top of trunk, and says whose it is', async () => {
    const { deps, remote, journal, trunk } = await world('g > a', { tasks: { g: gate } })
    const update = commit(remote.dir, { 'README.md': 'text', news: 'of main' }, [trunk], 'Merge branch main')
    git(remote.dir, ['update-ref', TRUNK, update])
    await orchestrate(deps, '42')
    expect(await journal.history('42')).toContainEqual(
      expect.objectContaining({ type: 'trunk_adopted', from: trunk, sha: update, author: 'Mona' }),
    )
    expect((await journal.read('42'))?.state).toMatchObject({ paused: null, work: { trunk: { tip: update } } })
    expect(git(remote.dir, ['rev-parse', TRUNK])).toBe(update)
  })

  it('verifies what a person brought in after the end, and asks nothing about a base that is in it already', async () => {
    const { deps, remote, journal, trunk } = await world('a', { verification: [{ argv: ['true'] }] })
    const read = await journal.read('42')
    const events: RunEvent[] = [
      { type: 'task_skipped', ...stamp, task: 'a' },
      { type: 'run_finished', ...stamp, sha: trunk },
      { type: 'run_reopened', ...stamp },
    ]
    await journal.append('42', read?.tip ?? null, events, replayOn(read?.state ?? emptyRun, events), [])
    const main = commit(remote.dir, { 'README.md': 'text', a: { folder: { x: 'of main' } } }, [
      git(remote.dir, ['rev-parse', 'refs/heads/main']),
    ])
    git(remote.dir, ['update-ref', 'refs/heads/main', main])
    const update = commit(remote.dir, { 'README.md': 'text', a: { folder: { x: 'of main' } } }, [trunk, main])
    git(remote.dir, ['update-ref', TRUNK, update])
    await orchestrate({ ...deps, handOverAt: new Date(deps.clock.now().getTime() + 10_000) }, '42')
    expect((await journal.read('42'))?.state).toMatchObject({
      phase: 'active',
      paused: null,
      work: {
        trunk: { tip: update },
        baseSeen: { sha: main, stale: false },
        verification: { status: 'queued', on: update },
      },
    })
  })

  it('stops if trunk lost what the run had there, says how to put it back, and goes on once it is', async () => {
    const { deps, remote, journal, github, trunk } = await world('g > a', { tasks: { g: gate } })
    const forced = commit(remote.dir, { 'README.md': 'of a person' })
    git(remote.dir, ['update-ref', TRUNK, forced])
    await orchestrate(deps, '42')
    const read = await journal.read('42')
    const moved = [{ branch: 'tributary/42/trunk', sha: forced, known: trunk }]
    expect(read?.state).toMatchObject({ paused: { cause: 'branches', moved } })
    const status = github.comments.find(({ body }) => body.includes('tributary:status'))?.body
    expect(status).toContain(`git push --force origin ${trunk}:${TRUNK}`)
    if (read?.state.phase !== 'active') return expect.fail('not active')
    const resume = (tip: string) =>
      decide(read.state, asks({ name: 'resume' }, { branches: new Map([['tributary/42/trunk', tip]]) }))
    expect(resume(forced)).toMatchObject({ error: { reason: 'branches-moved' } })
    expect(resume(trunk)).toMatchObject({ value: { answer: { code: 'resumed' } } })
  })

  it('sees by itself that the final pull request is closed, of which no event tells while it is in conflict', async () => {
    const { deps, journal, github } = await world('g > a', { tasks: { g: gate } })
    await orchestrate(deps, '42')
    for (const pull of github.pulls) if (pull.headBranch === 'tributary/42/trunk') pull.state = 'closed'
    const left = await orchestrate(deps, '42')
    expect(left).toMatchObject({ phase: 'ended', conclusion: 'closed', orchestrator: null })
    expect((await journal.history('42')).filter(({ type }) => type === 'run_closed')).toHaveLength(1)
  })

  it('records nothing more of a run that a person cancels while a push is under way', async () => {
    const { deps, journal, remote } = await world('a')
    let pushes = 0
    const racing: Journal = {
      ...journal,
      append: async (...given) => {
        const now = await journal.read('42')
        const cancelled: RunEvent = { type: 'run_cancelled', at: AT, by: 'admin', why: '' }
        pushes += 1
        if (pushes === 1 && now !== null)
          await journal.append('42', now.tip, [cancelled], replayOn(now.state, [cancelled]), [])
        return journal.append(...given)
      },
    }
    const left = await orchestrate({ ...deps, journal: racing }, '42')
    expect(left).toMatchObject({ phase: 'ended', conclusion: 'cancelled' })
    const types = (await journal.history('42')).map(({ type }) => type)
    expect(types.slice(types.indexOf('run_cancelled'))).not.toContain('task_queued')
    expect(git(remote.dir, ['for-each-ref', '--format=%(refname)', 'refs/heads/tributary'])).toBe('')
  })

  it('waits for its turn to push rather than push more often than the settings allow', async () => {
    const { deps, clock } = await world('g > a', { tasks: { g: gate } }, { limits: { pushes_per_minute: 1 } })
    await orchestrate(deps, '42')
    expect(clock.waits.some((seconds) => seconds > 30)).toBe(true)
  })

  it('looks at the base branch before anything lands: where the plan is touched, the run stops', async () => {
    const { deps, remote, journal } = await world('a')
    git(remote.dir, [
      'update-ref',
      'refs/heads/main',
      commit(remote.dir, { 'README.md': 'text', a: { folder: { x: 'new' } } }),
    ])
    await orchestrate(deps, '42')
    expect((await journal.read('42'))?.state).toMatchObject({
      work: { baseSeen: { paths: ['a/x'], stale: true } },
      paused: { by: 'tributary' },
    })
  })

  it('pauses with the name of a base branch that is gone', async () => {
    const { deps, remote, journal, github } = await world('a')
    git(remote.dir, ['update-ref', '-d', 'refs/heads/main'])
    await orchestrate({ ...deps, forge: { ...memoryForge(github), branchNow: async () => null } }, '42')
    expect((await journal.read('42'))?.state).toMatchObject({
      paused: { why: expect.stringContaining('the base branch `main` is gone') },
    })
    expect(github.comments.find(({ body }) => body.includes('tributary:status'))?.body).toMatch(
      /## Paused.*The run is paused: the base branch `main` is gone.*`\/resume`/s,
    )
  })

  it('goes on with what git can do while the API refuses everything, says until when, and shows the rest then', async () => {
    const { deps, github, types, clock } = await world('g > a', { tasks: { g: gate } }, {}, null, hastyClock(AT, 60))
    const until = new Date(clock.now().getTime() + 2_400_000)
    const forge: Forge = {
      ...deps.forge,
      publish: (...given) =>
        clock.now() < until ? Promise.reject(new LimitReached(until)) : deps.forge.publish(...given),
    }
    await orchestrate({ ...deps, forge, handOverAt: new Date(8.64e15) }, '42')
    const events = await types()
    for (const type of ['task_queued', 'limit_reached', 'limit_passed', 'orchestrator_left'])
      expect(events.filter((one) => one === type)).toEqual([type])
    expect(events.indexOf('limit_passed')).toBeLessThan(events.indexOf('orchestrator_left'))
    expect(clock.now() >= until).toBe(true)
    expect(github.comments.find(({ body }) => body.includes('tributary:status'))?.body).toContain('/approve g')
  })

  it('goes on where the base branch moved elsewhere', async () => {
    const { deps, remote, journal } = await world('g > a', { tasks: { g: gate } })
    const moved = commit(remote.dir, { 'README.md': 'other' })
    git(remote.dir, ['update-ref', 'refs/heads/main', moved])
    await orchestrate(deps, '42')
    expect((await journal.read('42'))?.state).toMatchObject({
      work: { baseSeen: { sha: moved, paths: [], stale: false } },
      paused: null,
    })
  })

  it.each([
    ['nobody has approved', ['b'], ['task_failed']],
    ['somebody has approved', null, ['task_verified', 'task_landed', 'trunk_moved']],
  ])('asked to land work that %s, does so or refuses', async (_who, only, expected) => {
    const at = await world('a, b', {}, {}, only)
    const { start, slots } = await handedOver(at)
    const { deps, remote, journal, trunk } = at
    await orchestrate({ ...deps, slots, handOverAt: new Date(deps.clock.now().getTime() + 10_000) }, '42')
    const events = (await journal.history('42')).filter((event) => 'task' in event && event.task === 'a')
    expect(events.slice(2).map(({ type }) => type)).toEqual(expected)
    if (only === null) return
    expect(events.at(-1)).toMatchObject({ failure: { reason: 'not-approved' }, head: null, final: true })
    const tipOf = (branch: string) => git(remote.dir, ['rev-parse', `refs/heads/tributary/42/${branch}`])
    expect([tipOf('a'), tipOf('trunk')]).toEqual([start, trunk])
  })

  it('keeps work beside a branch that others moved, pauses for it once, and asks for nothing again', async () => {
    const at = await world('a')
    const { start, head, slots } = await handedOver(at)
    const { deps, remote, journal } = at
    const foreign = commit(remote.dir, { 'README.md': 'of a person' }, [start])
    git(remote.dir, ['update-ref', 'refs/heads/tributary/42/a', foreign])
    const left = await orchestrate({ ...deps, slots }, '42')
    const moved = [{ branch: 'tributary/42/a', sha: foreign, known: start }]
    expect(left).toMatchObject({ orchestrator: null, paused: { cause: 'branches', moved } })
    const types = (await journal.history('42')).map(({ type }) => type)
    expect(types.filter((type) => ['run_paused', 'task_landed'].includes(type))).toEqual(['run_paused', 'task_landed'])
    expect(git(remote.dir, ['rev-parse', 'refs/tributary/42/attempts/a-1'])).toBe(head)
    expect(git(remote.dir, ['rev-parse', 'refs/heads/tributary/42/a'])).toBe(foreign)
  })
})

/** A slot has done task `a` of a world, and handed it over. */
async function handedOver({ deps, remote, journal, trunk }: Awaited<ReturnType<typeof world>>) {
  const start = commit(remote.dir, { 'README.md': 'text' }, [trunk], 'Start a')
  git(remote.dir, ['update-ref', 'refs/heads/tributary/42/a', start])
  const head = await writeCommit(
    { gitDir: remote.dir },
    {
      tree: tree(remote.dir, { 'README.md': 'text', a: { folder: { x: 'done' } } }),
      parents: [start],
      words: wordsFor('42', { task: 'a', attempt: 1, title: 'Task a', commits: defaultSettings.commits }),
      at: deps.clock.now(),
    },
  )
  git(remote.dir, ['update-ref', 'refs/heads/work', head])
  const bundle = `${tempDir()}/work.bundle`
  git(remote.dir, ['bundle', 'create', bundle, 'work', `^${start}`])
  const read = await journal.read('42')
  const forced: RunEvent[] = [
    { type: 'slots_requested', ...stamp, request: 'r1', count: 1, workflowRun: 7 },
    { type: 'task_queued', ...stamp, task: 'a', attempt: 1, base: start },
    { type: 'task_started', ...stamp, task: 'a', attempt: 1, slot: 'r1.1' },
  ]
  await journal.append('42', read?.tip ?? null, forced, replayOn(read?.state ?? emptyRun, forced), [])
  const outcome = { kind: 'done', head, tree: git(remote.dir, ['rev-parse', `${head}^{tree}`]), report }
  const times = { startedAt: AT, endedAt: AT }
  const result = { version: 1, run: '42', task: 'a', attempt: 1, base: start, outcome, slot: 'r1.1', ...times }
  const slots = {
    jobs: async () => [],
    ending: async () => null,
    results: async () => [{ id: 1, workflowRun: 7, run: '42', task: 'a', attempt: 1 }],
    checkpoints: async () => [],
    download: async () => ({ result: JSON.stringify(result), bundle }),
  }
  return { start, head, slots }
}

describe('a push that is refused', () => {
  const hook = (pattern: string) =>
    `case "$1" in ${pattern}) echo "error: GH013: Repository rule violations found for $1." >&2; exit 1;; esac`

  it('costs only the task whose branch it is', async () => {
    const { deps, remote, journal } = await world('a, g', { tasks: { g: gate } })
    remote.updateHook(hook('refs/heads/tributary/42/a'))
    await orchestrate(deps, '42')
    expect((await journal.read('42'))?.state).toMatchObject({
      paused: null,
      work: {
        tasks: {
          a: {
            state: { status: 'failed', failure: { reason: 'push-refused', detail: expect.stringContaining('GH013') } },
          },
          g: { state: { status: 'waiting' } },
        },
      },
    })
  })

  it('leaves in order and says so where the journal is refused', async () => {
    const { deps, remote, github, types } = await world('a')
    remote.updateHook(hook('refs/tributary/*'))
    await orchestrate(deps, '42')
    expect(github.comments.at(-1)?.body).toMatch(/GH013.*`journal-refused`/s)
    expect(await types()).toEqual([])
  })

  it('does not keep an ended run from its end: what cannot be deleted stays', async () => {
    const { deps, remote, journal } = await world('a')
    const read = await journal.read('42')
    const closed: RunEvent = { type: 'run_cancelled', ...stamp, why: 'no' }
    if (read !== null) await journal.append('42', read.tip, [closed], replayOn(read.state, [closed]), [])
    remote.updateHook(hook('refs/heads/*'))
    expect((await orchestrate(deps, '42'))?.orchestrator).toBeNull()
    expect(remote.tip('refs/heads/tributary/42/trunk')).not.toBeNull()
  })
})

describe('an orchestrator that fails', () => {
  it('says why, once, for who comes after it', async () => {
    const { deps, journal, types } = await world('g', { tasks: { g: gate } })
    const broken = { ...deps, forge: { ...deps.forge, publish: () => Promise.reject(new Error('no more room')) } }
    await expect(orchestrate(broken, '42')).rejects.toThrow('no more room')
    await expect(orchestrate(broken, '42')).rejects.toThrow('no more room')
    expect((await types()).filter((type) => type === 'orchestrator_failed')).toHaveLength(1)
    expect((await journal.read('42'))?.state).toMatchObject({ crash: 'no more room' })
  })

  it('stops and says so when its journal is gone, or is no longer the one it knew', async () => {
    for (const [broken, said] of [
      [['update-ref', '-d', 'refs/tributary/42/log'], /git push --force origin.*`journal-gone`/s],
      [['update-ref', 'refs/tributary/42/log', 'refs/tributary/42/log~1'], /`journal-replaced`/],
    ] as const) {
      const { deps, remote, github, journal } = await world('a')
      const read = await journal.read('42')
      if (read !== null) await journal.append('42', read.tip, [started], replayOn(read.state, [started]), [])
      let looks = 0
      const breaking = {
        ...deps,
        journal: {
          ...deps.journal,
          look: (...given: Parameters<typeof journal.look>) => {
            looks += 1
            if (looks === 2) git(remote.dir, [...broken])
            return journal.look(...given)
          },
        },
      }
      await orchestrate(breaking, '42')
      expect(github.comments.at(-1)?.body).toMatch(said)
    }
  })
})
