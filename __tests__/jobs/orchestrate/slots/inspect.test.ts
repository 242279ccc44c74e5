import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openFiles } from '../../../../src/adapters/files/files.ts'
import { openRepo } from '../../../../src/adapters/git/repo.ts'
import { openWorktree } from '../../../../src/adapters/git/worktree/worktree.ts'
import type { TaskFailure } from '../../../../src/core/failure.ts'
import type { RunEvent } from '../../../../src/core/run/event.ts'
import { handOffOf } from '../../../../src/core/run/hand-off.ts'
import { defaultSettings } from '../../../../src/core/settings.ts'
import type { ResultFile } from '../../../../src/core/slots/slot-result.ts'
import { type Redact, redactor } from '../../../../src/core/text/redact.ts'
import { wordsFor } from '../../../../src/jobs/commit-words.ts'
import { emptyDraft } from '../../../../src/jobs/orchestrate/session/event-draft.ts'
import type { Session } from '../../../../src/jobs/orchestrate/session/session.ts'
import { inspect } from '../../../../src/jobs/orchestrate/slots/inspect.ts'
import { intake } from '../../../../src/jobs/orchestrate/slots/intake.ts'
import type { CommitWords } from '../../../../src/ports/repo.ts'
import { bareRemote, git, tempDir } from '../../../support/git.ts'
import { hastyClock } from '../../../support/hasty-clock.ts'
import { AT, afterwards, begun, report, running } from '../../../support/run.ts'

const TITLE = 'Add b'
const { commits } = defaultSettings
const OURS = wordsFor('42', { task: 'a', attempt: 1, title: TITLE, commits })

interface Slot {
  words?: CommitWords
  failure?: TaskFailure
  /** Makes another commit out of the slot's own, in its repository. */
  rewrite?: (dir: string, head: string) => string
  /** What the slot says that it did. */
  did?: string
  redact?: Redact
  /** The slot that it says it is. */
  slot?: string
}

/** What the orchestrator makes of these files, as a slot hands them over. */
async function inspected(
  files: readonly string[],
  {
    words = OURS,
    failure,
    rewrite = (_, head) => head,
    did = 'Did it',
    redact = (text) => text,
    slot = 'r1.1',
  }: Slot = {},
) {
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
  const made = await worktree.commitAll(words)
  if (made === null) throw new Error('nothing was changed')
  const head = rewrite(dir, made.head)
  const bundle = join(tempDir(), 'work.bundle')
  await worktree.bundle(head, base, bundle)
  const repo = await openRepo({ gitDir: join(tempDir(), 'run.git'), remoteUrl, token: '', clock })
  await repo.fetch([base])
  const handOff = handOffOf(
    { did, interfaces: [], decisions: [], caveats: [], follow_ups: [] },
    { files: [], check: '' },
  )
  const told = { head, tree: made.tree, report: { ...report, acceptanceLog: did, summary: did, handOff } }
  const at = clock.now().toISOString()
  const result: ResultFile = {
    ...{ version: 1, run: '42', task: 'a', attempt: 1, base, slot, startedAt: at, endedAt: at },
    outcome: failure === undefined ? { kind: 'done', ...told } : { kind: 'failed', failure, ...told },
  }
  const download = async () => ({ result: JSON.stringify(result), bundle })
  const session = {
    deps: { slots: { download }, redact, secrets: [], log: () => {} },
    repo,
  } as unknown as Session
  const state = running('a', { tasks: { a: { title: TITLE, writes: ['src/**'] } } })
  const events = begun(state, 'a').map((event) => (event.type === 'task_queued' ? { ...event, base } : event))
  const key = { run: '42', task: 'a', attempt: 1, artifact: 1 }
  return inspect(session, emptyDraft(afterwards(state, ...events)), key as never)
}

const many = Array.from({ length: 70 }, (_, index) => `src/${'long-'.repeat(45)}${index}`)

it('a hand-off names as many files as it may, with what is left out counted, whatever git says', async () => {
  const found = await inspected(many)
  if (found?.verdict !== 'landable') throw new Error(JSON.stringify(found).slice(0, 500))
  const files = found.file.outcome.report.handOff?.files ?? []
  expect([files.length, files.at(-1), files[0]?.length]).toEqual([60, 'and 11 more', 200])
})

it('a failure names as many paths as it may, the slot’s own word and the audit’s alike', async () => {
  const outside = await inspected(many.map((path) => path.replace('src', 'lib')))
  const changed = await inspected(['src/b'], { failure: { reason: 'acceptance-changed-files', paths: many } })
  for (const found of [outside, changed]) {
    if (found?.verdict !== 'failed' || !('paths' in found.failure)) throw new Error(found?.verdict)
    expect([found.failure.paths.length, found.failure.paths.at(-1)]).toEqual([60, 'and 11 more'])
  }
})

