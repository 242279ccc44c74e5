import { describe, expect, it } from 'vitest'
import { logRef } from '../../../src/core/ids.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { replay } from '../../../src/core/run/evolve.ts'
import type { JobFailure } from '../../../src/core/slots/recovery.ts'
import { reapDeadOrchestrator } from '../../../src/jobs/command/reap-dead-orchestrator.ts'
import { DispatchRefused } from '../../../src/ports/forge.ts'
import { commentBy, memoryGitHub } from '../../support/memory/github.ts'
import { memoryDeps } from '../../support/memory/job-deps.ts'
import { memoryJournal, memoryRemote } from '../../support/memory/journal.ts'
import { planOf } from '../../support/plan.ts'
import { AT, proposedBy } from '../../support/run.ts'

const OURS = 100
const stamp = { at: AT, by: 'tributary' }

/** A run that is at work in the hands of a workflow run (null: of none), after so many crashes. */
async function world(holder: number | null, crashes = 0, why: string | null = null) {
  const events = proposedBy(planOf('a > b'))
  const planId = replay(events)
  if (planId.phase !== 'proposed') throw new Error('not proposed')
  events.push({ type: 'plan_approved', ...stamp, planId: planId.work.planId, only: null })
  for (let crash = 0; crash < crashes; crash += 1) events.push({ type: 'orchestrator_lost', ...stamp, workflowRun: 1 })
  if (why !== null) events.push({ type: 'orchestrator_failed', ...stamp, why })
  if (holder !== null) events.push({ type: 'orchestrator_started', ...stamp, workflowRun: holder })
  const remote = memoryRemote()
  const journal = memoryJournal(remote)
  await journal.append('42', null, events, replay(events), [])
  const github = memoryGitHub({ issues: [42] })
  const deps = memoryDeps(github, journal, OURS)
  const ended = (
    result: string,
    run: string | null = '42',
    comment: number | null = null,
    failure: JobFailure | null = null,
  ) => reapDeadOrchestrator(deps, { run, issue: 42, comment, result, failure, logUrl: 'https://example.org/log' })
  const since = async () => (await journal.history('42')).slice(events.length).map((event: RunEvent) => event.type)
  return { github, journal, remote, ended, since }
}

describe('a job of the workflow run that failed', () => {
  it('is followed by a fresh orchestrator', async () => {
    const { github, ended, since } = await world(OURS)
    await ended('failure')
    expect(await since()).toEqual(['orchestrator_lost'])
    expect(github.runs).toMatchObject([{ inputs: { role: 'orchestrate', run: '42', request: 'o100' } }])
  })
  it('is followed by one only, though it is told twice', async () => {
    const { github, ended } = await world(OURS)
    await ended('failure')
    await ended('failure')
    expect(github.runs).toHaveLength(1)
  })
  it('does nothing where the run is in other hands', async () => {
    const { github, ended, since } = await world(7)
    await ended('failure')
    expect([await since(), github.runs]).toEqual([[], []])
  })
  it('goes on where the orchestrator died before it could say that it had started', async () => {
    const { github, ended } = await world(null)
    await ended('failure')
    expect(github.runs).toHaveLength(1)
  })
  it('does nothing for a queued double that was cancelled', async () => {
    const { github, ended } = await world(null)
    await ended('cancelled')
    expect(github.runs).toEqual([])
  })
  it('pauses the run where a person cancelled the workflow run, and has its last state shown', async () => {
    const { github, journal, ended, since } = await world(OURS)
    await ended('cancelled')
    expect(await since()).toEqual(['orchestrator_lost', 'run_paused'])
    expect((await journal.read('42'))?.state).toMatchObject({ paused: { why: 'the workflow run was cancelled' } })
    expect(github.runs).toHaveLength(1)
  })
  it('pauses the run when orchestrators die again and again without progress', async () => {
    const { ended, since } = await world(OURS, 3)
    await ended('failure')
    expect(await since()).toEqual(['orchestrator_lost', 'run_paused'])
  })
  it('says on the thread that GitHub starts no other, with its words', async () => {
    const { github, journal } = await world(OURS)
    const deps = memoryDeps(github, journal, OURS)
    const forge = { ...deps.forge, dispatch: () => Promise.reject(new DispatchRefused('forbidden by a policy')) }
    await reapDeadOrchestrator(
      { ...deps, forge },
      { run: '42', issue: 42, comment: null, result: 'failure', failure: null, logUrl: 'x' },
    )
    expect(github.comments.at(-1)?.body).toMatch(/forbidden by a policy.*`dispatch-refused`/s)
    expect((await journal.read('42'))?.state).toMatchObject({ orchestrator: null })
  })
  it('gives up when even showing the last state fails', async () => {
    const { github, ended } = await world(OURS, 8)
    await ended('failure')
    expect(github.runs).toEqual([])
    expect(github.comments).toHaveLength(1)
  })
  it('tells people why, in a new comment, when the run is paused for it', async () => {
    const { github, ended } = await world(OURS, 3, 'the disk is full')
    await ended('failure')
    const body = github.comments.at(-1)?.body
    expect(body).toMatch(/failed 4 times in a row, so the run is paused.*the disk is full.*`orchestrator-lost`/s)
    expect(body).toContain('`/resume`')
  })
  it('names a journal that is gone', async () => {
    const { github, remote, ended } = await world(OURS)
    remote.refs.clear()
    await ended('failure')
    expect(github.comments.at(-1)?.body).toContain('`journal-gone`')
    expect(github.runs).toEqual([])
  })
  it('says what GitHub says where the journal cannot be written, and starts none', async () => {
    const { github, remote, ended } = await world(OURS)
    remote.refused.set(logRef('42'), 'error: GH013: no')
    await ended('failure')
    expect(github.comments.at(-1)?.body).toMatch(/GH013: no.*`journal-refused`/s)
    expect(github.runs).toEqual([])
  })
  it('answers the comment whose command it could not read', async () => {
    const { github, ended } = await world(7)
    const comment = commentBy(github, 'admin', 42, '/status')
    await ended('skipped', null, comment)
    expect(github.comments.at(-1)?.body).toContain('`command-failed`')
  })
})
