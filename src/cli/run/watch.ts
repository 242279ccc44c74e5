import { z } from 'zod'
import type { RunEvent } from '../../core/run/event.ts'
import { replay } from '../../core/run/evolve.ts'
import { emptyRun, type RunState } from '../../core/run/state.ts'
import type { Journal } from '../../ports/journal.ts'
import { commentSchema, isBot } from '../hub-client/comments.ts'
import type { ApiPerson } from '../hub-client/person.ts'

/** A run as it stands now. */
export interface Look {
  /** Null before its journal begins. */
  run: string | null
  state: RunState
  /** What has happened since the last look. */
  events: readonly RunEvent[]
  /** Whether a job is queued or at work that may move a run on. Slots that wait for work do not: without an orchestrator none comes. */
  isBusy: boolean
}

const workflowRun = z.object({ id: z.number() })
const job = z.object({ name: z.string(), status: z.string() })

/** Looks at the newest run of an issue: its journal, and whether anything moves it on. */
export function watchRun(journal: Journal, person: ApiPerson, issue: number): () => Promise<Look> {
  let seen: { tip: string | null; events: readonly RunEvent[]; state: RunState } = {
    tip: null,
    events: [],
    state: emptyRun,
  }
  return async () => {
    // Asked first: what a job writes as its last is in the journal then.
    const active = await activeRuns(person)
    const newest = (await journal.runsOf(issue)).runs.at(-1)
    const before = seen.events.length
    if (newest !== undefined && newest.tip !== seen.tip) {
      const events = await journal.history(newest.run)
      seen = { tip: newest.tip, events, state: replay(events) }
    }
    const isBusy = hasOrchestrator(seen.state) ? active.length > 0 : await someJobMayAct(person, active)
    return { run: newest?.run ?? null, state: seen.state, events: seen.events.slice(before), isBusy }
  }
}

const hasOrchestrator = (state: RunState): boolean => state.phase !== 'empty' && state.orchestrator !== null

async function activeRuns(person: ApiPerson): Promise<number[]> {
  const lists = ['in_progress', 'queued'].map((status) =>
    person.list(workflowRun, `/actions/runs?status=${status}`, 'workflow_runs'),
  )
  return (await Promise.all(lists)).flat().map(({ id }) => id)
}

async function someJobMayAct(person: ApiPerson, runs: readonly number[]): Promise<boolean> {
  const jobs = await Promise.all(runs.map((id) => person.list(job, `/actions/runs/${id}/jobs`, 'jobs')))
  return jobs.flat().some(({ name, status }) => status !== 'completed' && !name.startsWith('slot '))
}

/** Tributary's newest comment on an issue after another comment; null: it said nothing. */
export async function newestReply(person: ApiPerson, issue: number, after: number): Promise<string | null> {
  const all = await person.list(commentSchema, '/issues/comments')
  return all.findLast(({ id, thread, author }) => id > after && thread === issue && isBot(author))?.body ?? null
}
