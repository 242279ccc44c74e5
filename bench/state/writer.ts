import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openJournal } from '../../src/adapters/git/journal/journal.ts'
import { openRepo } from '../../src/adapters/git/repo.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import { replayOn } from '../../src/core/run/evolve.ts'
import type { RefUpdate } from '../../src/ports/journal.ts'
import { randomOf, seedOf } from '../random.ts'

/**
 * Writes keys to a run's journal one by one, each together with a commit of the same name on a branch of its own; says each
 * that it knows to be there, and may be killed at any time.
 */
const [remoteUrl = '', token = '', run = '', base = '', branch = '', ...keys] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'tributary-writer-'))
const place = { gitDir: join(folder, 'repo.git'), remoteUrl, token, clock: systemClock }
const journal = await openJournal(place)
const repo = await openRepo(place)
const random = randomOf(seedOf(branch, ...keys))
// The horizon: everything that is fetched later reaches down to here.
await repo.fetch([base])

for (const key of keys) {
  for (let tries = 1; !(await write(key)); tries += 1) await systemClock.wait(random() * 0.05 * Math.min(tries, 10))
  console.log(key)
}
rmSync(folder, { recursive: true, force: true })

/** True: the key is in the journal, be it from an earlier life of this writer. */
async function write(key: string): Promise<boolean> {
  const read = await journal.read(run)
  if (read === null || read.state.phase === 'empty') throw new Error(`there is no run ${run}`)
  if (read.state.seen.includes(key)) return true
  const at = systemClock.now().toISOString()
  const entries = [{ name: key, number: 1, node: '', digest: '' }]
  const event: RunEvent = { type: 'projected', at, by: 'tributary', key, entries }
  const moved = await next(key)
  return (await journal.append(run, read.tip, [event], replayOn(read.state, [event]), [moved])).ok
}

/** The branch, one commit further than it is. */
async function next(key: string): Promise<RefUpdate> {
  const from = (await journal.look(run, [branch])).refs.get(branch) ?? null
  const parent = from ?? base
  await repo.fetch([parent])
  const to = await repo.commit(await repo.treeOf(parent), [parent], { subject: key })
  return { ref: branch, from, to }
}
