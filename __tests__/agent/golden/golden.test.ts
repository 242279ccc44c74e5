import { describe, expect, it } from 'vitest'
import { critique } from '../../../src/agent/planner/critique.ts'
import { design } from '../../../src/agent/planner/design.ts'
import { expand } from '../../../src/agent/planner/expand.ts'
import { explore } from '../../../src/agent/planner/exploration/explore.ts'
import { planCommandPrompt } from '../../../src/agent/planner/plan-by-command.ts'
import { replan } from '../../../src/agent/planner/replan.ts'
import { synthesise } from '../../../src/agent/planner/synthesise.ts'
import { quotesFor } from '../../../src/agent/prompts/quote.ts'
import { reviewWork } from '../../../src/agent/reviewer/review.ts'
import { workOnTask } from '../../../src/agent/worker/work.ts'
import { handOffOf } from '../../../src/core/run/hand-off.ts'
import { taskOf } from '../../../src/core/run/lookup.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { adaptableTasks } from '../../../src/core/schedule/after-review.ts'
import { briefOf } from '../../../src/core/schedule/brief.ts'
import type { ModelRequest } from '../../../src/ports/model.ts'
import { agentsAtWork, followed } from '../../support/planning.ts'
import { begun, report, verifiedBy } from '../../support/run.ts'
import { calls, saidModel, says } from '../../support/said-model.ts'
import {
  exploration,
  input,
  metered,
  neverAborted,
  sources,
  written,
  writtenPlan,
} from '../planner/planner-fixtures.ts'
import { attempt, finishes } from '../worker/worker-attempt.ts'

/** All that a model is sent, as a person reads it. */
function asText({ system, tools, turns, schema }: ModelRequest): string {
  const part = (title: string, text: string) => `==== ${title} ====\n${text}`
  return `${[
    ...system.map(({ text, cache }) => part(`system${cache === true ? ', cached to here' : ''}`, text)),
    ...tools.map(({ name, description, input: shape }) =>
      part(`tool ${name}`, `${description}\n${JSON.stringify(shape)}`),
    ),
    ...turns.flatMap(({ role, blocks }) =>
      blocks.map((block) =>
        part(
          `${role}${'cache' in block && block.cache === true ? ', cached to here' : ''}`,
          'text' in block ? block.text : JSON.stringify(block),
        ),
      ),
    ),
    ...(schema === null ? [] : [part('answer', JSON.stringify(schema))]),
  ].join('\n\n')}\n`
}

const handOff = handOffOf(
  {
    did: 'Added retry.\nWith back-off.',
    interfaces: ['retry(options: Options) in src/retry.ts'],
    decisions: ['five tries'],
    caveats: [],
    follow_ups: [],
  },
  { files: ['src/retry.ts'], check: 'passed: npm test' },
)

const tasks = {
  a: {
    title: 'Add retry',
    goal: 'Requests are tried again.',
    writes: ['src/retry.ts'],
    interface: 'retry(times): void',
  },
  b: {
    title: 'Use it',
    goal: 'The client retries.',
    context: 'retry(times) is in src/retry.ts',
    writes: ['src/http.ts'],
    reads: ['src/retry.ts', 'src/log.ts'],
    acceptance: { argv: ['npm', 'test'], expect: 'all pass' },
  },
  c: { title: 'Log tries', writes: ['src/log.ts'], interface: 'logTry(n: number): void' },
}

const earlier = { attempt: 1, outcome: 'failed', head: null } as const

/** The run of the fixtures: `a` has landed, `b` is at work, `c` is to come. */
function run(): ActiveRun {
  const open = agentsAtWork<ActiveRun>('a > b, c', { tasks, summary: 'Requests are retried.', non_goals: ['caching'] })
  const verified = verifiedBy(open, 'a').map((event) =>
    event.type === 'task_verified' ? { ...event, report: { ...report, handOff } } : event,
  )
  const landed = followed<ActiveRun>(open, ...verified, { type: 'task_landed', task: 'a', attempt: 1 })
  const state = followed<ActiveRun>(landed, ...begun(landed, 'b'), {
    type: 'task_steered',
    task: 'b',
    words: 'Keep the old signature.',
    by: 'mona',
  })
  return { ...state, work: { ...state.work, comments: ['@mona: Please keep it small.'] } }
}

const said = '{"problems":[],"accepted":true}'
const shared = { model: 'strong', input: input(), sources }

