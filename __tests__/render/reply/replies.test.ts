import { describe, expect, it } from 'vitest'
import type { CommandAnswer } from '../../../src/core/command/decision.ts'
import { COMMANDS } from '../../../src/core/command/parse.ts'
import { emptyRun } from '../../../src/core/run/state.ts'
import { byteLength, LIMITS } from '../../../src/render/markdown/fit.ts'
import { renderHelp } from '../../../src/render/reply/help.ts'
import { renderAnswer, renderProposed } from '../../../src/render/reply/replies.ts'
import { parse } from '../support/markdown.ts'
import {
  approved,
  live,
  planned,
  projected,
  proposed,
  queued,
  requested,
  settings,
  sha,
  started,
} from '../support/runs.ts'

const PLAN = 'abcdef0123456789'.repeat(4)
const none = { run: '42', planId: PLAN, only: null, added: [], running: false }

const ANSWERS: {
  [Code in Exclude<CommandAnswer['code'], 'help' | 'status' | 'plan-status'>]: [
    Extract<CommandAnswer, { code: Code }>,
    said: string,
  ]
} = {
  'plan-requested': [
    { code: 'plan-requested', run: '42' },
    'Run `42` begins. If the issue has a plan, it is checked; if not, a model writes one. The plan is posted on a draft pull request.',
  ],
  approved: [{ code: 'approved', ...none }, 'Plan `abcdef012345` is approved as a whole. It starts now.'],
  'approved-base-moved': [
    { code: 'approved-base-moved', ...none, only: ['b', 'a'], added: ['a'], to: sha('x') },
    `A part of plan \`abcdef012345\` is approved and starts now: \`b\`, \`a\`. Added, since they are needed: \`a\`. The rest waits for \`/approve abcdef012345\`. The base branch has moved to \`${sha('x').slice(0, 8)}\` since then, but not in paths that the plan uses, so the plan is still valid.`,
  ],
  rejected: [
    { code: 'rejected', run: '42', begun: false },
    'The plan of run `42` is rejected. Nothing was started. `/plan` on the issue begins a new run.',
  ],
  revising: [
    { code: 'revising', run: '42', open: ['q'] },
    'The plan of run `42` is being rewritten with these words. The current version can no longer be approved; the next one shows what changed. 1 question of the planner still waits for `/answer`.',
  ],
  answered: [
    {
      code: 'answered',
      run: '42',
      questions: [{ id: 'q', question: 'Which?', options: ['*A*', 'B'], default: 'B' }],
      answers: [{ question: 'q', chosen: 'a', words: '*A*', by: 'ann' }],
    },
    '1 answer recorded, and planning continues:\n\n- `1a` \\*A\\*',
  ],
  'gate-off': [
    { code: 'gate-off', run: '42', started: true, to: sha('x') },
    `Run \`42\` no longer waits for an approval of its plan: verified work is merged into its trunk. The final pull request is the gate. The plan starts now. The base branch has moved to \`${sha('x').slice(0, 8)}\` since then, but not in paths that the plan uses, so the plan is still valid. \`/cancel\` stops the run.`,
  ],
  steered: [
    { code: 'steered', run: '42', task: 't3' },
    'The worker of `t3` reads this at its next turn. It approves nothing: paths, commands and the limit of money stay as they are.',
  ],
  'budget-set': [
    { code: 'budget-set', run: '42', usd: 20, spent: 9.876, resumed: true },
    'Run `42` may spend 20.00 USD; it has spent 9.88 USD. It continues now.',
  ],
  retrying: [
    { code: 'retrying', run: '42', task: 't3' },
    '`t3` is being retried. The tasks that need it start after it lands.',
  ],
  'changes-proposed': [
    { code: 'changes-proposed', run: '42', tasks: ['t-review-1'], planId: 'a'.repeat(64), unplaced: ['x.ts'] },
    '`t-review-1` is added to the plan for this review. No task of this run writes `x.ts`, so what the review says there needs an issue of its own. It waits for an approval:\n\n```text\n/approve aaaaaaaaaaaa\n```',
  ],
  'verifying-again': [{ code: 'verifying-again', run: '42' }, 'The verification runs again on the same trunk.'],
  skipped: [{ code: 'skipped', run: '42', task: 't3' }, '`t3` is skipped. The tasks that need it start without it.'],
  'task-cancelled': [
    { code: 'task-cancelled', run: '42', task: 't3' },
    '`t3` is stopped, and the tasks that need it are blocked. `/retry t3` retries it; `/skip t3` goes on without it.',
  ],
  cancelled: [
    { code: 'cancelled', run: '42', landed: ['a', 'b'] },
    'Run `42` is stopped. 2 tasks had landed: `a`, `b`. Branches with work in them stay. `/plan` on the issue begins a new run.',
  ],
  paused: [
    { code: 'paused', run: '42', running: ['a'] },
    'No new tasks start. `a` runs to its end. `/resume` continues the run.',
  ],
  resumed: [{ code: 'resumed', run: '42' }, 'Run `42` continues.'],
  'gate-approved': [
    { code: 'gate-approved', run: '42', task: 'g' },
    'The gate `g` is approved. The tasks behind it start.',
  ],
  'landing-approved': [{ code: 'landing-approved', run: '42', task: 'a' }, '`a` lands. The tasks that need it start.'],
  'already-done': [
    { code: 'already-done', run: '42', detail: '`a` has landed.' },
    '`a` has landed. Nothing was changed.',
  ],
}

