import { decide } from '../../src/core/command/decide.ts'
import { suspects } from '../../src/core/landing/verification.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import { replayOn } from '../../src/core/run/evolve.ts'
import type { Work } from '../../src/core/run/work.ts'
import { defaultSettings } from '../../src/core/settings.ts'
import { STEPS } from '../../src/jobs/orchestrate/orchestrate.ts'
import type { OrchestratorStep } from '../../src/jobs/orchestrate/session/session.ts'
import { live } from '../machine/approved-run.ts'
import { runMachine } from '../machine/machine.ts'
import { integer, type Random, randomOf, seedOf } from '../random.ts'
import { branching, idsOf } from './branches.ts'
import { type GitWorld, gitWorld, withoutHaste } from './git-repository.ts'
import { SLOTS } from './orders.ts'

/** A task that the machine named, and what it took. */
export interface Named {
  /** Whether the first merge after which two files export a name that they still both export is among those it suspects. */
  right: boolean
  suspects: number
  merges: number
  verifications: number
}

export interface Searched {
  branches: number
  /** Share of the branches that merge cleanly, and break what another one has. */
  semantic: number
  clashes: number
  seed: number
  named: readonly Named[]
  /** Whether trunk passed in the end. */
  passed: boolean
  /** Whether `/retry` was refused; the run stays as it is then. */
  refused: boolean
  verifications: number
}

const FILES = 100

/**
 * Pairs of branches that add one name in two files: git merges them, and the plan's verification, which reads the merged
 * tree, fails from the later one on. The task that the machine names is retried on the current trunk, which fixes it.
 * If it is not the first that breaks trunk, people read the verification's log and send back the right one.
 */
export async function searchAll(branches: number, semantic: number, seed: number): Promise<Searched> {
  const ids = idsOf(branches)
  const clashes = semantic === 0 ? 0 : Math.max(1, Math.round(semantic * branches))
  const clashOf = paired(ids, clashes, seed)
  const atFirst = (task: string) => [task, clashOf.get(task)].filter((name) => name !== undefined)
  const world = await gitWorld(FILES, {
    shares: () => false,
    exports: (task, attempt) => (attempt === 1 ? atFirst(task) : [task]),
  })
  try {
    const seen: Seen = { named: [], refused: false }
    const { events, makespan } = await runMachine(branching(ids, new Set(), seed), {
      slots: SLOTS,
      repo: world.repo,
      start: world.start,
      passes: (on) => world.clashesIn(on).length === 0,
      steps: [withoutHaste, ...STEPS, person(world, seen)],
    })
    return {
      branches,
      semantic,
      clashes,
      seed,
      named: withCounts(seen.named, events),
      refused: seen.refused,
      passed: !Number.isNaN(makespan),
      verifications: verificationsIn(events).length,
    }
  } finally {
    world.close()
  }
}

/** So many pairs, all of different branches: by branch, the clash that it has a part in. */
function paired(ids: readonly string[], clashes: number, seed: number): ReadonlyMap<string, string> {
  const random = randomOf(seedOf('semantic', ids.length, clashes, seed))
  const left = [...ids]
  const clashOf = new Map<string, string>()
  for (let clash = 1; clash <= clashes; clash += 1)
    for (const id of [drawFrom(left, random), drawFrom(left, random)]) clashOf.set(id, `clash${clash}`)
  return clashOf
}

const drawFrom = (left: string[], random: Random): string => left.splice(integer(random, left.length), 1)[0] ?? ''

interface Seen {
  named: Named[]
  refused: boolean
}

/** Answers each culprit in the journal with `/retry`. Who is refused, or has had to say so for every task, gives up. */
const person =
  (world: GitWorld, seen: Seen): OrchestratorStep =>
  (session, draft) => {
    const { state } = session
    if (seen.refused || state.phase !== 'active' || state.work.culprit === null) return draft
    const { work } = state
    const guilty = firstToBreak(work, world.clashesIn(work.trunk.tip))
    if (guilty === null || seen.named.length > work.plan.tasks.length) return draft
    const suspected = suspects(work)
    seen.named.push({
      right: suspected.includes(guilty),
      suspects: suspected.length,
      merges: work.trunk.merges.length,
      verifications: 0,
    })
    const at = session.deps.clock.now().toISOString()
    const decided = decide(draft.state, retry(guilty, at, seen.named.length))
    seen.refused = !decided.ok
    const events = decided.ok ? decided.value.events : []
    return { ...draft, state: live(replayOn(draft.state, events)), events: [...draft.events, ...events] }
  }

/** Each clash is complete with its later merge; the earliest of these. */
function firstToBreak({ trunk }: Work, clashes: readonly (readonly string[])[]): string | null {
  const positions = clashes.map((tasks) =>
    Math.max(...tasks.map((task) => trunk.merges.findIndex((merge) => merge.task === task))),
  )
  return trunk.merges[Math.min(...positions)]?.task ?? null
}

const retry = (task: string, at: string, count: number): Parameters<typeof decide>[1] => ({
  command: { name: 'retry', task, note: 'two files export one name' },
  person: { login: 'admin', type: 'User', role: 'admin', viaApp: null },
  settings: defaultSettings,
  at,
  commentedAt: at,
  key: `comment:${count}`,
  issue: 42,
  threadTask: null,
  branches: new Map(),
  drift: null,
})

const verificationsIn = (events: readonly RunEvent[]) => events.filter(({ type }) => type === 'verification_started')

/** Verifications from one culprit to the next. */
function withCounts(named: readonly Named[], events: readonly RunEvent[]): Named[] {
  const found = events.flatMap(({ type }, index) => (type === 'culprit_found' ? [index] : []))
  return named.map((one, index) => ({
    ...one,
    verifications: verificationsIn(events.slice(found[index - 1] ?? 0, found[index])).length,
  }))
}
