import { describe, expect, it } from 'vitest'
import { readCodeOwners } from '../../../src/core/plan/code-owners.ts'
import type { ActiveRun, LiveRun } from '../../../src/core/run/state.ts'
import { type Settings, settingsSchema } from '../../../src/core/settings.ts'
import { callFor } from '../../../src/render/status/call.ts'
import { gate } from '../../support/plan.ts'
import { followed } from '../../support/planning.ts'
import { afterwards, begun, failed, queued, running, verifiedBy } from '../../support/run.ts'

const never = (): boolean => false
const withSettings = (run: ActiveRun, settings: Partial<Settings>): ActiveRun => ({
  ...run,
  work: { ...run.work, settings: { ...run.work.settings, ...settings } },
})
const stuck = failed(running('a, b > c'), 'a')
const two = running('g, h > c', { tasks: { g: gate, h: gate } })
const mixed = running('g, h > c', { tasks: { g: gate } })
const first = followed<ActiveRun>(two, ...queued(two, 'g'))
const both = followed<ActiveRun>(first, ...queued(first, 'h'))

describe('people are called', () => {
  it('by a comment that mentions who asked and says what to type', () => {
    const body = callFor(stuck, never)?.body
    expect(body).toMatch(new RegExp(`^@${stuck.askedBy} \\*\\*Stopped\\.\\*\\* `))
    expect(body).toContain('`/retry a -- note` retries `a`')
  })
  it('and who may approve, once each, where the settings name people', () => {
    const approvers = {
      ...stuck.work.settings.approvers,
      users: ['Lead', stuck.askedBy.toUpperCase(), 'lead', 'x[bot]'],
    }
    const body = callFor(withSettings(stuck, { approvers }), never)?.body
    expect(body?.match(/@[\w-]+/g)).toEqual([`@${stuck.askedBy}`, '@Lead'])
  })
  it('and the code owners of what waits for a person, but not of what stopped', () => {
    const owners = readCodeOwners('* @Lead @acme/core docs@example.com\n/a/ @mona')
    const reviewed = running('a', {}, settingsSchema.parse({ merge: 'review' }))
    const waits = afterwards(reviewed, ...verifiedBy(reviewed, 'a'))
    expect(waits.work.plan.tasks[0]?.writes).toEqual(['a/**'])
    expect(callFor(waits, never, owners)?.body).toMatch(new RegExp(`^@${waits.askedBy} @mona \\*\\*`))
    expect(callFor(waits, never, readCodeOwners('* @Lead @acme/core'))?.body).toContain('@Lead @acme/core')
    expect(callFor(stuck, never, owners)?.body).not.toContain('@mona')
  })
  it('by no mention if they are asked for a review of it at that moment, and only then', () => {
    const reviewed = running('a', {}, settingsSchema.parse({ merge: 'review' }))
    const waits = afterwards(reviewed, ...verifiedBy(reviewed, 'a'))
    const owners = readCodeOwners('* @mona')
    const asked = new Map([['a', [waits.askedBy.toUpperCase()]]])
    expect(callFor(waits, never, [], asked)).toBeNull()
    expect(callFor(waits, never, owners, asked)?.body).toMatch(/^@mona \*\*/)
    expect(callFor(waits, never, [], new Map([['b', [waits.askedBy]]]))?.body).toContain(`@${waits.askedBy}`)
    expect(callFor(stuck, never, [], asked)?.body).toContain(`@${stuck.askedBy}`)
  })
  it('once for an occasion, and not again while it waits, whatever else comes to wait', () => {
    const call = callFor(first, never)
    expect(callFor(first, never)).toEqual(call)
    expect(callFor(both, (name) => name === call?.name)).toBeNull()
  })
  it('for what waits once the first is settled', () => {
    const call = callFor(first, never)
    const opened = followed<ActiveRun>(both, { type: 'gate_approved', task: 'g' })
    const next = callFor(opened, (name) => name === call?.name)
    expect(next?.name).not.toBe(call?.name)
    expect(next?.body).toContain('`/approve h` opens the gate `h`.')
  })
  it('again when a run pauses for the same reason a second time', () => {
    const pause = { type: 'run_paused', why: 'no slot starts' } as const
    const once = followed<ActiveRun>(running('a'), pause)
    const twice = followed<ActiveRun>(once, { type: 'run_resumed' }, { ...pause, at: '2026-01-01T01:00:00.000Z' })
    const call = callFor(once, never)
    expect(callFor(twice, (name) => name === call?.name)).not.toBeNull()
  })
  it('for a verification that fails for good, and for a run that pauses itself', () => {
    const paused: ActiveRun = { ...running('a'), paused: { why: 'no slot starts', by: 'tributary', cause: null } }
    expect(callFor(paused, never)?.body).toContain('no slot starts')
    expect(callFor({ ...paused, paused: { why: 'by @admin', by: 'admin', cause: null } }, never)).toBeNull()
  })
  it('also while the rest goes on, which is said', () => {
    const waiting = followed<ActiveRun>(mixed, ...queued(mixed, 'g'))
    const atWork = followed<ActiveRun>(waiting, ...begun(waiting, 'h'))
    expect(callFor(atWork, never)?.body).toContain('**Waiting for you.** The rest of the run goes on meanwhile.')
  })
  it('for nothing while work goes on', () => {
    expect(callFor(running('a'), never)).toBeNull()
  })
  it.each<[Settings['notify'], boolean, boolean]>([
    ['all', true, true],
    ['outcomes', false, true],
    ['none', false, false],
  ])('with `notify: %s`: to act %s, of the end %s', (notify, toAct, ofTheEnd) => {
    const ended = { ...running('a'), phase: 'ended', conclusion: 'success', why: '', problems: [], endedAt: 'now' }
    const done = withSettings(ended as unknown as ActiveRun, { notify }) as LiveRun
    expect([callFor(withSettings(first, { notify }), never) !== null, callFor(done, never) !== null]).toEqual([
      toAct,
      ofTheEnd,
    ])
  })
})
