import { logRef, type RunId, runOfJournalRef, type Sha } from '../../core/ids.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { evolve } from '../../core/run/evolve.ts'
import { eventsInMessage } from '../../core/run/journal-message.ts'
import { emptyRun, type LiveRun, type RunState } from '../../core/run/state.ts'
import type { World } from '../world.ts'

/** A run as its journal has it. */
export interface RunView {
  run: RunId
  tip: Sha
  events: readonly RunEvent[]
  state: LiveRun
}

/** A journal that holds something else than events; anyone with push access can write one. */
export interface BrokenJournal {
  run: RunId
  why: string
}

export interface Journals {
  /** All runs, the newest issue first. */
  list(): Promise<(RunView | BrokenJournal)[]>
  read(run: RunId): Promise<RunView | BrokenJournal | null>
}

type Read = { tip: Sha; events: RunEvent[]; state: RunState }

/** Reads the runs of the hub's repository. Of a journal that grew only what is new is read. */
export function createJournals({ git }: World): Journals {
  const reads = new Map<RunId, Promise<Read>>()
  const follow = async (before: Read | null, tip: Sha): Promise<Read> => {
    const from =
      before !== null && (await git.isAncestor(before.tip, tip)) ? before : { tip: null, events: [], state: emptyRun }
    const range = from.tip === null ? tip : `${from.tip}..${tip}`
    const log = await git.text(['log', '--first-parent', '--reverse', '-z', '--format=%H%n%B', range, '--'])
    const fresh = log
      .split('\0')
      .filter((entry) => entry !== '')
      .flatMap((entry) => eventsInMessage(entry.slice(0, 40), entry.slice(41)))
    return { tip, events: [...from.events, ...fresh], state: fresh.reduce(evolve, from.state) }
  }
  const at = async (run: RunId, tip: Sha): Promise<RunView | BrokenJournal> => {
    const before = (await reads.get(run)?.catch(() => null)) ?? null
    const read = before?.tip === tip ? Promise.resolve(before) : follow(before, tip)
    reads.set(run, read)
    try {
      const { events, state } = await read
      return state.phase === 'empty' ? { run, why: 'it holds no event' } : { run, tip, events, state }
    } catch (error) {
      return { run, why: error instanceof Error ? error.message : String(error) }
    }
  }
  const tips = async () => tipsIn(await git.refs('refs/'))
  return {
    list: async () =>
      Promise.all(
        [...(await tips())].toSorted(([one], [other]) => byAge(other, one)).map(([run, tip]) => at(run, tip)),
      ),
    read: async (run) => {
      const tip = (await tips()).get(run)
      return tip === undefined ? null : at(run, tip)
    },
  }
}

/** The branch is for remotes that refuse other refs. */
function tipsIn(refs: readonly { ref: string; sha: Sha }[]): Map<RunId, Sha> {
  const tips = new Map<RunId, Sha>()
  for (const { ref, sha } of refs) {
    const run = runOfJournalRef(ref)
    if (run !== null && (ref === logRef(run) || !tips.has(run))) tips.set(run, sha)
  }
  return tips
}

const byAge = (one: RunId, other: RunId): number => one.localeCompare(other, 'en', { numeric: true })
