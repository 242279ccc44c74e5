import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openJournal } from '../../../../src/adapters/git/journal/journal.ts'
import { branchRef, logRef } from '../../../../src/core/ids.ts'
import { replay, replayOn } from '../../../../src/core/run/evolve.ts'
import { emptyRun } from '../../../../src/core/run/state.ts'
import { noted, planRequested } from '../../../support/events.ts'
import { git, tempDir } from '../../../support/git.ts'
import type { Fault } from '../../../support/git-server.ts'
import { hastyClock } from '../../../support/hasty-clock.ts'
import { httpStage, TOKEN } from '../stage.ts'

const PUSH = 'git-receive-pack'
const RUN = '42'
const TRUNK = branchRef('tributary/42/trunk')
const begun = replay([planRequested(RUN)])

/** A run that has begun, and a journal that knows so. */
async function stage(seconds = 60) {
  const { remote, server, url, writer } = await httpStage()
  const clock = hastyClock()
  const options = { gitDir: join(tempDir(), 'repo.git'), remoteUrl: url, token: TOKEN, clock, seconds }
  const journal = await openJournal(options)
  const first = await journal.append(RUN, null, [planRequested(RUN)], begun, [])
  if (!first.ok) throw new Error('a conflict')
  const append = (name: string) => journal.append(RUN, first.tip, [noted(name)], replayOn(begun, [noted(name)]), [])
  const chain = () => git(remote.dir, ['log', '--reverse', '--format=%s', logRef(RUN)]).split('\n')
  const pushes = () => server.asked.filter((service) => service === PUSH).length
  server.asked.length = 0
  return { remote, server, url, writer, journal, clock, tip: first.tip, append, chain, pushes }
}

/** What somebody else writes in the meantime. */
async function writeAs(writer: Awaited<ReturnType<typeof stage>>['writer'], name: string) {
  const { journal } = await writer()
  const read = await journal.read(RUN)
  const state = replayOn(read?.state ?? emptyRun, [noted(name)])
  await journal.append(RUN, read?.tip ?? null, [noted(name)], state, [])
}

describe('a push whose outcome is unknown', () => {
  it('had succeeded, and was answered with a 502: it is not made twice', async () => {
    const { server, append, chain, pushes, remote } = await stage()
    server.fail(PUSH, 'error-after')
    expect(await append('a')).toEqual({ ok: true, tip: remote.tip(logRef(RUN)) })
    expect([chain(), pushes()]).toEqual([['plan requested', 'projected'], 1])
  })

  it('had succeeded, and lost its connection: what is sent again, by curl itself, writes nothing twice', async () => {
    const { server, append, chain, remote } = await stage()
    server.fail(PUSH, 'lost-after')
    expect(await append('a')).toEqual({ ok: true, tip: remote.tip(logRef(RUN)) })
    expect(chain()).toEqual(['plan requested', 'projected'])
  })

  it('had succeeded, and nobody ever said so: it is given up, and looked for', async () => {
    const { server, append, remote, pushes } = await stage(3)
    server.fail(PUSH, 'silent-after')
    expect(await append('a')).toEqual({ ok: true, tip: remote.tip(logRef(RUN)) })
    expect(pushes()).toBe(1)
  })

  it('had not: it is tried again, each time a little later', async () => {
    const { server, append, chain, clock, pushes } = await stage()
    server.fail(PUSH, 'error-before', 'error-before', 'error-before')
    expect(await append('a')).toMatchObject({ ok: true })
    expect([chain(), clock.waits, pushes()]).toEqual([['plan requested', 'projected'], [0.25, 0.5, 1], 4])
  })

  it('had succeeded, and somebody has written on top of it since: it is ours all the same', async () => {
    const { server, writer, append, chain, journal } = await stage()
    server.fail(PUSH, 'error-after')
    server.afterNext(PUSH, () => writeAs(writer, 'theirs'))
    const appended = await append('ours')
    expect(appended).toMatchObject({ ok: true })
    expect(chain()).toHaveLength(3)
    expect(await journal.history(RUN)).toEqual([planRequested(RUN), noted('ours'), noted('theirs')])
  })

  it('had not, and somebody else was faster: it is lost', async () => {
    const { server, writer, append, journal } = await stage()
    server.fail(PUSH, 'error-before')
    server.afterNext('git-upload-pack', () => writeAs(writer, 'theirs'))
    const appended = await append('ours')
    expect(appended).toEqual({ ok: false, error: { reason: 'conflict', refs: [logRef(RUN)] } })
    expect(await journal.history(RUN)).toEqual([planRequested(RUN), noted('theirs')])
  })

  it('stays unknown: it throws, after many tries, with what git said', async () => {
    const { server, append, clock, remote, tip } = await stage()
    server.fail(PUSH, ...Array<Fault>(20).fill('error-before'))
    await expect(append('a')).rejects.toThrow(/not known.*503/s)
    expect([clock.waits.length, remote.tip(logRef(RUN))]).toEqual([7, tip])
  })

  it('began a run, and was answered with a 502: it is found', async () => {
    const { server, journal, remote } = await stage()
    server.fail(PUSH, 'error-after')
    const state = replay([planRequested('43')])
    const appended = await journal.append('43', null, [planRequested('43')], state, [])
    expect(appended).toEqual({ ok: true, tip: remote.tip(logRef('43')) })
  })
})

describe('a push that is denied', () => {
  it('is not tried again', async () => {
    const { server, append, clock, pushes } = await stage()
    server.denyPushes()
    expect(await append('a')).toMatchObject({
      error: { reason: 'refused', refs: [{ ref: logRef(RUN), words: expect.stringContaining('403') }] },
    })
    expect([clock.waits, pushes()]).toEqual([[], 1])
  })

  it('says what the remote said, and moves nothing', async () => {
    const { remote, tip, writer } = await stage()
    remote.updateHook('case "$1" in refs/heads/*) echo "no pushes to $1 today" >&2; exit 1;; esac')
    const { journal, commit } = await writer()
    const refs = [{ ref: TRUNK, from: null, to: await commit() }]
    const appended = await journal.append(RUN, tip, [noted('a')], replayOn(begun, [noted('a')]), refs)
    expect(appended).toMatchObject({
      error: { refs: [{ ref: TRUNK, words: 'no pushes to refs/heads/tributary/42/trunk today' }] },
    })
    expect([remote.tip(logRef(RUN)), remote.tip(TRUNK)]).toEqual([tip, null])
  })

  it('is not even tried with a commit that is not here, or with an id that is none', async () => {
    const { journal, tip, clock, pushes } = await stage()
    const state = replayOn(begun, [noted('a')])
    const appendTo = (to: string) => journal.append(RUN, tip, [noted('a')], state, [{ ref: TRUNK, from: null, to }])
    await expect(appendTo('1'.repeat(40))).rejects.toThrow(`${'1'.repeat(40)} is not here`)
    await expect(appendTo('')).rejects.toThrow('full commit id')
    expect([clock.waits, pushes()]).toEqual([[], 0])
  })
})
