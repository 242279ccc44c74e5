import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openFiles } from '../../../../src/adapters/files/files.ts'
import { openRepo } from '../../../../src/adapters/git/repo.ts'
import { openWorktree } from '../../../../src/adapters/git/worktree/worktree.ts'
import type { RunEvent } from '../../../../src/core/run/event.ts'
import { replayOn } from '../../../../src/core/run/evolve.ts'
import type { ActiveRun } from '../../../../src/core/run/state.ts'
import { parkedUntil, resumable } from '../../../../src/core/schedule/parked.ts'
import { defaultSettings } from '../../../../src/core/settings.ts'
import { wordsFor } from '../../../../src/jobs/commit-words.ts'
import { emptyDraft } from '../../../../src/jobs/orchestrate/session/event-draft.ts'
import { noteRefusal } from '../../../../src/jobs/orchestrate/session/refusals.ts'
import type { Session } from '../../../../src/jobs/orchestrate/session/session.ts'
import { takeBackLost } from '../../../../src/jobs/orchestrate/slots/lost-work.ts'
import { LimitReached } from '../../../../src/ports/rate-limit.ts'
import type { CheckpointArtifact } from '../../../../src/ports/slots.ts'
import { bareRemote, git, tempDir } from '../../../support/git.ts'
import { hastyClock } from '../../../support/hasty-clock.ts'
import { afterwards, begun, running } from '../../../support/run.ts'

const TITLE = 'Add b'
const { commits } = defaultSettings
const OURS = wordsFor('42', { task: 'a', attempt: 1, title: TITLE, commits })
const STEPS = ['write {"path":"src/b"}']
const BRANCH = 'refs/heads/tributary/42/a'

interface Left {
  /** Its files; none: the slot has left no checkpoint. */
  files?: readonly string[]
  words?: typeof OURS
  /** What the checkpoint says instead. */
  says?: object
  artifact?: Partial<CheckpointArtifact>
  older?: boolean
  /** Makes another commit out of the slot's own, in its repository. */
  rewrite?: (dir: string, head: string) => string
  bundle?: 'none' | 'damaged'
  secrets?: string[]
  text?: string
}

/** A run that has lost the slot of its task `a`, and what that slot has left. */
async function lost({ files = ['src/b'], words = OURS, rewrite = (_, head) => head, ...left }: Left = {}) {
  const remote = bareRemote()
  const base = remote.commit({ 'a.txt': 'a\n' })
  remote.point('refs/heads/main', base)
  const dir = tempDir()
  git(dir, ['init', '--quiet', '.'])
  const [clock, remoteUrl] = [hastyClock(), remote.url]
  const worktree = await openWorktree({ dir, remoteUrl, token: '', clock, openFiles })
  await worktree.prepare(base)
  for (const path of files) {
    mkdirSync(join(dir, path, '..'), { recursive: true })
    writeFileSync(join(dir, path), 'x\n')
  }
  const part = { takes: () => true, files: 100, mostBytes: () => 1000 }
  const made = await worktree.checkpoint(words, part)
  const head = made === null ? base : rewrite(dir, made.head)
  const bundle = join(tempDir(), 'work.bundle')
  if (made !== null) await worktree.bundle(head, base, bundle)
  if (left.bundle === 'damaged') writeFileSync(bundle, 'no bundle')
  const repo = await openRepo({ gitDir: join(tempDir(), 'run.git'), remoteUrl, token: '', clock })
  await repo.fetch([base])
  const file = { version: 1, run: '42', task: 'a', attempt: 1, slot: 'r1.1', head, steps: STEPS, ...left.says }
  const artifact = { id: 9, workflowRun: 7, run: '42', task: 'a', attempt: 1, number: 2, ...left.artifact }
  const asked: unknown[] = []
  const slots = {
    checkpoints: async (...of: unknown[]) => {
      asked.push(['list', ...of])
      const found = files.length === 0 ? [] : [artifact]
      return left.older ? [{ ...artifact, id: 8, number: 1 }, ...found] : found
    },
    download: async ({ id }: CheckpointArtifact) => {
      asked.push(['download', id])
      return { result: left.text ?? JSON.stringify(file), bundle: left.bundle === 'none' ? null : bundle }
    },
  }
  const lines: string[] = []
  const session = {
    run: '42',
    deps: {
      slots,
      clock,
      redact: (text: string) => text,
      secrets: left.secrets ?? [],
      log: (line: string) => lines.push(line),
    },
    repo,
    jobs: new Map([['r1.1', { status: 'completed', job: 1, leftInOrder: false }]]),
    keptWork: new Map(),
    refusedRefs: new Map(),
    notOurs: new Set(),
    limitedUntil: null,
  } as unknown as Session
  const state = running('a', { tasks: { a: { title: TITLE, writes: ['src/**'] } } })
  const requested: RunEvent[] = [
    {
      type: 'slots_requested',
      at: clock.now().toISOString(),
      by: 'tributary',
      request: 'r1',
      count: 1,
      workflowRun: 7,
    },
  ]
  const events = begun(state, 'a').map((event) => (event.type === 'task_queued' ? { ...event, base } : event))
  const run = afterwards(state, ...requested, ...events) as ActiveRun
  return { session, run, base, head, asked, lines, takeBack: () => takeBackLost(session, emptyDraft(run)) }
}

