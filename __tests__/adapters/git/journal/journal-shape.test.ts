import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openJournal } from '../../../../src/adapters/git/journal/journal.ts'
import { openRepo } from '../../../../src/adapters/git/repo.ts'
import { logRef } from '../../../../src/core/ids.ts'
import { evolve, replay, replayOn } from '../../../../src/core/run/evolve.ts'
import { parseState } from '../../../../src/core/run/state.ts'
import { noted, planRequested } from '../../../support/events.ts'
import { git, line, tempDir } from '../../../support/git.ts'
import { hastyClock } from '../../../support/hasty-clock.ts'
import { fileStage, type GitStage, httpStage, TOKEN } from '../stage.ts'

const RUN = '42'
const PUSH = 'git-receive-pack'
const GREETING = 'refs?service=git-upload-pack'
const begun = replay([planRequested(RUN)])

async function longJournal(entries: number, { remote, url, writer }: GitStage = fileStage()) {
  const { journal } = await writer()
  let state = begun
  let appended = await journal.append(RUN, null, [planRequested(RUN)], begun, [])
  for (let index = 0; index < entries; index += 1) {
    state = evolve(state, noted(`e${index}`))
    if (appended.ok) appended = await journal.append(RUN, appended.tip, [noted(`e${index}`)], state, [])
  }
  return { remote, url, journal, state }
}

const at = (remoteUrl: string) => ({
  gitDir: join(tempDir(), 'repo.git'),
  remoteUrl,
  token: TOKEN,
  clock: hastyClock(),
})

it('can be read with plain git: what happened, the events, the state', async () => {
  const { remote, url } = fileStage()
  const journal = await openJournal({ ...at(url), nonce: () => 'n1' })
  const events = [planRequested(RUN), ...Array.from({ length: 9 }, (_, index) => noted(`e${index}`))]
  await journal.append(RUN, null, events, replay(events), [])
  const show = (format: string) => git(remote.dir, ['log', '-1', `--format=${format}`, logRef(RUN)])
  expect(show('%s')).toBe('plan requested, projected, projected, projected, projected, projected and 4 more')
  expect(show('%(trailers)')).toBe('Tributary-Run: 42\nTributary-Nonce: n1')
  expect(show('%b').split('\n').slice(0, 10)).toEqual(events.map((event) => JSON.stringify(event)))
  expect(git(remote.dir, ['ls-tree', '--name-only', logRef(RUN)])).toBe('state.json')
  expect(parseState(git(remote.dir, ['cat-file', 'blob', `${logRef(RUN)}:state.json`]))).toEqual(replay(events))
})

it('is written to with one request for each entry, once the remote has said what it can', async () => {
  const { server, url } = await httpStage()
  const journal = await openJournal(at(url))
  const first = await journal.append(RUN, null, [planRequested(RUN)], begun, [])
  expect(server.asked).toEqual(['refs?service=git-receive-pack', PUSH])
  if (!first.ok) throw new Error('a conflict')
  expect(await journal.append(RUN, first.tip, [noted('a')], evolve(begun, noted('a')), [])).toMatchObject({ ok: true })
  expect(server.asked.slice(2)).toEqual([PUSH])
})

it('sends with an entry only what the remote does not have', async () => {
  const { server, writer, remote } = await httpStage()
  const { journal, commit } = await writer()
  const to = await commit()
  const task = 'refs/heads/tributary/42/a'
  expect(await journal.append(RUN, null, [planRequested(RUN)], begun, [{ ref: task, from: null, to }])).toMatchObject({
    ok: true,
  })
  expect([remote.tip(task), server.asked.filter((asked) => asked === PUSH)]).toEqual([to, [PUSH]])
  // The journal's commit, its tree and the state in it; and the commit of the task, whose tree is there.
  expect(Number(/^count: (\d+)/.exec(git(remote.dir, ['count-objects', '-v']))?.[1])).toBe(3 + 3 + 1)
})

it('is read at depth 1, and later only as far as it has grown', async () => {
  const { url, journal, state } = await longJournal(5)
  const options = at(url)
  const reader = await openJournal(options)
  const first = await reader.read(RUN)
  const commits = () => Number(git(options.gitDir, ['rev-list', '--count', `refs/journal/${RUN}`]))
  expect([first?.state, commits()]).toEqual([state, 1])
  const more = await journal.append(RUN, first?.tip ?? null, [noted('x')], evolve(state, noted('x')), [])
  expect(more.ok).toBe(true)
  expect([(await reader.read(RUN))?.state, commits()]).toEqual([evolve(state, noted('x')), 2])
})

it.each([
  ['with two requests', [], ['git-upload-pack', 'git-upload-pack']],
  ['by git, if the second one is answered with something else', ['nonsense'], expect.arrayContaining([GREETING])],
  ['by git, if its answer is cut short', ['cut'], expect.arrayContaining([GREETING])],
] as const)('is read further %s', async (_, faults, requests) => {
  const stage = await httpStage()
  const { url, journal, state } = await longJournal(2, stage)
  const options = at(url)
  const reader = await openJournal(options)
  const first = await reader.read(RUN)
  await journal.append(RUN, first?.tip ?? null, [noted('x')], evolve(state, noted('x')), [])
  stage.server.asked.length = 0
  stage.server.afterNext('git-upload-pack', () => stage.server.fail('git-upload-pack', ...faults))
  expect((await reader.read(RUN))?.state).toEqual(evolve(state, noted('x')))
  expect(stage.server.asked).toEqual(requests)
  expect(git(options.gitDir, ['rev-list', '--count', `refs/journal/${RUN}`])).toBe('2')
  expect(git(options.gitDir, ['fsck', '--strict'])).toBe('')
})

it('is written to by a process that has read only its tip', async () => {
  const { url } = await longJournal(4)
  const writer = await openJournal(at(url))
  const read = await writer.read(RUN)
  if (read === null) throw new Error('no journal')
  expect(await writer.append(RUN, read.tip, [noted('x')], replayOn(read.state, [noted('x')]), [])).toMatchObject({
    ok: true,
  })
  expect(await writer.history(RUN)).toHaveLength(6)
})

it('is written to by a process that was only told its tip', async () => {
  const { url, state, journal } = await longJournal(2)
  const { tip } = await journal.look(RUN, [])
  const writer = await openJournal(at(url))
  expect(await writer.append(RUN, tip, [noted('x')], evolve(state, noted('x')), [])).toMatchObject({ ok: true })
})

it('leaves the history of the code as shallow as it was', async () => {
  const { remote, url } = await longJournal(3)
  const older = line(remote, 20)
  const base = remote.commit({ a: '1\n' }, older.slice(-1))
  const head = remote.commit({ a: '2\n' }, [base])
  const options = at(url)
  const [journal, repo] = [await openJournal(options), await openRepo(options)]
  await journal.read(RUN)
  await repo.fetch([base, head])
  await journal.history(RUN)
  expect(await repo.isAncestor(base, head)).toBe(true)
  expect(git(options.gitDir, ['rev-list', '--count', head])).toBe('2')
})

it('refuses an entry that holds no event, and a tip that holds no state', async () => {
  const { remote, url } = await longJournal(1)
  const tip = remote.tip(logRef(RUN)) ?? ''
  remote.point(
    logRef(RUN),
    remote.commit({ 'state.json': '{"phase":"nonsense"}' }, [tip], 'x\n\n{"type":"world_ended"}'),
  )
  const journal = await openJournal(at(url))
  await expect(journal.history(RUN)).rejects.toThrow('holds what is no event')
  await expect(journal.read(RUN)).rejects.toThrow('holds no state')
})
