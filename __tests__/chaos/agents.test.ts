import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/run/event.ts'
import type { LiveRun } from '../../src/core/run/state.ts'
import { gate, held, json, tools } from '../../src/model-double/answer.ts'
import type { LoggedRequest } from '../../src/model-double/log.ts'
import { parsedRequest } from '../../src/model-double/request.ts'
import type { Rule, Say } from '../../src/model-double/script.ts'
import { asksFor, create, planned, startAgentWorld, taskOf, usual } from '../e2e/support/agents.ts'
import { expectFinished } from '../e2e/support/picture.ts'
import { isAbout, of, requestsOf } from '../e2e/support/topic.ts'
import { agreement, eventsOf, type World } from '../e2e/support/world.ts'
import { killOrchestrator, killSlot } from './support/kill.ts'
import { countsOf, expectLost, expectPaid, expectWithinLimit } from './support/paid.ts'

const STRICT = 'Please write five files, whatever may die over it.'
const OPEN = 'Please write four files while their plan is being written.'
const strictPlan = planned('a, b, g > c, a > d')
const openPlan = planned('a > c, b > d')

/** What is said once and then never comes to its end: whoever asked is killed over it. */
const never = gate().opened
/** Opens when the orchestrator under which `b` began is dead. */
const [strictGate, openGate] = [gate(), gate()]

const explored = { summary: 'A small repository.', findings: [], conventions: [], commands: [], unknowns: [] }
const writes: Say = (request) => tools([create(`${taskOf(request)}/done.txt`, `done by ${taskOf(request)}\n`)])
const heldUntil =
  (until: Promise<unknown>): Say =>
  async (request, turn) => {
    const answer = await writes(request, turn)
    return answer.kind === 'answer' ? held(answer, until) : answer
  }

const rules: Rule[] = [
  { when: of(STRICT, 'explore'), say: held(tools([{ name: 'finish', input: explored }]), never), times: 1 },
  { when: of(STRICT, 'design'), say: held(json(strictPlan), never, '"id":"c"'), times: 1 },
  { when: of(STRICT, 'a'), say: heldUntil(never), times: 1 },
  { when: of(STRICT, 'b'), say: heldUntil(strictGate.opened), times: 1 },
  { when: of(OPEN, 'design'), say: held(json(openPlan), never, '"id":"d"'), times: 1 },
  { when: of(OPEN, 'b'), say: heldUntil(openGate.opened), times: 1 },
  { when: (request) => asksFor('tasks')(request) && isAbout(request, OPEN), say: json(openPlan) },
  ...usual(strictPlan),
]

let stage: Awaited<ReturnType<typeof startAgentWorld>>
let world: World
beforeAll(async () => {
  stage = await startAgentWorld(rules)
  world = stage.world
})
afterAll(() => stage.close())

/** Resolves as soon as so many answers about it have begun to stream. */
const streaming = (words: string, topic: string, count = 1): Promise<void> =>
  stage.model.until((requests) => requests.filter((one) => isStreaming(one, words, topic)).length >= count)
const isStreaming = ({ body, usage }: LoggedRequest, words: string, topic: string): boolean =>
  body !== null && usage !== null && of(words, topic)(parsedRequest(body))

/** Another orchestrator than the one that was killed has told that it is there. */
const replaced = (run: string, killed: number) =>
  world.until(`another orchestrator of run ${run}`, async () => {
    const state = await world.state(run)
    return (
      state !== null &&
      state.phase !== 'empty' &&
      state.orchestrator?.started &&
      state.orchestrator.workflowRun !== killed
    )
  })

const liveState = async (run: string): Promise<LiveRun> => {
  const state = await world.state(run)
  if (state === null || state.phase === 'empty') throw new Error(`run ${run} has no journal`)
  return state
}

/** Trunk holds the base's files, and of each task its one file: nothing else, and nothing from somebody who died. */
function expectTree(run: string, tasks: readonly string[]): void {
  const trunk = `refs/heads/tributary/${run}/trunk`
  const changes = world.git('diff', '--name-status', 'main', trunk).split('\n')
  expect(changes).toEqual(tasks.map((id) => `A\t${id}/done.txt`))
  for (const id of tasks) expect(world.git('show', `${trunk}:${id}/done.txt`)).toBe(`done by ${id}`)
}

async function expectGoodEnd(run: string, tasks: readonly string[]): Promise<void> {
  expect((await world.ended(run)).conclusion).toBe('success')
  const both = await agreement(world, run)
  expect(both.folded).toEqual(both.state)
  expect(both.trunkInGit).toBe(both.trunkInJournal)
  expectTree(run, tasks)
  const { projected } = await liveState(run)
  await expectFinished(world, run, {
    title: 'Done',
    checks: Object.fromEntries(tasks.map((id) => [id, 'success'])),
    // Trunk may hold a task before an orchestrator that was killed could open its pull request: then there is none.
    pulls: { merged: tasks.filter((id) => `pull:${id}` in projected), closed: [] },
  })
}

const attemptsIn = (events: readonly RunEvent[]): string[] =>
  eventsOf(events, 'task_started')
    .map(({ task, attempt }) => `${task}/${attempt}`)
    .toSorted()

