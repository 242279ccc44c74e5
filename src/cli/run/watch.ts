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
  /** Whether a job of any run is queued or at work. */
  isBusy: boolean
}

const workflowRun = z.object({ id: z.number() })

/** Looks at the newest run of an issue: its journal, and whether anything moves it on. */
export function watchRun(journal: Journal, person: ApiPerson, issue: number): () => Promise<Look> {
  let seen: { tip: string | null; events: readonly RunEvent[]; state: RunState } = {
    tip: null,
    events: [],
    state: emptyRun,
  }
  return async () => {
    // Asked first: what a job writes as its last is in the journal then.
    const isBusy = await hasJobs(person)
    const newest = (await journal.runsOf(issue)).runs.at(-1)
    if (newest === undefined || newest.tip === seen.tip)
      return { run: newest?.run ?? null, state: seen.state, events: [], isBusy }
    const events = await journal.history(newest.run)
    const fresh = events.slice(seen.events.length)
    seen = { tip: newest.tip, events, state: replay(events) }
    return { run: newest.run, state: seen.state, events: fresh, isBusy }
  }
}

async function hasJobs(person: ApiPerson): Promise<boolean> {
  for (const status of ['in_progress', 'queued'])
    if ((await person.list(workflowRun, `/actions/runs?status=${status}`, 'workflow_runs')).length > 0) return true
  return false
}

/** Tributary's newest comment on an issue after another comment; null: it said nothing. */
export async function newestReply(person: ApiPerson, issue: number, after: number): Promise<string | null> {
  const all = await person.list(commentSchema, '/issues/comments')
  return all.findLast(({ id, thread, author }) => id > after && thread === issue && isBot(author))?.body ?? null
}
