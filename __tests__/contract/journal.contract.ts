import { describe, expect, it } from 'vitest'
import { branchRef, logRef, type RunId, type Sha } from '../../src/core/ids.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import { replay, replayOn } from '../../src/core/run/evolve.ts'
import { emptyRun } from '../../src/core/run/state.ts'
import type { Appended, Journal, RefUpdate } from '../../src/ports/journal.ts'
import { noted, planRequested } from '../support/events.ts'
import { printedSeed, randomOf } from '../support/random.ts'

export interface Writer {
  journal: Journal
  /** A commit that is nowhere yet but with this writer. */
  commit(): Promise<Sha>
}

export interface JournalStage {
  /** Each writer stands for a process of its own. */
  writer(): Promise<Writer>
  tipOf(ref: string): Sha | null
  /** From now on the remote does not take this ref. */
  refuse(ref: string, words: string): void
}

const RUN = '42'
const TRUNK = branchRef('tributary/42/trunk')
const TASK = branchRef('tributary/42/t1')

async function begin(journal: Journal, run: RunId = RUN, refs: readonly RefUpdate[] = []): Promise<Sha> {
  const events = [planRequested(run)]
  return tipIn(await journal.append(run, null, events, replay(events), refs))
}

/** What a job does: read, decide, write, and once more where somebody was faster. Gives back how often it lost. */
async function write(journal: Journal, run: RunId, events: readonly RunEvent[], refs: readonly RefUpdate[] = []) {
  for (let lost = 0; ; lost += 1) {
    const read = await journal.read(run)
    const state = replayOn(read?.state ?? emptyRun, events)
    const appended = await journal.append(run, read?.tip ?? null, events, state, refs)
    if (appended.ok) return { tip: appended.tip, lost }
  }
}

function tipIn(appended: Appended): Sha {
  if (!appended.ok) throw new Error(`not appended: ${JSON.stringify(appended.error)}`)
  return appended.tip
}

