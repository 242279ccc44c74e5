import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { eventsInMessage } from '../../../src/core/run/journal-message.ts'
import { parseState, type RunState } from '../../../src/core/run/state.ts'

const execute = promisify(execFile)
const MOST = 64 * 2 ** 20

/**
 * Reads runs out of the hub's own repository. Tests look many times a second, so a look starts git only when the journal
 * has moved: the hub never packs its refs, hence the tip is a file.
 */
export function journalReader(gitDir: string) {
  const seen = new Map<string, { tip: string; state: RunState }>()
  const told = new Map<string, { tip: string; entries: RunEvent[][] }>()
  const git = async (...words: string[]) =>
    (await execute('git', ['--git-dir', gitDir, ...words], { encoding: 'utf8', maxBuffer: MOST })).stdout

  const state = async (run: string): Promise<RunState | null> => {
    const tip = tipOf(gitDir, run)
    const last = seen.get(run)
    if (tip === null || tip === last?.tip) return tip === null ? null : (last?.state ?? null)
    const read = parseState(await git('cat-file', 'blob', `${tip}:state.json`))
    seen.set(run, { tip, state: read })
    return read
  }

  /** What was written together, push by push, the oldest first. */
  const entries = async (run: string): Promise<RunEvent[][]> => {
    const tip = tipOf(gitDir, run)
    const last = told.get(run)
    if (tip === null || tip === last?.tip) return tip === null ? [] : (last?.entries ?? [])
    const log = await git('log', '--first-parent', '--reverse', '-z', '--format=%H%n%B', tip)
    const read = log
      .split('\0')
      .filter((entry) => entry !== '')
      .map((entry) => eventsInMessage(entry.slice(0, 40), entry.slice(41)))
    told.set(run, { tip, entries: read })
    return read
  }

  return { state, entries, events: async (run: string) => (await entries(run)).flat() }
}

/** The journal stands under a ref of its own, or under a branch if the hub takes no others. */
function tipOf(gitDir: string, run: string): string | null {
  for (const ref of [`refs/tributary/${run}/log`, `refs/heads/tributary/${run}/log`]) {
    const tip = textOf(join(gitDir, ref))
    if (tip !== null) return tip
  }
  return null
}

function textOf(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8').trim()
    // A file that is being written is no tip yet.
    return text.length === 40 ? text : null
  } catch {
    return null
  }
}
