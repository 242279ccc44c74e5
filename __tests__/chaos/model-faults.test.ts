import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LOCAL_ACTION, workflowFor } from '../../src/cli/example-files.ts'
import { usdOf } from '../../src/core/money/usage.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import type { LiveRun } from '../../src/core/run/state.ts'
import { json, tools } from '../../src/model-double/answer.ts'
import { cleanEof, errorEvent, reset, stall, status } from '../../src/model-double/fault.ts'
import type { LoggedRequest } from '../../src/model-double/log.ts'
import { failing, inTurn, type Rule } from '../../src/model-double/script.ts'
import { asksFor, create, honest, planned, startAgentWorld, usual, whenTask } from '../e2e/support/agents.ts'
import { expectFinished } from '../e2e/support/picture.ts'
import { requestsOf } from '../e2e/support/topic.ts'
import { agreement, eventsOf } from '../e2e/support/world.ts'
import { PACE } from '../support/pace.ts'
import { countsOf, expectPaid, expectWithinLimit, usdOfAll } from './support/paid.ts'

const WORDS = 'Please write five files, whatever the model does.'
const TASKS = ['resets', 'ends', 'stalls', 'errs', 'falls']
const plan = planned('resets, ends, stalls, errs > falls')

/** No byte for so long, and a call is begun anew: the usual minute and a half is longer than a test may take. */
const SILENCE = 5
const workflow = workflowFor(LOCAL_ACTION).replaceAll(
  /ANTHROPIC_BASE_URL: '[^']+'/g,
  (entry) => `${entry}, TRIBUTARY_SILENCE_SECONDS: '${SILENCE}'`,
)

/** An answer that is cut off in the middle of its first call. */
const begun = (id: string) => ({ of: tools([create(`${id}/done.txt`, `done by ${id}\n`)]), after: 900 })
const explored = { summary: 'A small repository.', findings: [], conventions: [], commands: [], unknowns: [] }

const rules: Rule[] = [
  {
    when: ({ toolNames }) => toolNames.includes('finish') && !toolNames.includes('edit'),
    say: failing(1, status(429, { retryAfter: 2 }), tools([{ name: 'finish', input: explored }])),
  },
  {
    when: asksFor('tasks'),
    say: inTurn(status(529), errorEvent('overloaded_error', { of: json(plan), after: 3500 }), json(plan)),
  },
  { when: asksFor('accepted'), say: failing(1, reset({ after: 0 }), json({ accepted: true, problems: [] })) },
  whenTask('resets', failing(1, reset(begun('resets')), honest)),
  whenTask('ends', failing(1, cleanEof(begun('ends')), honest)),
  whenTask('stalls', failing(1, stall(begun('stalls')), honest)),
  whenTask('errs', failing(1, errorEvent('api_error', begun('errs')), honest)),
  whenTask('falls', failing(1, status(529), honest)),
  ...usual(plan),
]

let stage: Awaited<ReturnType<typeof startAgentWorld>>
let events: RunEvent[]
let state: LiveRun
let found: Record<string, LoggedRequest[]>
beforeAll(async () => {
  stage = await startAgentWorld(rules, { files: { '.github/workflows/tributary.yml': workflow } })
  const { world } = stage
  const issue = await world.openIssue(WORDS)
  await world.say(issue, '/plan --mode off')
  state = await world.ended(`${issue}`)
  events = await world.events(`${issue}`)
  found = requestsOf(stage.model, WORDS)
})
afterAll(() => stage.close())

const statuses = (topic: string) => (found[topic] ?? []).map((seen) => seen.status)

/** Calls that broke off in the middle: the API has not told what they cost, so that the most that they can cost is counted. */
const CUT = { 'design#1': 'design', 'resets/1': 'resets', 'ends/1': 'ends', 'stalls/1': 'stalls', 'errs/1': 'errs' }

describe('a model that fails in every way that it can', () => {
  it('keeps nobody from a good end', async () => {
    const { world } = stage
    expect(state).toMatchObject({ phase: 'ended', conclusion: 'success' })
    const both = await agreement(world, '1')
    expect(both.folded).toEqual(both.state)
    expect(both.trunkInGit).toBe(both.trunkInJournal)
    for (const id of TASKS)
      expect(world.git('show', `refs/heads/tributary/1/trunk:${id}/done.txt`)).toBe(`done by ${id}`)
    await expectFinished(world, '1', {
      title: 'Done',
      checks: Object.fromEntries(TASKS.map((id) => [id, 'success'])),
      pulls: { merged: TASKS.toSorted(), closed: [] },
    })
  })
  it('is asked again for the one call that failed, and for nothing else', () => {
    expect(countsOf(found)).toEqual({
      explore: 2,
      design: 3,
      critique: 2,
      resets: 3,
      ends: 3,
      stalls: 3,
      errs: 3,
      falls: 3,
      synthesis: 1,
    })
    expect(statuses('explore')).toEqual([429, 200])
    expect(statuses('design')).toEqual([529, 200, 200])
    expect(statuses('falls')).toEqual([529, 200, 200])
    expect(eventsOf(events, 'stage_failed')).toEqual([])
    expect(eventsOf(events, 'task_failed')).toEqual([])
    expect(eventsOf(events, 'task_started').map(({ attempt }) => attempt)).toEqual(TASKS.map(() => 1))
  })
  it('is given the time that it asks for, and no more than the silence that it may keep', () => {
    const pause = (topic: string): number => {
      const [first, second] = found[topic] ?? []
      return ((second?.startedAt.getTime() ?? 0) - (first?.endedAt?.getTime() ?? 0)) / 1000
    }
    expect(pause('explore')).toBeGreaterThanOrEqual(2)
    const [stalled] = found.stalls ?? []
    expect(stalled?.clientLeft).toBe(true)
    const waited = ((stalled?.endedAt?.getTime() ?? 0) - (stalled?.startedAt.getTime() ?? 0)) / 1000
    expect(waited).toBeGreaterThanOrEqual(SILENCE)
    expect(waited).toBeLessThan(90 * PACE)
  })
  it('is paid to the last token where it said what it took', () => {
    expectPaid(state.ledger, 'explore#1', found.explore ?? [])
    expectPaid(state.ledger, 'falls/1', found.falls ?? [])
    expectPaid(state.ledger, 'synthesis#1', found.synthesis ?? [])
  })
  it('is paid the most that it can have cost where it did not say, which is never less than what it took', () => {
    for (const [key, topic] of Object.entries(CUT)) {
      const spent = state.ledger.spent[key] ?? []
      const told = usdOf(spent) - spent.reduce((sum, { unknown }) => sum + unknown, 0)
      expect(usdOf(spent), key).toBeGreaterThan(usdOfAll(found[topic] ?? []))
      expect(told, key).toBeGreaterThanOrEqual(usdOfAll((found[topic] ?? []).slice(-1)))
      expect(
        spent.map(({ unknown }) => unknown > 0),
        key,
      ).toEqual([true])
    }
    // Nothing came back at all: it may have been worked on all the same.
    expect(state.ledger.spent['critique#1']?.map(({ unknown }) => unknown > 0)).toEqual([true])
    expectWithinLimit(events)
  })
  it('was asked for nothing that a model could not have said', () => {
    expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
  })
})
