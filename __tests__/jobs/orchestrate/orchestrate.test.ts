import { describe, expect, it } from 'vitest'
import { openJournal } from '../../../src/adapters/git/journal.ts'
import { writeCommit } from '../../../src/adapters/git/objects.ts'
import { openRepo } from '../../../src/adapters/git/repo.ts'
import { readSettings } from '../../../src/config/settings.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { replay, replayOn } from '../../../src/core/run/evolve.ts'
import { emptyRun } from '../../../src/core/run/state.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { wordsFor } from '../../../src/jobs/commit-words.ts'
import { orchestrate } from '../../../src/jobs/orchestrate/orchestrate.ts'
import { bareRemote, commit, git, tempDir, tree } from '../../support/git.ts'
import { hastyClock } from '../../support/hasty-clock.ts'
import { memoryForge } from '../../support/memory/forge.ts'
import { memoryGitHub } from '../../support/memory/github.ts'
import { gate, planOf } from '../../support/plan.ts'
import { AT, proposedBy, report } from '../../support/run.ts'

const stamp = { at: AT, by: 'tributary' }

/** An approved run on a real remote; GitHub is in memory, the slots are what a test says. */
async function world(
  graph: string,
  overrides: Parameters<typeof planOf>[1] = {},
  settings = {},
  only: string[] | null = null,
) {
  const remote = bareRemote()
  const base = commit(remote.dir, { 'README.md': 'text' })
  const trunk = commit(remote.dir, { 'README.md': 'text' }, [base], 'Start')
  git(remote.dir, ['update-ref', 'refs/heads/main', base])
  git(remote.dir, ['update-ref', 'refs/heads/tributary/42/trunk', trunk])
  const clock = hastyClock()
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
    slots: { jobs: async () => [], results: async () => [], download: () => Promise.reject(new Error('no result')) },
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

  it('stops and says so when somebody else moved a branch of the run, and overwrites nothing', async () => {
    const { deps, remote, journal } = await world('a')
    const foreign = commit(remote.dir, { 'README.md': 'mine' })
    git(remote.dir, ['update-ref', 'refs/heads/tributary/42/a', foreign])
    await orchestrate(deps, '42')
    expect((await journal.read('42'))?.state).toMatchObject({ paused: { why: 'somebody else moved `tributary/42/a`' } })
    expect(git(remote.dir, ['rev-parse', 'refs/heads/tributary/42/a'])).toBe(foreign)
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
    const { deps, remote, journal, trunk } = await world('a, b', {}, {}, only)
    const start = commit(remote.dir, { 'README.md': 'text' }, [trunk], 'Start a')
    git(remote.dir, ['update-ref', 'refs/heads/tributary/42/a', start])
    const head = await writeCommit(
      { gitDir: remote.dir },
      {
        tree: tree(remote.dir, { 'README.md': 'text', a: { folder: { x: 'done' } } }),
        parents: [start],
        words: wordsFor('42', { task: 'a', attempt: 1, title: 'Task a' }),
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
      results: async () => [{ id: 1, workflowRun: 7, run: '42', task: 'a', attempt: 1 }],
      download: async () => ({ result: JSON.stringify(result), bundle }),
    }
    await orchestrate({ ...deps, slots, handOverAt: new Date(deps.clock.now().getTime() + 10_000) }, '42')
    const events = (await journal.history('42')).filter((event) => 'task' in event && event.task === 'a')
    expect(events.slice(2).map(({ type }) => type)).toEqual(expected)
    if (only === null) return
    expect(events.at(-1)).toMatchObject({ failure: { reason: 'not-approved' }, head: null, final: true })
    const tipOf = (branch: string) => git(remote.dir, ['rev-parse', `refs/heads/tributary/42/${branch}`])
    expect([tipOf('a'), tipOf('trunk')]).toEqual([start, trunk])
  })
})
