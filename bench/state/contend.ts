import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { startWorld, type World } from '../../__tests__/e2e/support/world.ts'
import { openJournal } from '../../src/adapters/git/journal/journal.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { replay } from '../../src/core/run/evolve.ts'
import { askedFor } from '../machine/approved-run.ts'
import { randomOf, seedOf } from '../random.ts'

export interface Contended {
  writers: number
  kills: number
  written: number
  /** Keys that a writer had said were there, and that are not. */
  lost: number
  doubled: number
  /** 1: the snapshot at the tip is not the fold of the events. */
  torn: number
  /** Branches that hold other commits than the events that were pushed with them, or in another order. */
  apart: number
  seconds: number
}

const KEYS = 6

/** So many processes on one journal of the hub; some are killed at random, and begun again until all is written. */
export async function contend(writers: number, killed: boolean): Promise<Contended> {
  const world = await startWorld()
  try {
    const asked = askedFor(new Date().toISOString())
    const journal = await openJournal({
      gitDir: join(world.folder, 'first.git'),
      remoteUrl: pathToFileURL(world.gitDir).href,
      token: '',
      clock: systemClock,
    })
    await journal.append('42', null, [asked], replay([asked]), [])
    const begun = performance.now()
    const said: string[] = []
    const base = world.git('rev-parse', BASE)
    const kills = await Promise.all(
      Array.from({ length: writers }, (_, index) => {
        const random = killed ? randomOf(seedOf('kill', writers, index)) : null
        return untilDone(world, [base, branchOf(index), ...keysOf(index)], said, random)
      }),
    )
    const seconds = (performance.now() - begun) / 1000
    return {
      writers,
      kills: kills.reduce((sum, one) => sum + one, 0),
      seconds,
      ...(await whatIsThere(world, writers, said)),
    }
  } finally {
    await world.close()
  }
}

const keysOf = (writer: number): string[] => Array.from({ length: KEYS }, (_, index) => `writer:${writer}:${index}`)

const BASE = 'refs/heads/main'
const branchOf = (writer: number): string => `refs/heads/tributary/42/writer-${writer}`

async function untilDone(
  world: World,
  words: readonly string[],
  said: string[],
  random: (() => number) | null,
): Promise<number> {
  for (let kills = 0; ; kills += 1) {
    // Twice at most, so that it ends.
    const dies = random !== null && kills < 2
    if (await live(world, words, said, dies ? 300 + 2500 * random() : null)) return kills
  }
}

/** True: it came to its end before it was killed. */
function live(world: World, words: readonly string[], said: string[], killAfter: number | null): Promise<boolean> {
  const program = join(dirname(process.argv[1] ?? ''), 'writer.mjs')
  const child = spawn(process.execPath, [program, world.hub.git, world.hub.tokens.admin, '42', ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.on('data', (chunk) => said.push(...String(chunk).split('\n').filter(Boolean)))
  const timer = killAfter === null ? null : setTimeout(() => child.kill('SIGKILL'), killAfter)
  return new Promise((resolve) =>
    child.once('close', (code) => {
      if (timer !== null) clearTimeout(timer)
      resolve(code === 0)
    }),
  )
}

async function whatIsThere(world: World, writers: number, said: readonly string[]) {
  const events = await world.events('42')
  const keys = events.flatMap(({ type, key }) => (type === 'projected' && key !== undefined ? [key] : []))
  const all = Array.from({ length: writers }, (_, index) => index)
  const wanted = new Set([...said, ...all.flatMap(keysOf)])
  return {
    written: keys.length,
    lost: [...wanted].filter((key) => !keys.includes(key)).length,
    doubled: keys.length - new Set(keys).size,
    torn: isDeepStrictEqual(await world.state('42'), replay(events)) ? 0 : 1,
    apart: all.filter((writer) => !isDeepStrictEqual(commitsOf(world, writer), keysIn(keys, writer))).length,
  }
}

/** Oldest first. */
const commitsOf = (world: World, writer: number): string[] =>
  world.git('log', '--reverse', '--format=%s', `${BASE}..${branchOf(writer)}`).split('\n')

const keysIn = (keys: readonly string[], writer: number): string[] => {
  const own = new Set(keysOf(writer))
  return keys.filter((key) => own.has(key))
}
