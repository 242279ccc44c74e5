import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { type LiveRun, workOf } from '../../../src/core/run/state.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { runCommand } from '../../../src/jobs/command/run-command.ts'
import { commentBy, type MemoryReview, memoryGitHub } from '../../support/memory/github.ts'
import { memoryDeps } from '../../support/memory/job-deps.ts'
import { memoryJournal, memoryRemote } from '../../support/memory/journal.ts'
import { AT, afterwards, landedBy, running, shaOf, verifiedBy } from '../../support/run.ts'

const stamp = { at: AT, by: 'tributary' }
const [FINAL, PULL] = [51, 52]
const LATER = '2030-01-01T00:00:00Z'
const shown = (name: string, number: number): RunEvent => ({
  ...{ type: 'projected', ...stamp },
  entries: [{ name, number, node: `PR_${number}`, digest: '' }],
})

const waiting = (): LiveRun => {
  const run = running('a > b', {}, settingsSchema.parse({ merge: 'review' }))
  return afterwards(run, shown('pull:trunk', FINAL), shown('pull:a', PULL), ...verifiedBy(run, 'a'))
}
const done = (): LiveRun => {
  const run = running('a')
  const moved = { type: 'trunk_moved', ...stamp, task: 'a', sha: shaOf('merge a') } as const
  const landed = afterwards(run, shown('pull:trunk', FINAL), ...landedBy(run, 'a'), moved)
  return afterwards<LiveRun>(landed, { type: 'run_finished', ...stamp, sha: shaOf('merge a') })
}

const review = (pull: number, verdict: MemoryReview['verdict'], change: Partial<MemoryReview> = {}): MemoryReview => ({
  ...{ id: 7, pull, verdict, body: 'Shorter.', commit: shaOf('merge a'), submittedAt: LATER, lines: [] },
  author: { login: 'writer', type: 'User' },
  ...change,
})

/** `/status` by a person, with reviews of which no event has told. */
async function status(state: LiveRun, reviews: MemoryReview[], settings = 'merge: review\n', line = '/status') {
  const github = memoryGitHub({
    issues: [42, PULL],
    roles: { admin: 'admin', writer: 'write' },
    files: { '.github/tributary.yml': settings },
  })
  const head = workOf(state)?.trunk.tip ?? ''
  const pull = { number: FINAL, node: 'PR_51', headBranch: 'tributary/42/trunk', base: 'main', title: 'T', body: '' }
  github.pulls.push({ ...pull, head, draft: false, state: 'open', merged: false })
  github.reviews.push(...reviews)
  const journal = memoryJournal(memoryRemote())
  await journal.append('42', null, [shown('pull:trunk', FINAL)], state, [])
  const id = commentBy(github, 'admin', 42, line)
  const outcome = await runCommand(memoryDeps(github, journal, 1), {
    ...{ id, key: `comment:${id}`, line, formatted: null, createdAt: AT, firstDelivery: true },
    issue: { number: 42, title: 'An issue', body: '', isPull: false },
    sender: { login: 'admin', type: 'User', viaApp: null },
  })
  const after = await journal.read('42')
  const said = (on: number) =>
    github.comments.flatMap(({ thread, author, body }) => (thread === on && author !== 'admin' ? [body] : []))
  return { github, outcome, state: after?.state as LiveRun, said }
}

describe('a review of which no event has told', () => {
  it('is acted on by the next command, if no orchestrator is there to look', async () => {
    const { outcome, state, said } = await status(waiting(), [
      review(PULL, 'changes_requested', { commit: shaOf('a head') }),
    ])
    expect(workOf(state)?.tasks.a).toMatchObject({ state: { status: 'pending' }, notes: ['Shorter.'] })
    expect(said(PULL)).toMatchObject([expect.stringContaining('Attempt 2 of `a` gets the text of this review')])
    expect(outcome).toMatchObject({ run: '42', orchestrate: true })
    const watched = afterwards<LiveRun>(waiting(), { type: 'orchestrator_requested', ...stamp, workflowRun: 1 })
    expect((await status(watched, [review(PULL, 'changes_requested')])).said(PULL)).toEqual([])
  })

  it('proposes tasks also after the end of the run, for changes that were requested since', async () => {
    const { outcome, state, said } = await status(done(), [review(FINAL, 'changes_requested')])
    expect(workOf(state)?.plan.tasks.map(({ id }) => id)).toEqual(['a', 'review-1'])
    expect(said(FINAL)).toMatchObject([expect.stringContaining('`review-1` is added to the plan')])
    expect(outcome.orchestrate).toBe(true)
    const old = review(FINAL, 'changes_requested', { submittedAt: '2020-01-01T00:00:00Z' })
    expect((await status(done(), [old])).said(FINAL)).toEqual([])
    expect((await status(done(), [review(FINAL, 'commented')])).said(FINAL)).toEqual([])
  })

  it('switches auto-merge on if it approves the head that was verified', async () => {
    const approval = review(FINAL, 'approved')
    const { github, said } = await status(done(), [approval], 'auto_merge: squash\n')
    expect(github.autoMerges).toEqual([{ pull: FINAL, method: 'squash', head: shaOf('merge a') }])
    expect(said(FINAL)).toMatchObject([expect.stringContaining('auto-merge is on')])
    expect((await status(done(), [approval])).github.autoMerges).toEqual([])
  })

  it('waits if the command begins another plan', async () => {
    expect((await status(done(), [review(FINAL, 'changes_requested')], undefined, '/plan')).said(FINAL)).toEqual([])
  })
})