const rewritten = (change: (text: string) => string) => (dir: string, head: string) =>
  git(dir, ['hash-object', '-t', 'commit', '-w', '--stdin'], `${change(git(dir, ['cat-file', 'commit', head]))}\n`)

it.each<[string, Slot]>([
  ['another subject', { words: { ...OURS, subject: 'Closes #1' } }],
  ['a body', { words: { ...OURS, body: 'Closes #1' } }],
  ['another trailer', { words: { ...OURS, trailers: { ...OURS.trailers, 'Co-authored-by': 'Mona <m@example.com>' } } }],
  ['another author', { rewrite: rewritten((text) => text.replace(/^author \S+/m, 'author Mona')) }],
  ['another header', { rewrite: rewritten((text) => text.replace(/^(committer .*)$/m, '$1\nencoding latin1')) }],
])('a commit with %s than a slot gives it is refused', async (_what, slot) => {
  expect(await inspected(['src/b'], slot)).toMatchObject({
    verdict: 'failed',
    head: null,
    failure: { reason: 'result-unreadable', detail: expect.stringContaining('author or message') },
  })
})

it('a commit that names its base twice has two parents', async () => {
  const twice = rewritten((text) => text.replace(/^(parent .*)$/m, '$1\n$1'))
  expect(await inspected(['src/b'], { rewrite: twice })).toMatchObject({
    verdict: 'failed',
    head: null,
    failure: { reason: 'wrong-base' },
  })
})

it('an annotated tag of the commit is no commit', async () => {
  const tagged = (dir: string, head: string) => {
    git(dir, ['tag', '-a', '-m', 'a tag', 'tagged', head])
    return git(dir, ['rev-parse', 'refs/tags/tagged'])
  }
  expect(await inspected(['src/b'], { rewrite: tagged })).toMatchObject({
    verdict: 'failed',
    head: null,
    failure: { reason: 'result-unreadable', detail: expect.stringContaining('is a tag, not a commit') },
  })
})

it('a commit that git cannot read in full fails its task, not the orchestrator', async () => {
  const huge = (dir: string, head: string) => {
    const text = git(dir, ['cat-file', 'commit', head])
    return git(dir, ['hash-object', '-t', 'commit', '-w', '--stdin'], `${text}${'x'.repeat(65 * 2 ** 20)}\n`)
  }
  expect(await inspected(['src/b'], { rewrite: huge })).toMatchObject({
    verdict: 'failed',
    failure: { reason: 'result-unreadable', detail: expect.stringContaining('bytes to say') },
  })
})

it('a result of another slot than the journal gave the task to is left out, and the right one still awaited', async () => {
  expect(await inspected(['src/b'], { slot: 'r1.2' })).toBeNull()
  const failure: TaskFailure = { reason: 'program-failed', exitCode: 1, log: '' }
  expect(await inspected(['src/b'], { slot: 'r2.1', failure })).toBeNull()
})

it('one that is written as it was is taken', async () => {
  expect(await inspected(['src/b'], { rewrite: rewritten((text) => text) })).toMatchObject({ verdict: 'landable' })
})

it('nothing that a slot says brings a secret of the orchestrator into the journal', async () => {
  const secret = 'sk-of-the-orchestrator'
  const redact = redactor([secret])
  const failure: TaskFailure = { reason: 'program-failed', exitCode: 1, log: `printed ${secret}` }
  const done = await inspected(['src/b'], { did: `The key is ${secret}.`, redact })
  const failed = await inspected(['src/b'], { did: `The key is ${secret}.`, failure, redact })
  expect([done?.verdict, failed?.verdict]).toEqual(['landable', 'failed'])
  for (const found of [done, failed]) {
    expect(JSON.stringify(found)).toContain('The key is ***.')
    expect(JSON.stringify(found)).not.toContain(secret)
  }
})

it.each([1, 3])('a result of attempt %i is left where it is while attempt 2 is at work', async (attempt) => {
  const first = running('a')
  const again: RunEvent = { type: 'task_returned', at: AT, by: 'tributary', task: 'a', attempt: 1, slot: 'r1.1' }
  const second = afterwards(first, ...begun(first, 'a'), again)
  const draft = emptyDraft(afterwards(second, ...begun(second, 'a')))
  const opened: unknown[] = []
  const session = {
    deps: { slots: { download: async (one: unknown) => opened.push(one) && expect.fail('it was opened') } },
    inspected: new Map(),
  } as unknown as Session
  const result = { run: '42', task: 'a', attempt, artifact: 1 } as never
  expect((await intake(session, draft, [result])).events).toEqual([])
  expect(opened).toEqual([])
})
