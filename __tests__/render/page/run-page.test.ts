import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { replay } from '../../../src/core/run/evolve.ts'
import { framesOf } from '../../../src/render/page/frames.ts'
import { renderRunPage } from '../../../src/render/page/run-page.ts'
import { planOf } from '../../support/plan.ts'
import {
  approved,
  byAgents,
  done,
  example,
  failed,
  history,
  huge,
  landed,
  merged,
  proposed,
  queued,
  requested,
  started,
  startedByAgent,
  type TimedEvent,
  verified,
  verifiedByAgent,
} from '../support/runs.ts'

const page = (events: readonly RunEvent[]) => renderRunPage(events, replay(events))

const events = history(
  requested(),
  [20, proposed()],
  [60, approved()],
  ...done('types', 'r1.1', 60),
  queued('parse'),
  queued('rules'),
  started('parse', 'r1.1'),
  started('rules', 'r1.2'),
  [30, failed('rules', { reason: 'acceptance-failed', exitCode: 3, log: '' } as never)],
  [10, verified('parse')],
  landed('parse'),
  merged('parse'),
)

/** Each drawn task with its state. */
const drawn = (text: string) =>
  new Map([...text.matchAll(/data-task="([^"]+)" data-state="([^"]+)"/g)].map(([, id = '', state = '']) => [id, state]))

describe('the page of a run', () => {
  it('says how the run stands, what a person can type, and how each task stands', () => {
    const text = page(events)
    expect(text).toContain('<h1>Run 42: Money in cents instead of floats</h1>')
    expect(text).toContain('/retry rules -- note retries rules')
    expect(drawn(text)).toEqual(
      new Map([
        ['types', 'landed'],
        ['parse', 'landed'],
        ['print', 'later'],
        ['cli', 'later'],
        ['rules', 'failed'],
        ['report', 'blocked'],
        ['ask', 'later'],
        ['publish', 'blocked'],
        ['docs', 'later'],
      ]),
    )
    expect(text).toContain('its acceptance ended with exit code 3')
    expect(text).toMatch(/class="edge critical"/)
  })

  it('lets nothing run but its own script, and shows what people and models wrote as text', () => {
    const hostile = '"><script>alert(1)</script>\u202e'
    const text = page(
      history(requested(), proposed(planOf('a', { title: hostile, tasks: { a: { title: hostile, goal: hostile } } }))),
    )
    expect(text).not.toContain('<script>alert')
    expect(text).not.toContain('\u202e')
    expect(text).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;')
    const hash = (of: string) => `sha256-${createHash('sha256').update(of).digest('base64')}`
    const scripts = [...text.matchAll(/<script type="module">([\s\S]*?)<\/script>/g)].map(([, code = '']) => hash(code))
    const styles = [...text.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, code = '']) => hash(code))
    expect(/Content-Security-Policy" content="([^"]+)"/.exec(text)?.[1]).toBe(
      `default-src 'none'; style-src '${styles[0]}'; script-src '${scripts[0]}'; base-uri 'none'; form-action 'none'`,
    )
    expect([scripts, styles].map((list) => list.length)).toEqual([1, 1])
  })

  it('shows the critical path from the plan on as it is expected, and in the end as it was', () => {
    const start = [requested(), proposed(planOf('a > b, c', { tasks: { c: { size: 'small' } } })), approved()]
    const before = page(history(...start))
    expect(before).toContain('Critical path, by the sizes of the tasks: a and b.')
    expect(before.match(/class="edge critical"/g)).toHaveLength(1)
    const all = [...done('c'), ...done('a'), ...done('b')]
    const after = page(history(...start, ...all, { type: 'run_cancelled', by: 'bob', why: '' }))
    expect(after).toContain('Critical path as it was: ')
  })

  it('shows in the lane of a slot its queue, its set-up, the work, and how long of that the acceptance took', () => {
    const start = [requested(), proposed(planOf('a')), approved()] as const
    const asked = { type: 'slots_requested', request: 'r1', count: 2, workflowRun: 7 } as const
    const recorded = history(
      ...start,
      asked,
      queued('a'),
      [30, started('a', 'r1.1')],
      [21, verified('a')],
      [11, { type: 'slots_gone', request: 'r1' }],
    )
    const given = recorded.find(({ type }) => type === 'task_started')?.at ?? ''
    const begun = new Date(Date.parse(given) + 12_000).toISOString()
    const text = page(recorded.map((event) => (event.type === 'task_verified' ? { ...event, begun } : event)))
    const bars = [...text.matchAll(/<g class="(bar[^"]*)"><title>([^<]*)<\/title>/g)].map(([, kind, words]) => [
      kind,
      words,
    ])
    expect(bars.filter(([, words]) => !words?.startsWith('an approval'))).toEqual([
      ['bar queue', expect.stringMatching(/^queue: 31 s, from/)],
      ['bar set-up', expect.stringMatching(/^set-up: 12 s, from/)],
      ['bar', expect.stringMatching(/^a: 9 s, 3\.2 s of it acceptance, from/)],
      ['bar queue', expect.stringMatching(/^queue: 1 min 3 s, from/)],
    ])
    expect(text.match(/<rect class="acceptance"/g)).toHaveLength(1)
    expect(text).toContain('<dt>Idle between tasks</dt><dd>0 s</dd>')
  })

  it('marks the critical path in the lanes, says what each task cost, and measures time against the prediction', () => {
    const plan = byAgents(planOf('a > b, c', { tasks: { c: { size: 'small' } } }))
    const forecast = { measured: null, minutes: { low: 1, likely: 4, high: 9 }, usd: null }
    const text = page(
      history(
        requested(),
        { ...proposed(plan), forecast } as TimedEvent,
        approved(),
        queued('a'),
        queued('c'),
        startedByAgent('a'),
        startedByAgent('c', 'r1.2'),
        [60, verifiedByAgent('a')],
        landed('a'),
      ),
    )
    expect(text).toMatch(
      /<g class="bar critical"><title>a: 1 min[^<]*, on the critical path; the task cost 0\.50 USD<\/title>/,
    )
    expect(text).toMatch(/<g class="bar"><title>c: /)
    expect(text).toMatch(/<dt>Time in slots<\/dt><dd>1 min( \d+ s)? of 4 min predicted<\/dd>/)
  })

  it('asks nothing of the network', () => {
    expect(page(events)).not.toMatch(/(?:src|href)="(?!#)/)
  })

  it('stays under a megabyte with 300 tasks whose texts are as long as they may be', () => {
    const many = history(requested(), proposed(huge(300, true)), approved())
    expect(Buffer.byteLength(page(many))).toBeLessThan(1_000_000)
  })
})