it('work of a slot that died is taken back: the branch of the task holds it, and the next attempt goes on from there', async () => {
  const { takeBack, base, head, run, asked } = await lost({ older: true })
  const { events, refs, state } = await takeBack()
  expect(events).toMatchObject([{ type: 'task_returned', task: 'a', attempt: 1, kept: { head, steps: STEPS } }])
  expect(refs).toEqual([{ ref: BRANCH, from: base, to: head }])
  expect(asked).toEqual([
    ['list', 7, '42'],
    ['download', 9],
  ])
  const record = (replayOn(run, events) as ActiveRun).work.tasks.a ?? expect.fail('no record')
  expect(resumable(record)).toMatchObject({ attempt: 1, head, steps: STEPS })
  expect([record.state.status, parkedUntil('a', record), record.failures]).toEqual(['pending', null, 0])
  expect(state.phase).toBe('active')
})

it('a slot that left no checkpoint has its task begun again, and nothing is asked for while none is lost', async () => {
  const none = await lost({ files: [] })
  expect((await none.takeBack()).events).toEqual([expect.not.objectContaining({ kept: expect.anything() })])
  const alive = await lost()
  alive.session.jobs.set('r1.1', { status: 'in_progress', job: 1, leftInOrder: false })
  expect((await alive.takeBack()).events).toEqual([])
  expect(alive.asked).toEqual([])
})

it('what its last checkpoint had spent is recorded with it', async () => {
  const usage = { fresh: 1, cached: 2, written: 3, output: 4 }
  const spending = [{ role: 'work', model: 'claude-sonnet-5-5', calls: 1, usage, usd: 0.5, unknown: 0 }]
  const { takeBack } = await lost({ says: { spending } })
  expect((await takeBack()).events).toMatchObject([{ type: 'task_returned', kept: {}, lastKnown: spending }])
  const silent = await (await lost()).takeBack()
  expect(silent.events[0]).not.toHaveProperty('lastKnown')
})

it('it is looked for once, also if the push is lost to another process and decided again', async () => {
  const { takeBack, asked } = await lost()
  const [first, again] = [await takeBack(), await takeBack()]
  expect(again.refs).toEqual(first.refs)
  expect(asked).toHaveLength(2)
})

const rewritten = (change: (text: string) => string) => (dir: string, head: string) =>
  git(dir, ['hash-object', '-t', 'commit', '-w', '--stdin'], `${change(git(dir, ['cat-file', 'commit', head]))}\n`)

