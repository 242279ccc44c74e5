import { expect, it } from 'vitest'
import type { ApiPerson } from '../../../src/cli/hub-client/person.ts'
import { watchRun } from '../../../src/cli/run/watch.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { replay } from '../../../src/core/run/evolve.ts'
import { memoryJournal, memoryRemote } from '../../support/memory/journal.ts'
import { AT, requested } from '../../support/run.ts'

type Job = { name: string; status: string }

/** A person whom the hub shows one workflow run with these jobs. */
const seeing = (jobs: readonly Job[]): ApiPerson => ({
  login: 'you',
  openIssue: async () => 42,
  comment: async () => 1,
  merge: async () => '',
  list: async (item, path) => {
    const active = jobs.some(({ status }) => status !== 'completed')
    if (path.endsWith('/jobs')) return jobs.map((job) => item.parse(job))
    return active && path.includes('in_progress') ? [item.parse({ id: 7 })] : []
  },
})

const orchestrator: RunEvent = { type: 'orchestrator_requested', at: AT, by: 'you', workflowRun: 7 }
const left: RunEvent = { type: 'orchestrator_left', at: AT, by: 'tributary', why: 'waiting' }

async function isBusy(events: readonly RunEvent[], ...jobs: Job[]): Promise<boolean> {
  const journal = memoryJournal(memoryRemote())
  await journal.append('42', null, events, replay(events), [])
  return (await watchRun(journal, seeing(jobs), 42)()).isBusy
}

const slot: Job = { name: 'slot r1.1', status: 'in_progress' }

it('a run is moved on by a command at work, and by slots as long as an orchestrator is there', async () => {
  expect(await isBusy([...requested(), orchestrator], slot)).toBe(true)
  expect(await isBusy([...requested(), orchestrator, left], slot, { name: 'command', status: 'queued' })).toBe(true)
})

it('a run whose orchestrator has left is not moved on by slots that still wait for work', async () => {
  expect(await isBusy([...requested(), orchestrator, left], slot, { name: 'command', status: 'completed' })).toBe(false)
  expect(await isBusy([...requested(), orchestrator])).toBe(false)
})