/** The first request of each role, from fixed inputs. */
const roles: Record<string, () => Promise<ModelRequest | undefined>> = {
  async explorer() {
    const { area: _, ...found } = exploration
    const model = saidModel([calls([{ name: 'finish', input: found }])])
    await explore({ ...shared, metered: metered(model) }, neverAborted)
    return model.requests[0]
  },
  async design() {
    const model = saidModel([says(writtenPlan([written('t1')]))])
    const on = { head: () => {}, task: () => {} }
    const asked = { questions: [{ id: 'q1', question: 'How often?', options: ['3', '5'], default: '5' }] }
    const answers = [{ question: 'q1', chosen: 'a', words: '3', by: 'mona' }]
    await design(
      {
        ...shared,
        ...asked,
        answers,
        metered: metered(model),
        explorations: [exploration],
        questionsAllowed: false,
        revisions: ['Use fewer tasks.'],
        previous: { plan: run().work.plan, problems: ['`a`: too wide'] },
        fixed: [],
        on,
      },
      neverAborted,
    )
    return model.requests[0]
  },
  async critique() {
    const model = saidModel([says(said)])
    const draft = { plan: run().work.plan, notes: ['`b` waits for `a`'], problems: [] }
    await critique({ ...shared, metered: metered(model), explorations: [exploration], draft }, neverAborted)
    return model.requests[0]
  },
  async expansion() {
    const model = saidModel([says('no JSON'), says('no JSON')])
    const { work } = run()
    const scoped = { scope: exploration, handOffs: new Map([['a', handOff]]) }
    await expand(
      { ...shared, ...scoped, metered: metered(model), plan: work.plan, task: taskOf(work, 'b') },
      neverAborted,
    )
    return model.requests[0]
  },
  async replanner() {
    const model = saidModel([says('no JSON'), says('no JSON')])
    const { work } = run()
    const task = taskOf(work, 'b')
    const failures = [{ reason: 'acceptance-failed' as const, exitCode: 1, log: 'expected 3, got 4' }]
    await replan(
      {
        ...shared,
        metered: metered(model),
        plan: work.plan,
        failed: { task, failures, diff: '+ wrong line' },
        replaceable: [task],
        handOffs: new Map([['a', handOff]]),
      },
      neverAborted,
    )
    return model.requests[0]
  },
  async synthesiser() {
    const model = saidModel([says('no JSON'), says('no JSON')])
    const { work } = run()
    await synthesise(
      {
        ...shared,
        metered: metered(model),
        plan: work.plan,
        landed: [{ task: taskOf(work, 'a'), handOff }],
        diffStat: 'A src/retry.ts',
        diff: '+++ src/retry.ts\nexport const retry = 1',
        resolutions: [],
      },
      neverAborted,
    )
    return model.requests[0]
  },
  async reviewer() {
    const model = saidModel([says('no JSON'), says('no JSON')])
    const open = agentsAtWork<ActiveRun>('a > b, c', {
      tasks,
      summary: 'Requests are retried.',
      non_goals: ['caching'],
    })
    const done = followed<ActiveRun>(open, ...verifiedBy(open, 'a'))
    const state = { ...done, work: { ...done.work, comments: ['@mona: Please keep it small.'] } }
    const brief = briefOf(state, 'a')
    await reviewWork(
      {
        metered: metered(model),
        model: 'strong',
        quotes: quotesFor(brief),
        brief: {
          ...brief,
          attempt: 2,
          earlier: [{ ...earlier, failure: { reason: 'acceptance-failed', exitCode: 1, log: 'expected 3, got 4' } }],
        },
        reasons: ['promise', 'attempts'],
        report: { ...report, handOff, resolved: ['c'] },
        settles: [taskOf(state.work, 'c')],
        files: ['A src/retry.ts'],
        diff: '+++ b/src/retry.ts\n+export const retry = (options: Options) => 1',
        instructions: { files: [{ path: 'AGENTS.md', folder: '', text: 'Tests beside the code.' }], leftOut: [] },
        waiting: adaptableTasks(state.work, 'a'),
        isLast: false,
      },
      neverAborted,
    )
    return model.requests[0]
  },
  'plan command': async () => {
    const asked = { questions: [], answers: [], questionsAllowed: false, previous: null, fixed: [] }
    const text = planCommandPrompt({ input: input(), ...asked, revisions: ['Use fewer tasks.'] })
    return { ...nothingSent, turns: [{ role: 'user', blocks: [{ kind: 'text', text }] }] }
  },
  worker: () => workerRequest('listed'),
  'sandboxed worker': () => workerRequest('sandboxed'),
}

async function workerRequest(agentCommands: 'listed' | 'sandboxed'): Promise<ModelRequest | undefined> {
  const landed = run()
  const state = followed<ActiveRun>(landed, {
    type: 'task_adapted',
    task: 'b',
    of: 'a',
    ofAttempt: 1,
    words: 'Pass options to retry, not a number.',
  })
  const brief = briefOf(state, 'b')
  const at = attempt([finishes()], { state, task: 'b', context: { agentCommands } })
  const check = { of: 'b', argv: ['npm', 'test'], expect: 'all pass' }
  const ran = { exitCode: 1, log: 'retry is not called', seconds: 1, timedOut: false }
  const context = {
    baseline: [{ check, ran }],
    earlierDiffs: [],
    instructions: {
      files: [
        { path: 'AGENTS.md', folder: '', text: 'Tests beside the code.' },
        { path: 'src/CLAUDE.md', folder: 'src/', text: 'No classes here.' },
      ],
      leftOut: [],
    },
    tests: ['src/http.test.ts'],
  }
  await workOnTask({ ...at.deps, quotes: quotesFor(brief) }, brief, context, neverAborted)
  return at.model.requests[0]
}

/** Of a program, which gets a file and no request. */
const nothingSent: ModelRequest = {
  ...{ model: '', system: [], tools: [], turns: [], schema: null },
  ...{ maxTokens: 0, signal: neverAborted },
}

describe('the whole of what a model is sent', () => {
  it.each(Object.entries(roles))('to the %s is what its file says', async (role, request) => {
    const sent = await request()
    if (sent === undefined) throw new Error(`the ${role} asked nothing`)
    await expect(asText(sent)).toMatchFileSnapshot(`${role.replace(' ', '-')}.txt`)
  })
})
