import { describe, expect, it } from 'vitest'
import { checkedTasks, checksFor } from '../../src/render/check/check-output.ts'
import { runChecksFor } from '../../src/render/check/run-check.ts'
import { byteLength, LIMITS } from '../../src/render/markdown/fit.ts'
import { finalPull } from '../../src/render/pull/final-pull.ts'
import { workerPull } from '../../src/render/pull/worker-pull.ts'
import { headline } from '../../src/render/status/headline.ts'
import { slotSummary } from '../../src/render/status/job-summary.ts'
import { renderStatus } from '../../src/render/status/status-comment.ts'
import { planOf } from '../support/plan.ts'
import { allNodes, parse, randomMarkdown } from './support/markdown.ts'
import {
  approved,
  byAgents,
  failed,
  handOff,
  landed,
  live,
  merged,
  passed,
  planned,
  planningBegun,
  projected,
  proposed,
  queued,
  requested,
  sha,
  spending,
  stage,
  startedByAgent,
  type TimedEvent,
  verifiedByAgent,
} from './support/runs.ts'

const plan = byAgents(planOf('a > b, c', { title: 'Whole cents', summary: 'No floats.' }))
const begun: TimedEvent[] = [
  requested(),
  planningBegun(),
  ...stage('explore#1', 'explore', 0.02),
  ...stage('design#1', 'plan', 0.3),
  proposed(plan),
  projected(['pull:trunk', 50], ['pull:a', 51]),
  approved(),
]
const doneBy = (id: string, change: Parameters<typeof verifiedByAgent>[1] = {}, attempt = 1): TimedEvent[] => [
  queued(id, attempt),
  startedByAgent(id, 'r1.1', attempt),
  [60, verifiedByAgent(id, change, attempt)],
  landed(id, attempt),
  merged(id),
]
const checkOf = (id: string, ...events: TimedEvent[]) => checksFor(planned(...events), id).at(-1)

