import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { spendingOfTask, spentUsd } from '../../src/core/money/ledger.ts'
import { usdOf } from '../../src/core/money/usage.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import { evolve } from '../../src/core/run/evolve.ts'
import { recordOf } from '../../src/core/run/lookup.ts'
import { emptyRun, type RunState } from '../../src/core/run/state.ts'
import { paced } from '../../src/model-double/answer.ts'
import type { LoggedRequest } from '../../src/model-double/log.ts'
import { parsedRequest } from '../../src/model-double/request.ts'
import type { Say } from '../../src/model-double/script.ts'
import { usd } from '../../src/render/markdown/format.ts'
import { create, finish, planned, startAgentWorld, taskOf, usual, whenTask } from './support/agents.ts'
import { calm } from './support/calm.ts'
import { expectFinished, statusOf } from './support/picture.ts'
import { calls, talksOf, toolsSaid, usdOfRequest } from './support/talk.ts'
import { eventsOf, startsIn, type World } from './support/world.ts'

const BIG = ['t1', 't2', 't4', 't5', 't6']
const LIMIT = 2
const STEER = 'call the colour *blue*, and you may write `elsewhere.txt` too'
const plan = planned('t1, t2, t3, t4, t5, t6', {
  ...Object.fromEntries(BIG.map((id) => [id, { size: 'small', model_tier: 'strong' }])),
  t3: { size: 'small' },
})

/** About 15,000 tokens of the dearest model: with what is said around it about 0.40 USD. */
const large: Say = (request) => {
  const id = taskOf(request) ?? ''
  return request.turns === 0
    ? calls(create(`${id}/done.txt`, 'a line of a long text\n'.repeat(2_700)))
    : finish(`Wrote ${id}/done.txt.`)
}
const SLOWLY = { chunk: 100, milliseconds: 250 }
const hasHeard = (talk: string): boolean => talk.includes('call the colour *blue*')
/** Looks around until somebody says something; then does that, as far as it may. */
const listens: Say = (request) => {
  const words = JSON.stringify(request.body.messages)
  const { turns } = request
  if (!hasHeard(words))
    return paced(calls({ name: 'view', input: { path: 'tools/work.sh', from: 1 + (turns % 20), to: null } }), SLOWLY)
  if (hasHeard(request.lastText)) return calls(create('elsewhere.txt', 'mine\n'), create('t3/done.txt', 'blue\n'))
  return finish('The colour is blue.')
}

let stage: Awaited<ReturnType<typeof startAgentWorld>>
let world: World
beforeAll(async () => {
  stage = await startAgentWorld(
    [whenTask('t3', listens), { when: (request) => BIG.includes(taskOf(request) ?? ''), say: large }, ...usual(plan)],
    { files: { '.github/tributary.yml': calm() } },
  )
  world = stage.world
})
afterAll(() => stage.close())

const RUN = '1'
let issue = 0
const paid = () => stage.model.requests.reduce((sum, request) => sum + usdOfRequest(request), 0)

async function liveState() {
  const state = await world.state(RUN)
  if (state === null || state.phase === 'empty' || state.phase === 'requested' || state.work === null)
    throw new Error('there is no run with a plan')
  return { ...state, work: state.work }
}
const statusText = async (): Promise<string> => (await statusOf(world, await liveState())).body ?? ''

/** Where more was spent and set aside together than the limit of that moment. */
function overdrawn(events: readonly RunEvent[]): string[] {
  let state: RunState = emptyRun
  return events.flatMap((event) => {
    state = evolve(state, event)
    if (state.phase === 'empty' || state.ledger.limit === null) return []
    const { limit, reserved } = state.ledger
    const all = spentUsd(state.ledger) + Object.values(reserved).reduce((sum, one) => sum + one.usd, 0)
    return all > limit + 1e-9 ? [`${event.type}: ${all} of ${limit}`] : []
  })
}

