import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openJournal } from '../adapters/git/journal.ts'
import { systemClock } from '../clock.ts'
import type { RunEvent } from '../core/event.ts'

/** Every event of a run, read from its remote into a repository that is thrown away afterwards. */
export async function readJournal(remoteUrl: string, token: string, run: string): Promise<RunEvent[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-log-'))
  try {
    const journal = await openJournal({ gitDir: join(folder, 'journal.git'), remoteUrl, token, clock: systemClock })
    return await journal.history(run)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