describe('the check of a task that an agent works on', () => {
  it('shows the hand-off, the model, the turns, the tokens and the money', () => {
    const check = checkOf('a', ...begun, ...doneBy('a'))
    expect(check?.text.split('\n')).toEqual(
      expect.arrayContaining([
        '### Hand-off',
        '> Amounts are whole cents.',
        '- Files: `src/money.ts`',
        '- Interface: `cents(text): number`',
        '- Decision: Rounding is half up.',
        '- Left to do: Print them, @&#8203;alice.',
        '- Check: npm test: exit code 0',
        '- Agent, 12 turns, 2 s, acceptance 3.2 s, sandbox: bubblewrap 0.8.0',
        '- Cost: 0.50 USD, 3 calls of `claude-sonnet-5-5`',
        '- Tokens: 1,000 fresh, 20,000 read from the cache, 3,000 written to the cache, 400 of output',
      ]),
    )
    expect(check?.summary).toContain('- Worker: an agent, `claude-sonnet-5-5`')
    expect(check?.text).not.toContain('All attempts')
  })

  it('counts earlier attempts, and says what of the money nobody can tell', () => {
    const check = checkOf(
      'a',
      ...begun,
      queued('a'),
      startedByAgent('a'),
      [5, failed('a', { reason: 'agent-stopped', why: 'loop', detail: 'view x' }, false)],
      ...doneBy('a', {}, 2),
    )
    expect(check?.text).toContain('- Cost: 0.50 USD, 3 calls')
    expect(check?.text).toContain('- All attempts at this task together: 2.50 USD')
    const [lost] = checksFor(
      planned(
        ...begun,
        queued('a'),
        startedByAgent('a'),
        [5, { type: 'task_returned', task: 'a', attempt: 1, slot: 'r1.1' }],
        { type: 'run_cancelled', by: 'bob', why: '' },
      ),
      'a',
    )
    expect(lost?.text).toContain(
      '- 2.00 USD of this was reserved, and what it was spent on is not known: it counts as spent',
    )
  })

  it('says what people told it', () => {
    const check = checkOf(
      'a',
      ...begun,
      queued('a'),
      startedByAgent('a'),
      { type: 'task_steered', by: 'dora', task: 'a', words: 'no new packages, @bob' },
      { type: 'run_cancelled', by: 'bob', why: '' },
    )
    expect(check?.text).toMatch(/- dora told the worker at 2026-11-21 10:\d\d:\d\d UTC: no new packages, @&#8203;bob/)
  })

  it('labels a conflict that a model has settled', () => {
    const check = checkOf('c', ...begun, ...doneBy('a'), ...doneBy('c', { resolved: ['a'] }))
    expect(check?.summary).toContain('**Conflict resolved by a model**: this settles a conflict with `a`.')
    expect(checkOf('a', ...begun, ...doneBy('a'))?.summary).not.toContain('resolved')
  })

  it('fits, whatever an agent leaves', () => {
    const long = randomMarkdown(3, 300).slice(0, 400)
    const loud = handOff({
      did: '|$@'.repeat(400),
      files: Array(60).fill('|'.repeat(200)),
      interfaces: Array(12).fill('$'.repeat(400)),
      decisions: Array(8).fill(long),
      caveats: Array(8).fill(long),
      follow_ups: Array(8).fill(long),
    })
    const run = planned(...begun, ...doneBy('a', { handOff: loud, acceptanceLog: 'x'.repeat(200_000) }))
    expect(checksFor(run, 'a').at(-1)?.text).toContain('### Hand-off')
    for (const { summary, text } of checksFor(run, 'a')) {
      expect(byteLength(text)).toBeLessThanOrEqual(LIMITS.check)
      expect(byteLength(summary)).toBeLessThanOrEqual(LIMITS.check)
      expect(allNodes(parse(text)).map(({ type }) => type)).not.toContain('link')
    }
    expect(byteLength(workerPull(run, 'a').body)).toBeLessThanOrEqual(LIMITS.pull)
  })
})

describe('tasks that are not in the plan any more, or stand for others', () => {
  const other = byAgents(planOf('a > b'))
  const asked: TimedEvent[] = [
    requested(),
    planningBegun('soft'),
    { ...proposed(plan), mode: 'soft' } as TimedEvent,
    queued('c'),
    startedByAgent('c'),
    { type: 'revision_requested', by: 'dora', words: 'without c' },
    { ...proposed(other), mode: 'soft' } as TimedEvent,
  ]

  it('have checks that end', () => {
    const run = planned(...asked)
    expect(checkedTasks(run.work)).toEqual(['a', 'b', 'c'])
    expect(checksFor(run, 'c')).toMatchObject([
      {
        name: 'tributary / c — Task c',
        state: { status: 'completed', conclusion: 'cancelled' },
        summary: 'This task is no longer part of the plan.',
      },
    ])
  })

  it('are neutral where they became others', () => {
    const first = byAgents(planOf('p, b', { tasks: { p: { kind: 'plan' } } }))
    const grown = byAgents(planOf('p > x, b', { tasks: { p: { kind: 'plan' } } }))
    const run = planned(
      requested(),
      planningBegun(),
      proposed(first),
      approved(),
      { type: 'plan_amended', cause: 'expand', of: 'p', plan: grown, planId: 'b'.repeat(64), within: true, notes: [] },
      { type: 'run_finished', sha: sha('x') },
    )
    expect(checksFor(run, 'p')).toMatchObject([
      { title: 'Turned into tasks: x', state: { status: 'completed', conclusion: 'neutral' } },
    ])
    expect(renderStatus(run)).toContain('| `p` Task p | **expanded**. Became `x`. |')
  })
})

describe('the status comment', () => {
  it('shows the cost of each task and of each role, and what is left', () => {
    const lines = renderStatus(live(...begun, ...doneBy('a'), queued('b'), startedByAgent('b'))).split('\n')
    expect(lines.find((line) => line.startsWith('| `a`'))).toBe('| `a` Task a | **landed** · 1 min · 0.50 USD · #51 |')
    expect(lines).toContain('| Role | Work | Tokens | Cost |')
    expect(lines).toContain(
      '| work, `claude-sonnet-5-5` | 1 min, 1 attempt, 3 calls | 1,000 fresh, 20,000 cached, 3,000 written, 400 output | 0.50 USD |',
    )
    expect(lines).toContain(
      '| all | 1 min 20 s, 3 attempts, 9 calls | 3,000 fresh, 60,000 cached, 9,000 written, 1,200 output | 0.82 USD |',
    )
    expect(lines).toContain('Money: 0.82 USD spent, 2.00 USD reserved for what is at work, 7.18 USD left of 10.00 USD.')
  })

  it('of a plan without a model speaks of no money', () => {
    const text = renderStatus(live(requested(), proposed(), approved()))
    expect(text).not.toMatch(/USD|Money|Cost/)
  })

  it('at the limit of money says what was done, and what to type', () => {
    const run = live(...begun, ...doneBy('a'), { type: 'run_paused', why: 'the limit is reached', cause: 'budget' })
    const lines = renderStatus(run).split('\n')
    expect(lines[1]).toBe('## Paused at the limit of money: 1 of 3 tasks landed, 2 to come')
    expect(lines).toContain(
      '1 of 3 tasks landed for 0.82 USD; the limit is 10.00 USD, and no more calls to a model are made. Nothing is lost: `/budget 15usd` continues from here.',
    )
    expect(lines).toContain(
      '- `/budget 15usd` sets a higher limit and continues; `/cancel` stops the run, and what landed stays.',
    )
    expect(runChecksFor(planned(...begun, { type: 'run_paused', why: '', cause: 'budget' }))[0]?.state).toMatchObject({
      conclusion: 'action_required',
    })
  })

  it('says in soft mode what is done and waits for the approval', () => {
    const soft: TimedEvent[] = [
      requested(),
      planningBegun('soft'),
      { ...proposed(plan), mode: 'soft' } as TimedEvent,
      ...['a', 'c'].flatMap((id) => [queued(id), startedByAgent(id), verifiedByAgent(id), landed(id)]),
    ]
    const some = renderStatus(live(...soft))
    expect(some).toContain('1 to come')
    expect(some).toContain('Mode `soft`, not approved; started at')
    const run = live(...soft, queued('b'), startedByAgent('b'), verifiedByAgent('b'), landed('b'))
    const id = run.phase === 'active' ? run.work.planId.slice(0, 12) : ''
    const lines = renderStatus(run).split('\n')
    expect(lines[1]).toBe('## Waiting for approval: 0 of 3 tasks landed, 3 done and waiting for the approval')
    expect(lines).toContain(`Everything that needs no approval is done. Nothing lands before \`/approve ${id}\`.`)
    expect(lines.join('\n')).toContain(`- \`/approve ${id}\` lets it land, 3 finished tasks at once;`)
  })

  it('says that the plan is still being written while its first tasks run', () => {
    const open: TimedEvent[] = [
      requested(),
      planningBegun('off'),
      { type: 'plan_begun', plan: { ...plan, tasks: [] }, planId: 'a'.repeat(64), trunk: sha('trunk') },
      ...plan.tasks.slice(0, 1).map((task): TimedEvent => ({ type: 'task_planned', planned: task, notes: [] })),
      { type: 'explored', explorations: [] },
    ]
    expect(headline(live(...open))).toMatchObject({ title: 'Planning: designing' })
    const running = headline(live(...open, queued('a'), startedByAgent('a')))
    expect(running).toMatchObject({ title: 'Running' })
    expect(running.detail).toContain('The planner writes the plan: 1 task so far.')
  })

  it('names the part of the plan that goes beyond its approval', () => {
    const grown = byAgents(planOf('a > b, c, d'))
    const run = live(...begun, ...doneBy('a'), ...doneBy('b'), ...doneBy('c'), {
      type: 'plan_amended',
      cause: 'replan',
      of: 'c',
      plan: grown,
      planId: 'd'.repeat(64),
      within: false,
      notes: [],
    })
    expect(headline(run)).toMatchObject({
      title: 'Waiting for a person',
      detail: 'The plan grew beyond what was approved; the new part waits for an approval.',
    })
    expect(renderStatus(run)).toContain('- `/approve dddddddddddd` approves the rest too: `d`.')
  })
})

describe('the final pull request of a run by agents', () => {
  const described: TimedEvent = {
    type: 'change_described',
    title: 'Count in whole cents',
    body: 'Amounts are integers.\n\n![x](http://evil.example/y) See #9, @alice.',
    contradictions: ['`a` rounds up, `c` rounds down.'],
  }
  const finished = (...between: TimedEvent[]): TimedEvent[] => [
    ...begun,
    ...doneBy('a'),
    ...doneBy('b'),
    ...doneBy('c', { resolved: ['a'] }),
    { type: 'verification_queued', on: sha('merge-c'), attempt: 1 },
    passed(1, sha('merge-c')),
    ...between,
    projected([`check:a@${sha('a-1-head')}`, 77]),
    { type: 'run_finished', sha: sha('merge-c') },
  ]

  it('is in the words of one change, with what does not fit together named', () => {
    const { title, body } = finalPull(planned(...finished(described)))
    expect(title).toBe('Count in whole cents')
    expect(body).toContain(
      'Amounts are integers.\n\n!\\[x\\](http:&#8203;//evil.example/y) See #&#8203;9, @&#8203;alice.\n\n_A model wrote this',
    )
    expect(body).not.toContain('No floats.')
    expect(body).toContain('### What does not fit together\n\n- `a` rounds up, `c` rounds down.')
    expect(body.split('\n')[0]).toBe('Closes #42')
  })

  it("falls back on the plan's words", () => {
    const { title, body } = finalPull(planned(...finished()))
    expect(title).toBe('Whole cents')
    expect(body).toContain('> No floats.')
  })

  it('lists every task with its check and its cost, conflicts that a model settled, and all of the money', () => {
    const { body } = finalPull(planned(...finished()))
    const lines = body.split('\n')
    expect(lines.find((line) => line.startsWith('1. `a`'))).toMatch(
      /^1\. `a` Task a: 1 file, #51, merge \[`[0-9a-f]{8}`\]\(\.\.\/commit\/[0-9a-f]{40}\), \[check\]\(\.\.\/runs\/77\), 1 min, 0\.50 USD$/,
    )
    expect(body).toContain('- `src/money.ts`: `a`, `b`, `c`')
    expect(body).toContain(
      '### Conflicts resolved by a model\n\n- `c` Task c: a model resolved its conflict with `a`; its acceptance was run by the machine.',
    )
    expect(body.match(/Money: .*|8\.18 USD left/g)).toEqual([
      'Money: 1.82 USD spent, 8.18 USD left of 10.00 USD</summary>',
    ])
    expect(body).toMatch(/Time: \d+ min( \d+ s)? from `\/plan` to the end, \d+ min( \d+ s)? of it after the approval\./)
  })

  it('stays as it is while the run is at work, and says nothing of tasks that are still to come', () => {
    expect(finalPull(planned(...begun, ...doneBy('a')))).toEqual(finalPull(planned(...begun)))
    const open: TimedEvent[] = [
      requested(),
      planningBegun('soft'),
      { type: 'plan_begun', plan: { ...plan, tasks: [] }, planId: 'a'.repeat(64), trunk: sha('trunk') },
    ]
    const first = finalPull(planned(...open))
    expect(first.body).toContain('a plan that is still being written')
    expect(first.body).toContain('Nothing lands here before you approve the plan there.')
    const task = plan.tasks[0]
    if (task === undefined) throw new Error('no task')
    expect(finalPull(planned(...open, { type: 'task_planned', planned: task, notes: [] }))).toEqual(first)
  })

  it('fits, whatever a model wrote', () => {
    const long = '|$@\n'.repeat(20_000)
    const loud: TimedEvent = { type: 'change_described', title: long, body: long, contradictions: Array(60).fill(long) }
    const { title, body } = finalPull(planned(...finished(loud)))
    expect(byteLength(body)).toBeLessThanOrEqual(LIMITS.pull)
    expect([...title].length).toBeLessThanOrEqual(200)
  })
})

describe('a worker pull request of an agent', () => {
  it('shows what the task hands over where a person is to look at it', () => {
    const review = [requested(), proposed(plan, { merge: 'review' }), approved()] as const
    const after = workerPull(planned(...review, queued('a'), startedByAgent('a'), verifiedByAgent('a')), 'a').body
    expect(after).toContain('**Ready for your review.**')
    expect(after).toContain('### What to look at\n\n> Amounts are whole cents.\n\n- Files: `src/money.ts`')
    expect(workerPull(planned(...begun, ...doneBy('c', { resolved: ['a'] })), 'c').body).toContain(
      '**Conflict resolved by a model**',
    )
  })

  it('has the same words from its start to its end if the task lands by itself, and others if it fails', () => {
    const atWork = [...begun, queued('a'), startedByAgent('a')] as const
    const first = workerPull(planned(...atWork), 'a').body
    expect(first).toContain('- Worker: an agent, `claude-sonnet-5-5`')
    for (const later of [
      [...atWork, verifiedByAgent('a')],
      [...begun, ...doneBy('a')],
      [...atWork, failed('a', { reason: 'no-change' }, false), queued('a', 2), startedByAgent('a', 'r1.1', 2)],
    ] as TimedEvent[][])
      expect(workerPull(planned(...later), 'a').body).toBe(first)
    expect(workerPull(planned(...atWork, failed('a', { reason: 'no-change' })), 'a').body).toContain('/retry a -- note')
  })
})

describe('the summary of a slot with agents', () => {
  it('names the cost of each piece of work, and the tokens of each model', () => {
    const text = slotSummary('r1.1', [
      { task: 'a', attempt: 1, outcome: 'done', seconds: 61, spending: [spending('work', 0.5, 'claude-sonnet-5-5')] },
      { task: 'verify', attempt: 1, outcome: 'done', seconds: 2 },
    ])
    expect(text).toContain(
      '| `a` | done | 1 min 1 s, 1,000 fresh, 20,000 cached, 3,000 written, 400 output, 0.50 USD, `claude-sonnet-5-5` |',
    )
    expect(text).toContain('| `verify` | done | 2 s |')
    expect(text).toContain(
      '| work, `claude-sonnet-5-5` | 1 min 1 s, 1 attempt, 3 calls | 1,000 fresh, 20,000 cached, 3,000 written, 400 output | 0.50 USD |',
    )
  })
})