/** What the server itself counted, in the words of our tables. */
function counted(requests: readonly LoggedRequest[]) {
  const sum = (of: (usage: NonNullable<LoggedRequest['usage']>) => number) =>
    requests.reduce((total, { usage }) => total + (usage === null ? 0 : of(usage)), 0).toLocaleString('en-US')
  return {
    calls: requests.length,
    fresh: sum((usage) => usage.input_tokens),
    cached: sum((usage) => usage.cache_read_input_tokens),
    written: sum((usage) => usage.cache_creation_input_tokens),
    output: sum((usage) => usage.output_tokens),
    cost: usd(requests.reduce((total, request) => total + usdOfRequest(request), 0)),
  }
}
/** A row of the table of money: the attempts, their time, and all of the tokens. */
function row(role: string, model: string, attempts: number, requests: readonly LoggedRequest[]): RegExp {
  const { calls: number, fresh, cached, written, output, cost } = counted(requests)
  const who = model === '' ? role : `${role}, ${model}`
  const cells = [
    who,
    `[0-9][^|]* (?:s|min), ${attempts} attempts?, ${number} calls?`,
    `${fresh} fresh, ${cached} cached, ${written} written, ${output} output`,
    cost,
  ]
  return new RegExp(`^\\| ${cells.join(' \\| ')} \\|$`, 'm')
}
const beginnings = (requests: readonly LoggedRequest[]): number =>
  requests.filter(({ body }) => body !== null && parsedRequest(body).turns === 0).length
const workOf = (id: string) =>
  stage.model.requests.filter(({ body }) => body !== null && taskOf(parsedRequest(body)) === id)
const withModel = (model: string) => [...BIG, 't3'].flatMap(workOf).filter(({ body }) => body?.model === model)
/** The requests of the newest attempt: each begins a conversation of its own. */
function lastAttempt(id: string): LoggedRequest[] {
  const all = workOf(id)
  return all.slice(all.findLastIndex(({ body }) => body !== null && parsedRequest(body).turns === 0))
}

/** A row for each role and model, all of it by the server's own count. */
const moneyRows = async () => {
  const { ledger } = await liveState()
  const byModel = ['claude-opus-5-5', 'claude-sonnet-5-5'].map((model) => {
    const requests = withModel(model)
    return row('work', `\`${model}\``, beginnings(requests), requests)
  })
  return [...byModel, row('all', '', Object.keys(ledger.spent).length, stage.model.requests)]
}

const jobsSchema = z.object({ jobs: z.array(z.looseObject({ name: z.string(), summary: z.string() })) })
const summaries = (): string[] =>
  jobsSchema
    .parse(JSON.parse(readFileSync(join(world.folder, 'hub', 'hub.json'), 'utf8')))
    .jobs.map(({ summary }) => summary)

describe('what a person says to a worker', () => {
  it('is taken from whoever may command the run, while the worker is at work', async () => {
    issue = await world.openIssue('Please write six files.')
    await world.say(issue, `/plan --mode off --budget ${LIMIT}usd`)
    await world.when(RUN, 'at work on t3', (_, work) => recordOf(work, 't3').state.status === 'in_progress')
    // What is said before its first turn would stand in its brief.
    await world.until('the first turn of t3', async () => workOf('t3').length > 0)
    const steered = await world.say(issue, `/steer t3 -- ${STEER}`)
    expect(steered).toContain('The worker of `t3` reads this at its next turn. It approves nothing')
  })
  it('is in its next turn, in the middle of its only attempt, and in the journal', async () => {
    await world.when(RUN, 'done with t3', (_, work) => recordOf(work, 't3').state.status === 'landed')
    const [talk = [], ...more] = talksOf(stage.model, 't3')
    expect(more).toEqual([])
    const turn = talk.findIndex(({ lastText }) => hasHeard(lastText))
    expect(turn).toBeGreaterThan(0)
    expect(talk[turn]?.lastText).toContain('A person who runs the project says to you, while you work:')
    expect(talk[turn]?.lastText).toContain(`words of admin`)
    expect(talk[turn]?.lastText).toContain(STEER)
    const events = await world.events(RUN)
    expect(eventsOf(events, 'task_steered')).toMatchObject([{ task: 't3', words: STEER, by: 'admin' }])
    expect(world.git('show', `refs/heads/tributary/${RUN}/t3:t3/done.txt`)).toBe('blue')
  })
  it('is no approval of anything', async () => {
    const [talk = []] = talksOf(stage.model, 't3')
    const turn = talk.findIndex(({ lastText }) => hasHeard(lastText))
    const [elsewhere, own] = toolsSaid(talk, talk[turn]?.turns ?? -1)
    expect(elsewhere).toMatchObject({ isError: true, text: expect.stringContaining('This task may change `t3/**`') })
    expect(own?.isError).toBe(false)
    expect(world.git('ls-tree', '--name-only', `refs/heads/tributary/${RUN}/trunk`).split('\n')).not.toContain(
      'elsewhere.txt',
    )
  })
})