describe('the slider', () => {
  it('has a moment for each change, whose sum is what the page shows', () => {
    const frames = framesOf(events)
    const states = new Map(frames.flatMap(({ moved }) => Object.entries(moved)))
    expect(states).toEqual(drawn(page(events)))
    expect(frames.map(({ at }) => at)).toEqual(frames.map(({ at }) => at).toSorted((one, other) => one - other))
    expect(frames.find(({ moved }) => moved.types === 'atwork')?.at).toBe(82)
    expect(frames.find(({ title }) => title === 'Waiting for approval')?.at).toBe(20)
  })

  it('is handed over as data that cannot end its block', () => {
    const text = page(events)
    const data = /<script type="application\/json" id="frames">([\s\S]*?)<\/script>/.exec(text)?.[1] ?? ''
    expect(data).not.toContain('<')
    expect(JSON.parse(data).frames).toHaveLength(framesOf(events).length)
  })

  it('is left out before there is anything to move', () => {
    expect(page(history(requested()))).not.toContain('type="range"')
  })

  it('knows nothing of a task that is called like a member of every object', () => {
    const odd = history(requested(), proposed(planOf('constructor > tostring')))
    expect(Object.entries(framesOf(odd)[1]?.moved ?? {})).toEqual([
      ['constructor', 'later'],
      ['tostring', 'later'],
    ])
  })
})

it('draws a plan with all its tasks', () => {
  expect(drawn(page(history(requested(), proposed(example)))).size).toBe(example.tasks.length)
})

it('keeps the words of its time inside the drawing', () => {
  const late = history(requested(), proposed(planOf('a')), approved(), ...done('a', 'r1.1', 57))
  const labels = [...page(late).matchAll(/<text class="axis" x="([\d.]+)" y="\d+"( text-anchor="end")?>([^<]+)</g)]
  const ends = labels.map(([, x, anchor, words = '']) => Number(x) + (anchor === undefined ? words.length * 7 : 0))
  expect(labels.map(([, , , words]) => words)).toContain('1 min')
  expect(Math.max(...ends)).toBeLessThanOrEqual(1000)
})