describe('an answer', () => {
  it.each(Object.entries(ANSWERS))('%s says what follows, and ends with its code', (code, [answer, said]) => {
    expect(renderAnswer(answer, emptyRun, settings())).toBe(`${said}\n\n<sub>\`${code}\`</sub>`)
  })

  it('says where to look, once there is something', () => {
    const run = live(requested(), proposed(), projected(['pull:trunk', 50]), approved())
    expect(renderAnswer({ code: 'resumed', run: '42' }, run, settings())).toBe(
      'Run `42` continues.\n\nFollow it on #50.\n\n<sub>`resumed`</sub>',
    )
  })

  it('to /status is how far the run is and what can be done', () => {
    const run = live(
      requested(),
      proposed(),
      projected(['pull:trunk', 50]),
      approved(),
      queued('types'),
      started('types'),
      queued('ask'),
    )
    expect(renderAnswer({ code: 'status', run: '42' }, run, settings()).split('\n')).toEqual([
      'Run `42`.',
      '',
      '**Running: 0 of 9 tasks landed, 1 at work, 1 waiting for a person, 7 to come.** Tasks start as soon as their own needs have landed.',
      '',
      '- `/approve ask` opens the gate `ask`.',
      '- `/pause` stops new tasks from starting; `/cancel` stops the run.',
      '',
      'All of it is on #50.',
      '',
      '<sub>`status`</sub>',
    ])
  })

  it('always fits', () => {
    const ids = Array.from({ length: 500 }, (_, index) => `t${index}${'x'.repeat(36)}`)
    for (const answer of [
      { code: 'cancelled', run: '42', landed: ids },
      { code: 'approved', ...none, only: ids, added: ids },
      { code: 'already-done', run: '42', detail: '<'.repeat(100_000) },
    ] satisfies CommandAnswer[])
      expect(byteLength(renderAnswer(answer, emptyRun, settings()))).toBeLessThan(LIMITS.comment - 200)
  })
})

describe('the answer to /revise', () => {
  it('counts the questions that still wait', () => {
    const text = renderAnswer({ code: 'revising', run: '42', open: ['q', 'r'] }, emptyRun, settings())
    expect(text).toContain('2 questions of the planner still wait for `/answer`.')
  })
})

describe('on the issue', () => {
  it('the plan is announced with the line that approves it', () => {
    const run = planned(requested(), proposed())
    const text = renderProposed(run, 50)
    expect(text.split('\n')).toEqual([
      '<!-- tributary:proposed:42 -->',
      `@${run.askedBy} The plan has 9 tasks and is on #50. Nothing starts before you approve it, there or here:`,
      '',
      '```text',
      `/approve ${run.work.planId.slice(0, 12)}`,
      '```',
      '',
      '<sub>`plan-proposed`</sub>',
    ])
    expect(parse(text).children.at(-2)?.type).toBe('code')
  })
})

describe('/help', () => {
  const help = renderHelp(settings())

  it('names every command', () => {
    const [commands] = parse(help).children.filter((node) => node.type === 'table')
    expect(commands?.children).toHaveLength(1 + Object.keys(COMMANDS).length)
    expect(help).toContain(
      '| `/retry t3 [-- note]` | Starts another attempt at a task. `/retry verification` runs the verification again. |',
    )
    expect(help).toContain('| `/steer t3 -- words` | Sends a message to the agent of a running task. |')
  })

  it('says who may do what by the settings', () => {
    expect(help).toContain('- All other commands: people with `write` permission or more. Bots never.')
    expect(help).not.toContain('of these')
    const strict = renderHelp(
      settings({ approvers: { permission: 'maintain', users: ['ann', 'ben'], second_person: true }, merge: 'review' }),
    )
    expect(strict).toContain('people with `maintain` permission or more')
    expect(strict).toContain(
      '- `/approve`, `/reject`, `/plan off`, `/budget`, `/skip` of a gate or of a task that is not approved, `/resume` on a base that has moved, and a `/plan` with a more open mode or more money than the settings allow: the same people, but only ann, ben, and not those who asked for the plan or for its last version.',
    )
    expect(strict).toContain('- A verified task lands when one of these types `/approve` on its pull request.')
  })

  it('says which mode, money and models a run goes by', () => {
    for (const line of [
      '- Mode `strict`: no task, no agent and no write before an approval. `/plan --mode` sets another one for a run.',
      '- Money: 10.00 USD a run and 2.00 USD an attempt at a task. `/plan --budget` and `/budget` set another limit for a run.',
      '- Models: `claude-haiku-5-5` explores, `claude-opus-5-5` plans, `claude-haiku-5-5`, `claude-sonnet-5-5` and `claude-opus-5-5` work, as the plan gives each task its tier; `claude-opus-5-5` reviews risky results of agents before they land.',
    ])
      expect(help.split('\n')).toContain(line)
    const other = renderHelp(settings({ mode: 'soft', worker: { command: ['codex', '{prompt_file}'] } }))
    expect(other).toContain('- Mode `soft`: ')
    expect(other).toContain(
      'the program `codex` works; `claude-opus-5-5` reviews risky results of agents before they land.',
    )
  })

  it('counts people when there are too many of them', () => {
    const many = renderHelp(
      settings({ approvers: { users: Array.from({ length: 9000 }, (_, index) => `person${index}`) } }),
    )
    expect(byteLength(many)).toBeLessThan(LIMITS.comment - 200)
    expect(many).toMatch(/person0, .*, \d+ people named in the settings\./)
  })
})