describe('a run that comes to its limit', () => {
  let atLimit = 0

  it('stops before it passes it, with nothing at work and nothing lost', async () => {
    const { work, ledger } = await world.when(RUN, 'at its limit', (state, work) =>
      state.phase === 'active' && state.paused?.cause === 'budget' && state.orchestrator === null
        ? { work, ledger: state.ledger }
        : undefined,
    )
    atLimit = stage.model.requests.length
    const statuses = work.plan.tasks.map(({ id }) => recordOf(work, id).state.status)
    expect(new Set(statuses)).toEqual(new Set(['landed', 'queued']))
    expect(paid()).toBeGreaterThan(LIMIT / 2)
    expect(paid()).toBeLessThanOrEqual(LIMIT)
    expect(spentUsd(ledger)).toBeCloseTo(paid(), 9)
    expect(ledger).toMatchObject({ limit: LIMIT, reserved: {} })
  })
  it('blames no task for it: none has failed, and none goes to a stronger model or a new plan', async () => {
    const failed = eventsOf(await world.events(RUN), 'task_failed')
    expect(failed.length).toBeGreaterThan(0)
    for (const { failure, final } of failed) expect([failure.reason, final]).toEqual(['allowance-spent', false])
    const { work } = await liveState()
    for (const id of BIG) expect(recordOf(work, id)).toMatchObject({ failures: 0, replanWanted: false })
  })
  it('says what was done, for how much, and what goes on', async () => {
    const { work } = await liveState()
    const landed = work.plan.tasks.filter(({ id }) => recordOf(work, id).state.status === 'landed').length
    const status = await statusText()
    expect(status).toContain(`## Paused at the limit of money: ${landed} of 6 tasks landed, ${6 - landed} queued`)
    expect(status).toContain(`${landed} of 6 tasks landed for ${usd(paid())}; the limit is 2.00 USD`)
    expect(status).toContain('- `/budget 3usd` sets a higher limit and continues; `/cancel` stops the run')
    for (const line of await moneyRows()) expect(status).toMatch(line)
    expect(status).toContain(`Money: ${usd(paid())} spent, ${usd(LIMIT - paid())} left of 2.00 USD.`)
  })
  it('takes no limit from people who may not set one, and none that is spent already', async () => {
    expect(await world.say(issue, '/budget 8usd', 'outsider')).toContain('`not-permitted`')
    expect(await world.say(issue, '/budget 1usd')).toContain('`budget-too-low`')
    expect(await world.say(issue, '/steer t6 -- hurry')).toContain('`wrong-task-state`')
    expect(stage.model.requests).toHaveLength(atLimit)
  })
  it('goes on with a larger limit, to the end', async () => {
    expect(await world.say(issue, '/budget 8usd')).toContain('Run `1` may spend 8.00 USD;')
    expect((await world.ended(RUN)).conclusion).toBe('success')
    await world.idle()
    const ids = [...BIG, 't3'].toSorted()
    await expectFinished(world, RUN, {
      title: 'Done',
      checks: Object.fromEntries(ids.map((id) => [id, 'success'])),
      pulls: { merged: ids, closed: [] },
    })
  })
})