describe('a run whose orchestrator dies while it explores, plans and lets work, and whose slot dies in mid-call', () => {
  let run = ''
  /** When the orchestrator was killed for the last time. */
  let killedAt = new Date(0)
  let before: RunEvent[] = []
  beforeAll(async () => {
    const issue = await world.openIssue(STRICT)
    run = `${issue}`
    await world.comment(issue, '/plan')
    await streaming(STRICT, 'explore')
    const first = await killOrchestrator(world, run)
    await replaced(run, first)
    await world.until('a part of the plan', async () => {
      const state = await world.state(run)
      return state?.phase === 'requested' && (state.planning?.streamed.length ?? 0) >= 2
    })
    const second = await killOrchestrator(world, run)
    await replaced(run, second)
    const proposed = await world.until('a plan', async () => {
      const state = await world.state(run)
      return state?.phase === 'proposed' && state.orchestrator === null && state
    })
    await world.say(proposed.projected['pull:trunk']?.number ?? issue, `/approve ${proposed.work.planId.slice(0, 12)}`)
    await Promise.all([streaming(STRICT, 'a'), streaming(STRICT, 'b')])
    await world.when(run, 'through with g', (_, { tasks }) => tasks.g?.state.status === 'landed')
    const third = await killOrchestrator(world, run)
    killedAt = new Date()
    before = await world.events(run)
    strictGate.open()
    await replaced(run, third)
    const { slot } = await world.when(run, 'at work on a', (_, { tasks }) => {
      const state = tasks.a?.state
      return state?.status === 'in_progress' && state
    })
    await killSlot(world, run, slot)
    await world.ended(run)
  })

  it('comes to the same end as any other', async () => {
    await expectGoodEnd(run, ['a', 'b', 'c', 'd', 'g'])
    const events = await world.events(run)
    expect(eventsOf(events, 'orchestrator_lost')).toHaveLength(3)
    expect(eventsOf(events, 'task_returned').map(({ task, attempt }) => `${task}/${attempt}`)).toEqual(['a/1'])
    expect(eventsOf(events, 'task_failed')).toEqual([])
  })
  it('begins again only what died, and asks for nothing again that was settled or done', async () => {
    expect(attemptsIn(await world.events(run))).toEqual(['a/1', 'a/2', 'b/1', 'c/1', 'd/1', 'g/1'])
    const found = requestsOf(stage.model, STRICT)
    expect(countsOf(found)).toEqual({
      explore: 2,
      design: 2,
      critique: 1,
      a: 3,
      b: 2,
      c: 2,
      d: 2,
      g: 2,
      synthesis: 1,
    })
    expect(eventsOf(before, 'task_landed').map(({ task }) => task)).toEqual(['g'])
    for (const { startedAt } of found.g ?? []) expect(startedAt.getTime()).toBeLessThan(killedAt.getTime())
    const settled = eventsOf(before, 'money_settled').map(({ stage }) => stage)
    expect(settled).toEqual(['explore#2', 'design#2', 'critique#1'])
  })
  it('pays in full for what died with its reservation, and for the rest what it cost, within its limit', async () => {
    const [events, { ledger }] = [await world.events(run), await liveState(run)]
    for (const key of ['explore#1', 'design#1', 'a/1']) expectLost(ledger, events, key)
    const found = requestsOf(stage.model, STRICT)
    const living = {
      'explore#2': found.explore?.slice(1),
      'design#2': found.design?.slice(1),
      'a/2': found.a?.slice(1),
    }
    const whole = { 'critique#1': found.critique, 'synthesis#1': found.synthesis }
    const tasks = { 'b/1': found.b, 'c/1': found.c, 'd/1': found.d, 'g/1': found.g }
    const paid = { ...living, ...whole, ...tasks }
    for (const [key, requests] of Object.entries(paid)) expectPaid(ledger, key, requests ?? [])
    expect(Object.keys(ledger.spent).toSorted()).toEqual(
      ['explore#1', 'design#1', 'a/1', ...Object.keys(paid)].toSorted(),
    )
    expectWithinLimit(events)
  })
})

describe('a run in `off` whose orchestrator dies while its plan streams and its tasks are at work', () => {
  let run = ''
  let before: RunEvent[] = []
  beforeAll(async () => {
    const issue = await world.openIssue(OPEN)
    run = `${issue}`
    await world.comment(issue, '/plan --mode off')
    await streaming(OPEN, 'b')
    await world.when(run, 'through with a', (_, { tasks }) => tasks.a?.state.status === 'landed')
    const killed = await killOrchestrator(world, run)
    before = await world.events(run)
    openGate.open()
    await replaced(run, killed)
    await world.ended(run)
  })

  it('keeps what has been planned and worked on, and comes to the same end as any other', async () => {
    expect(eventsOf(before, 'plan_drafted')).toEqual([])
    expect(eventsOf(before, 'task_landed').map(({ task }) => task)).toContain('a')
    await expectGoodEnd(run, ['a', 'b', 'c', 'd'])
    const events = await world.events(run)
    expect(eventsOf(events, 'orchestrator_lost')).toHaveLength(1)
    expect(eventsOf(events, 'task_planned').map(({ planned }) => planned.id)).toEqual(['a', 'c', 'b', 'd'])
    expect(attemptsIn(events)).toEqual(['a/1', 'b/1', 'c/1', 'd/1'])
  })
  it('tells the planner that writes on which tasks are fixed, and pays for the plan that died', async () => {
    const found = requestsOf(stage.model, OPEN)
    expect(countsOf(found)).toEqual({ explore: 1, design: 2, critique: 1, a: 2, b: 2, c: 2, d: 2, synthesis: 1 })
    const [events, { ledger }] = [await world.events(run), await liveState(run)]
    expectLost(ledger, events, 'design#1')
    for (const key of ['a', 'b', 'c', 'd']) expectPaid(ledger, `${key}/1`, found[key] ?? [])
    for (const key of ['explore', 'critique', 'synthesis']) expectPaid(ledger, `${key}#1`, found[key] ?? [])
    expectPaid(ledger, 'design#2', found.design?.slice(1) ?? [])
    expectWithinLimit(events)
  })
})

it('asked the model for nothing that a model could not have said', () => {
  expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
})
