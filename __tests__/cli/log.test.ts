import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { openJournal } from '../../src/adapters/git/journal/journal.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { dataDirOf, hubRepository } from '../../src/cli/up/place.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import { replay } from '../../src/core/run/evolve.ts'
import { type BareRemote, bareRemote, git, tempDir } from '../support/git.ts'
import { planOf } from '../support/plan.ts'
import { proposedBy, requested } from '../support/run.ts'
import { typed } from './terminal.ts'

let remote: BareRemote
let events: RunEvent[]

beforeEach(async () => {
  remote = bareRemote()
  const journal = await openJournal({
    gitDir: join(tempDir(), 'repo.git'),
    remoteUrl: remote.url,
    token: '',
    clock: systemClock,
  })
  events = proposedBy(planOf('a > c, b > c'))
  const first = events.slice(0, requested().length)
  const begun = await journal.append('42', null, first, replay(first), [])
  if (!begun.ok) throw new Error('somebody else wrote')
  await journal.append('42', begun.tip, events.slice(first.length), replay(events), [])
})

describe('tributary log', () => {
  it('shows the run as a timeline', async () => {
    const { code, out } = await typed(tempDir(), ['log', '42', '--remote', remote.url])
    expect(code).toBe(0)
    expect(out).toContain('Run 42')
    expect(out).toContain('plan requested for issue 42')
    expect(out).toContain('proposed: 3 tasks')
  })

  it('gives the events word for word', async () => {
    const { out } = await typed(tempDir(), ['log', '42', '--json', '--remote', remote.url])
    expect(out.split('\n').map((line) => JSON.parse(line))).toEqual(events)
  })

  it('writes the run as a page that needs no network', async () => {
    const folder = tempDir()
    const { code, out } = await typed(folder, ['log', '42', '--html', 'run.html', '--remote', remote.url])
    expect([code, out.trim()]).toEqual([0, 'run.html shows run 42; open it in a browser.'])
    expect(readFileSync(join(folder, 'run.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<h1>Run 42: /)
    expect((await typed(folder, ['log', '42', '--html', 'x', '--json', '--remote', remote.url])).error).toContain(
      'use --json or --html, not both',
    )
    const failed = await typed(folder, ['log', '42', '--html', 'no/such.html', '--remote', remote.url])
    expect(failed.error).toContain('no/such.html')
  })

  it('reads the remote `origin` of the folder where nothing else is said', async () => {
    const folder = tempDir()
    git(folder, ['init', '--quiet'])
    expect((await typed(folder, ['log', '42'])).error).toContain('no remote `origin`')
    git(folder, ['remote', 'add', 'origin', remote.url])
    expect((await typed(folder, ['log', '42'])).out).toContain('Run 42')
  })

  it('reads the runs of `up` if there is no `origin`, and says where they are if `origin` has no such run', async () => {
    const folder = tempDir()
    git(folder, ['init', '--quiet'])
    const env = { XDG_STATE_HOME: tempDir() }
    const local = hubRepository({ dataDir: await dataDirOf(folder, { env }) })
    git(folder, ['clone', '--quiet', '--mirror', remote.url, local])
    expect((await typed(folder, ['log', '42'], env)).out).toContain('Run 42')
    expect((await typed(folder, ['log', '43'], env)).error).toBe(`Run 43 has no journal at ${local}.`)
    git(folder, ['remote', 'add', 'origin', bareRemote().url])
    const { code, error } = await typed(folder, ['log', '42'], env)
    expect(code).toBe(1)
    expect(error).toContain(`Those of \`up\` and \`run\` are in --repo ${local}`)
    expect((await typed(folder, ['log', '42', '--repo', local], env)).out).toContain('Run 42')
  })

  it('says that there is no such run', async () => {
    const { code, error } = await typed(tempDir(), ['log', '43', '--remote', remote.url])
    expect(code).toBe(1)
    expect(error).toContain('Run 43 has no journal')
  })
})