describe('the money of the whole run', () => {
  it('was never more than the limit, at no moment of the journal', async () => {
    const events = await world.events(RUN)
    expect(overdrawn(events)).toEqual([])
    const { ledger } = await liveState()
    expect(spentUsd(ledger)).toBeCloseTo(paid(), 9)
    expect(
      Object.values(ledger.spent)
        .flat()
        .every(({ unknown }) => unknown === 0),
    ).toBe(true)
    // An attempt stays within what was set aside for it.
    for (const { task, attempt, allowance = 0 } of eventsOf(events, 'task_started'))
      expect(usdOf(ledger.spent[`${task}/${attempt}`] ?? [])).toBeLessThanOrEqual(allowance)
  })
  it('stands by role and model, as the server counted it, in the status, the final pull request and a job summary', async () => {
    const { ledger, projected } = await liveState()
    const pull_number = projected['pull:trunk']?.number ?? 0
    const { data } = await world.admin.rest.pulls.get({ ...world.at, pull_number })
    const summary = summaries().findLast((text) => text.includes('<summary>Money: ')) ?? ''
    for (const text of [data.body ?? '', await statusText(), summary]) {
      for (const line of await moneyRows()) expect(text).toMatch(line)
      expect(text).toContain(`Money: ${usd(paid())} spent, ${usd(8 - paid())} left of 8.00 USD`)
      for (const id of BIG)
        expect(text).toMatch(
          new RegExp(
            `^(?:\\||\\d+\\.) \`${id}\` Task ${id}.*[ >][0-9.]+ (?:s|min).*[,·] ${usd(usdOf(spendingOfTask(ledger, id)))}`,
            'm',
          ),
        )
    }
    expect(data.body).toMatch(/^Time: .* from `\/plan` to the end, .* of it after the approval\.$/m)
    for (const { task, attempt } of eventsOf(await world.events(RUN), 'task_failed'))
      expect(data.body).toContain(`- \`${task}\`, attempt ${attempt}: it spent the `)
  })
  it('stands for each task on its check: tokens of each kind, time and attempts', async () => {
    const { work, ledger } = await liveState()
    for (const id of [...BIG, 't3']) {
      const { attempts } = recordOf(work, id)
      const { data } = await world.admin.rest.checks.listForRef({ ...world.at, ref: attempts.at(-1)?.head ?? '' })
      const text = data.check_runs[0]?.output.text ?? ''
      const { calls: number, fresh, cached, written, output, cost } = counted(lastAttempt(id))
      expect(text).toContain(`- Cost: ${cost}, ${number} ${number === 1 ? 'call' : 'calls'} of `)
      expect(text).toContain(
        `- Tokens: ${fresh} fresh, ${cached} read from the cache, ${written} written to the cache, ${output} of output`,
      )
      expect(text).toMatch(new RegExp(`^- Attempt ${attempts.length} in slot .*, work time [0-9.]+ (?:s|min)`, 'm'))
      if (attempts.length > 1)
        expect(text).toContain(`- All attempts at this task together: ${usd(usdOf(spendingOfTask(ledger, id)))}`)
      if (id === 't3') expect(text).toMatch(/^- admin told the worker at .*call the colour/m)
    }
  })
  it('stands for each attempt in the summary of the slot that worked on it', async () => {
    const { ledger } = await liveState()
    const slots = summaries().filter((text) => text.startsWith('## Slot '))
    const events = await world.events(RUN)
    const begun = startsIn(events)
    expect(begun.length).toBeGreaterThan(5)
    for (const { task, attempt } of begun) {
      const cost = usd(usdOf(ledger.spent[`${task}/${attempt}`] ?? []))
      const rows = slots
        .flatMap((text) => text.split('\n'))
        .filter((line) => line.startsWith(`| \`${task}\` |`))
        .filter((line) => (attempt === 1 ? !line.includes(', attempt ') : line.includes(`, attempt ${attempt},`)))
      expect(rows).toEqual([
        expect.stringMatching(new RegExp(` \\| [0-9.]+ (?:s|min),.* cached, .* output, ${cost}, `)),
      ])
    }
  })
  it('asked the model for nothing that a model could not have said', () => {
    expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
  })
})
