import { expect, it } from 'vitest'
import type { Session } from '../../../../src/jobs/orchestrate/session/session.ts'
import { readJobs, resultsInLogs } from '../../../../src/jobs/orchestrate/slots/job-endings.ts'
import type { JobEnding, SlotJob } from '../../../../src/ports/slots.ts'
import { AT, afterwards, begun, running } from '../../../support/run.ts'

const by = { at: AT, by: 'tributary' }

/** A session with a task at work in `r1.1`, and logs as GitHub gives them, one at each look. */
function sessionWith(...logs: (JobEnding | null)[]) {
  const first = afterwards(running('a'), { type: 'slots_requested', ...by, request: 'r1', count: 1, workflowRun: 7 })
  let asked = 0
  const parts = {
    run: '42',
    state: afterwards(first, ...begun(first, 'a')),
    jobs: new Map(),
    endings: new Map(),
    logLooks: new Map(),
    refusals: new Map(),
    deps: {
      redact: (text: string) => text.replaceAll('ghs_secret', '***'),
      slots: { ending: async () => logs[asked++] ?? null },
    },
  }
  return { session: parts as unknown as Session, asked: () => asked }
}

const failed: SlotJob = {
  id: 9,
  slot: 'r1.1',
  status: 'completed',
  startedAt: null,
  leftInOrder: false,
  url: 'https://x/9',
}
const result = { id: 9, from: 'log', run: '42', task: 'a', attempt: 1 } as const

it('reads the log of a job that failed at work once, and has its result if no artifact is there', async () => {
  const { session, asked } = sessionWith({ error: 'quota, ghs_secret', results: [result] })
  await readJobs(session, [failed])
  await readJobs(session, [failed])
  expect(asked()).toBe(1)
  expect(session.jobs.get('r1.1')).toMatchObject({ status: 'completed', error: 'quota, ***' })
  expect(resultsInLogs(session, [{ id: 1, workflowRun: 7, run: '42', task: 'a', attempt: 1 }])).toEqual([])
  expect(resultsInLogs(session, [])).toEqual([{ ...result, workflowRun: 7 }])
  expect([...session.refusals]).toEqual([['artifact', 'quota, ***']])
})

it('gives a log that is not stored yet two more looks before the work counts as lost', async () => {
  const { session } = sessionWith(null, null, null)
  await readJobs(session, [failed])
  await readJobs(session, [failed])
  expect(session.jobs.has('r1.1')).toBe(false)
  await readJobs(session, [failed])
  expect(session.jobs.get('r1.1')).toMatchObject({ status: 'completed' })
})

it('reads no log of a job that left in order, or that is at no work of ours', async () => {
  const { session, asked } = sessionWith()
  await readJobs(session, [
    { ...failed, leftInOrder: true },
    { ...failed, id: 10, slot: 'r1.2' },
  ])
  expect(asked()).toBe(0)
})

it('knows the step and the page of a slot that failed in its set-up', async () => {
  const { session } = sessionWith({ error: 'exit code 1', results: [] })
  await readJobs(session, [{ ...failed, failedStep: 'Run npm ci' }])
  expect(session.jobs.get('r1.1')?.setUp).toEqual({ step: 'Run npm ci', url: 'https://x/9', words: 'exit code 1' })
})