it.each<[string, Left, string]>([
  ['of another slot', { says: { slot: 'r1.2' } }, 'it is of slot r1.2'],
  ['of another task than its name', { says: { task: 'b' } }, 'it is of slot r1.1, b-1'],
  ['of another run', { says: { run: '43' } }, 'it is of slot r1.1, a-1'],
  ['with files outside of the task', { files: ['lib/b'] }, 'outside-paths'],
  ['with protected files', { files: ['.github/workflows/x.yml'] }, 'protected-paths'],
  ['with words that are not a slot’s', { words: { ...OURS, body: 'Closes #1' } }, 'result-unreadable'],
  ['on another base', { rewrite: rewritten((text) => text.replace(/^parent .*\n/m, '')) }, 'wrong-base'],
  ['with a secret of the job', { secrets: ['x'.repeat(12)], files: [`src/${'x'.repeat(12)}`] }, 'secret-in-diff'],
  ['with a bundle that is none', { bundle: 'damaged' }, 'the bundle cannot be used'],
  ['without a bundle', { bundle: 'none' }, 'it has no bundle'],
  [
    'that names a commit that its bundle does not hold',
    { says: { head: 'c'.repeat(40) } },
    'the bundle cannot be used',
  ],
  ['that is no JSON', { text: '{' }, 'it is not JSON'],
  ['that says more than it may', { says: { steps: Array(99).fill('x') } }, 'Too big'],
])('a checkpoint %s is not used: the task begins at its base, and people can read why', async (_, left, why) => {
  const { takeBack, lines } = await lost(left)
  const { events, refs } = await takeBack()
  expect(events).toMatchObject([{ type: 'task_returned', task: 'a' }])
  expect(events[0]).not.toHaveProperty('kept')
  expect(refs).toEqual([])
  expect(lines.join('\n')).toContain(why)
})

it('while the API refuses requests, the task is not taken back yet', async () => {
  const { session, takeBack } = await lost()
  const { checkpoints } = session.deps.slots
  session.deps.slots.checkpoints = () => Promise.reject(new LimitReached(new Date('2026-01-02T04:00:00Z')))
  expect((await takeBack()).events).toEqual([])
  session.deps.slots.checkpoints = checkpoints
  expect((await takeBack()).refs).toHaveLength(1)
})

it('work that the remote does not take is left out, whether it names the ref or not, and the task is not blamed', async () => {
  for (const named of [[], [{ ref: BRANCH, words: 'GH013: no' }]]) {
    const { session, takeBack } = await lost()
    const draft = await takeBack()
    noteRefusal(session, draft, draft.refs, { reason: 'refused', words: 'GH013: no', refs: named })
    const { events, refs } = await takeBack()
    expect([events.map(({ type }) => type), refs, session.refusedRefs.size]).toEqual([['task_returned'], [], 0])
  }
})

it('a task that loses its third slot fails with the work on its branch, and a retry by a person goes on from it', async () => {
  const { session, run, head, base } = await lost()
  const record = run.work.tasks.a ?? expect.fail('no record')
  const often = { ...run, work: { ...run.work, tasks: { a: { ...record, lost: 2 } } } }
  const { events, refs } = await takeBackLost(session, emptyDraft(often))
  expect(events).toMatchObject([{ type: 'task_failed', head, final: true, failure: { reason: 'slot-lost' } }])
  expect(refs).toEqual([{ ref: BRANCH, from: base, to: head }])
  const over = (replayOn(often, events) as ActiveRun).work.tasks.a ?? expect.fail('no record')
  expect(resumable(over)).toMatchObject({ head })
})

it('work is kept beside a branch that people have moved', async () => {
  const { session, takeBack, head } = await lost()
  session.notOurs.add(BRANCH)
  expect((await takeBack()).refs).toEqual([{ ref: 'refs/tributary/42/attempts/a-1', from: null, to: head }])
})