/** What every journal keeps to, whatever it is made of. */
export function journalContract(name: string, open: () => Promise<JournalStage>): void {
  describe(`the journal ${name}`, () => {
    it('knows nothing of a run that nobody has begun', async () => {
      const { journal } = await (await open()).writer()
      expect(await journal.runsOf(42)).toEqual({ runs: [] })
      expect(await journal.look(RUN, [TRUNK])).toEqual({ tip: null, refs: new Map() })
      expect(await journal.read(RUN)).toBeNull()
      expect(await journal.history(RUN)).toEqual([])
    })

    it('shows another process what was written', async () => {
      const stage = await open()
      const tip = await begin((await stage.writer()).journal)
      const { journal } = await stage.writer()
      expect(await journal.look(RUN, [])).toEqual({ tip, refs: new Map() })
      expect(await journal.read(RUN)).toEqual({ state: replay([planRequested(RUN)]), tip })
      expect(await journal.history(RUN)).toEqual([planRequested(RUN)])
      expect(stage.tipOf(logRef(RUN))).toBe(tip)
    })

    it('keeps events in order, and a snapshot that is the fold of all of them', async () => {
      const stage = await open()
      const [one, other] = [await stage.writer(), await stage.writer()]
      await begin(one.journal)
      await write(other.journal, RUN, [noted('a'), noted('b')])
      await write(one.journal, RUN, [noted('c')])
      const { tip } = await write(other.journal, RUN, [noted('a', 2), noted('d')])
      const events = [planRequested(RUN), noted('a'), noted('b'), noted('c'), noted('a', 2), noted('d')]
      for (const { journal } of [one, other, await stage.writer()]) {
        expect(await journal.history(RUN)).toEqual(events)
        expect(await journal.read(RUN)).toEqual({ state: replay(events), tip })
      }
    })

    it('lets one of two begin a run', async () => {
      const stage = await open()
      const [one, other] = [await stage.writer(), await stage.writer()]
      const tip = await begin(one.journal)
      const late = await other.journal.append(RUN, null, [planRequested(RUN)], replay([planRequested(RUN)]), [])
      expect(late).toEqual({ ok: false, error: { reason: 'conflict', refs: [logRef(RUN)] } })
      expect(stage.tipOf(logRef(RUN))).toBe(tip)
    })

    it('refuses what was decided on an older state', async () => {
      const stage = await open()
      const [one, other] = [await stage.writer(), await stage.writer()]
      const old = await begin(one.journal)
      const { tip } = await write(other.journal, RUN, [noted('a')])
      const late = await one.journal.append(RUN, old, [noted('b')], replay([planRequested(RUN), noted('b')]), [])
      expect(late).toEqual({ ok: false, error: { reason: 'conflict', refs: [logRef(RUN)] } })
      expect((await one.journal.read(RUN))?.tip).toBe(tip)
    })

    it('makes two entries out of the same events', async () => {
      const stage = await open()
      const { journal } = await stage.writer()
      await begin(journal)
      const first = await write(journal, RUN, [noted('a')])
      const second = await write(journal, RUN, [noted('a')])
      expect(second.tip).not.toBe(first.tip)
      expect(await journal.history(RUN)).toHaveLength(3)
    })

    it('creates, moves and deletes refs together with what it writes about them', async () => {
      const stage = await open()
      const { journal, commit } = await stage.writer()
      const [first, second] = [await commit(), await commit()]
      await begin(journal, RUN, [
        { ref: TRUNK, from: null, to: first },
        { ref: TASK, from: null, to: first },
      ])
      expect([stage.tipOf(TRUNK), stage.tipOf(TASK)]).toEqual([first, first])
      expect((await journal.look(RUN, [TRUNK, TASK, branchRef('none')])).refs).toEqual(
        new Map([
          [TRUNK, first],
          [TASK, first],
        ]),
      )
      await write(
        journal,
        RUN,
        [noted('moved')],
        [
          { ref: TRUNK, from: first, to: second },
          { ref: TASK, from: first, to: null },
        ],
      )
      expect([stage.tipOf(TRUNK), stage.tipOf(TASK)]).toEqual([second, null])
    })

    it('writes nothing where one ref is not where it was expected', async () => {
      const stage = await open()
      const { journal, commit } = await stage.writer()
      const [first, second, third] = [await commit(), await commit(), await commit()]
      const tip = await begin(journal, RUN, [{ ref: TRUNK, from: null, to: first }])
      const state = replay([planRequested(RUN), noted('a')])
      const appended = await journal.append(RUN, tip, [noted('a')], state, [
        { ref: TASK, from: null, to: second },
        { ref: TRUNK, from: second, to: third },
      ])
      expect(appended).toEqual({ ok: false, error: { reason: 'conflict', refs: [TRUNK] } })
      expect([stage.tipOf(TRUNK), stage.tipOf(TASK), stage.tipOf(logRef(RUN))]).toEqual([first, null, tip])
    })

    it('says which ref the remote refused, and why, and writes nothing', async () => {
      const stage = await open()
      const { journal, commit } = await stage.writer()
      const tip = await begin(journal)
      stage.refuse(TASK, 'no such branches here')
      const state = replay([planRequested(RUN), noted('a')])
      const appended = await journal.append(RUN, tip, [noted('a')], state, [
        { ref: TRUNK, from: null, to: await commit() },
        { ref: TASK, from: null, to: await commit() },
      ])
      expect(appended).toMatchObject({
        ok: false,
        error: { reason: 'refused', refs: [{ ref: TASK, words: 'no such branches here' }] },
      })
      expect([stage.tipOf(TRUNK), stage.tipOf(logRef(RUN))]).toEqual([null, tip])
    })

    it('sees whether the journal goes on from what it knew, or was replaced', async () => {
      const stage = await open()
      const [one, other] = [await stage.writer(), await stage.writer()]
      const first = await begin(one.journal)
      const { tip } = await write(other.journal, RUN, [noted('a')])
      await one.journal.read(RUN)
      expect(await one.journal.follows(RUN, first, tip)).toBe(true)
      expect(await one.journal.follows(RUN, tip, first)).toBe(false)
    })

    it('knows what stands in the way of a new run, and what does not', async () => {
      const stage = await open()
      const { journal, commit } = await stage.writer()
      await begin(journal, '41', [{ ref: branchRef('tributary/41/trunk'), from: null, to: await commit() }])
      await begin(journal, '7', [{ ref: branchRef('tributary/421'), from: null, to: await commit() }])
      expect(await journal.inTheWay(RUN)).toEqual([])
      await begin(journal, '8', [{ ref: branchRef('tributary/42'), from: null, to: await commit() }])
      expect(await journal.inTheWay(RUN)).toEqual([branchRef('tributary/42')])
      expect((await journal.inTheWay('41')).toSorted()).toEqual([branchRef('tributary/41/trunk'), logRef('41')])
    })

    it('lists the runs of one issue, oldest first', async () => {
      const stage = await open()
      const { journal } = await stage.writer()
      const tips: Record<string, Sha> = {}
      for (const run of ['42-10', '42', '420', '42-2', '4', '4-2']) tips[run] = await begin(journal, run)
      const { runs } = await journal.runsOf(42)
      expect(runs).toEqual(['42', '42-2', '42-10'].map((run) => ({ run, tip: tips[run] })))
    })

    it('reads other runs, those of the newest issues first', async () => {
      const stage = await open()
      const { journal } = await stage.writer()
      for (const run of ['9', '42', '41', '100']) await begin(journal, run)
      const { journal: reader } = await stage.writer()
      const states = await reader.others('42', 2)
      expect(states.map((state) => state.phase !== 'empty' && state.run)).toEqual(['100', '41'])
      expect(await reader.others('42', 20)).toHaveLength(3)
      expect(await (await (await open()).writer()).journal.others('42', 20)).toEqual([])
    })

    it('keeps runs apart', async () => {
      const stage = await open()
      const { journal } = await stage.writer()
      await begin(journal, '42')
      await begin(journal, '42-2')
      await write(journal, '42-2', [noted('a')])
      expect(await journal.history('42')).toEqual([planRequested('42')])
      expect(await journal.history('42-2')).toEqual([planRequested('42-2'), noted('a')])
    })

    it('takes no entry without an event', async () => {
      const { journal } = await (await open()).writer()
      await expect(journal.append(RUN, null, [], emptyRun, [])).rejects.toThrow('nothing to append')
    })

    it('loses no event of five writers at once', async () => {
      const random = randomOf(printedSeed())
      const stage = await open()
      const writers = await Promise.all(Array.from({ length: 5 }, () => stage.writer()))
      await begin((await stage.writer()).journal)
      const names = writers.map((_, writer) =>
        Array.from({ length: 1 + random(2) }, (_, index) => `w${writer}-${index}`),
      )
      const work = writers.map(async ({ journal }, index) => {
        for (const name of names[index] ?? []) await write(journal, RUN, [noted(name), noted('last', index + 1)])
      })
      await Promise.all(work)
      const { journal } = await stage.writer()
      const events = await journal.history(RUN)
      const written = events
        .flatMap((event) => (event.type === 'projected' ? event.entries : []))
        .map((entry) => entry.name)
      expect(written.filter((name) => name !== 'last').toSorted()).toEqual(names.flat().toSorted())
      expect((await journal.read(RUN))?.state).toEqual(replay(events))
    })
  })
}
