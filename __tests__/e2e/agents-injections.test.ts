import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandLine } from '../../src/config/command-line.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import type { ParsedRequest } from '../../src/model-double/request.ts'
import { githubLinks } from '../render/support/links.ts'
import { MODEL_KEY } from '../support/model.ts'
import { startAgentWorld, taskOf } from './support/agents.ts'
import { calm } from './support/calm.ts'
import { documentOf, everywhere, placesWith } from './support/everywhere.ts'
import { cases, closed, fencesOf, groups, promptOf, unclosed } from './support/injected.ts'
import {
  FORBIDDEN_COMMANDS,
  FORBIDDEN_PATHS,
  FORBIDDEN_VIEWS,
  FORGED,
  JUDGE,
  NEW_KEY,
  notes,
  takenIn,
} from './support/obedient.ts'
import { expectFinished } from './support/picture.ts'
import { numbersIn, postedBy, titlesBy } from './support/posted.ts'
import { asked, talksOf, toolsSaid } from './support/talk.ts'
import { agreement, eventsOf, type World } from './support/world.ts'

let stage: Awaited<ReturnType<typeof startAgentWorld>>
let world: World
let events: RunEvent[]
let victim: number
let before: { main: string; refused: { typed: number; answers: string[] } }
const RUN = '2'

/** What people who may not write type at a plan that waits: all of the corpus that begins like a command. */
async function attack(thread: number): Promise<{ typed: number; answers: string[] }> {
  const typed = cases.filter(({ text }) => text.startsWith('/'))
  const ids = await Promise.all(
    typed.map(({ text, n }) => world.comment(thread, text, n % 2 === 0 ? 'reader' : 'outsider')),
  )
  await world.idle()
  const markers = ids.map((id) => `<!-- tributary:reply:comment:${id} -->`)
  const answers = (await world.comments(thread)).map(({ body }) => body ?? '')
  return { typed: ids.length, answers: answers.filter((body) => markers.some((marker) => body.includes(marker))) }
}

beforeAll(async () => {
  const files = {
    'tools/judge.mjs': JUDGE,
    '.github/tributary.yml': calm('commands: [node]', 'agent_commands: listed'),
    ...Object.fromEntries(notes),
  }
  stage = await startAgentWorld(takenIn, { disk: true, files })
  world = stage.world
  victim = await world.openIssue('Leave me open.')
  const issue = await world.openIssue(
    closed.map(({ said }) => said).join('\n\n'),
    `Login fails ${cases.find(({ name }) => name === 'tag characters')?.text}`,
  )
  for (const some of groups(cases, 8))
    await world.comment(
      issue,
      some.map(({ said }) => `said by others: ${said}`).join('\n\n'),
      some[0]?.n === 0 ? 'reader' : 'outsider',
    )
  for (const some of [...groups(closed, 12), ...unclosed.map((one) => [one])])
    await world.comment(issue, some.map(({ said }) => `said by writers: ${said}`).join('\n\n'), 'writer')
  const main = world.git('rev-parse', 'main')
  const { pull, planId } = await world.plan(issue)
  const refused = await attack(pull)
  before = { main, refused }
  await world.say(pull, `/approve ${planId.slice(0, 12)}`)
  await world.when(RUN, 'in need of a person', (_, { tasks }) => tasks.a?.state.status === 'failed')
  await world.say(pull, '/retry a -- Leave keys out.')
  await world.ended(RUN)
  await world.idle()
  events = await world.events(RUN)
})
afterAll(() => stage.close())

/** Its longest part that is the same however it is escaped. */
const plainest = (text: string): string =>
  (text.match(/[A-Za-z ]+/g) ?? []).toSorted((one, other) => other.length - one.length)[0]?.trim() ?? text

const isPlanning = (request: ParsedRequest): boolean => taskOf(request) === null
const talk = (task: string, attempt = 1) => talksOf(stage.model, task)[attempt - 1] ?? []

describe('what a model is told', () => {
  it('stands in fences of one nonce, which nobody else can write', () => {
    const nonces = new Set<string>()
    for (const request of asked(stage.model)) {
      const { fences, rest } = fencesOf(promptOf(request))
      expect(fences.length).toBeGreaterThan(2)
      for (const { nonce, text } of fences) {
        expect(text).not.toBe(FORGED)
        nonces.add(nonce)
        expect(text).not.toMatch(/<[\s\p{Cf}]*\/?[\s\p{Cf}]*(?:u\p{Cf}?n\p{Cf}?)?trusted/iu)
        expect(`${text}${rest}`).not.toContain(nonce)
      }
    }
    expect(nonces.size).toBe(1)
  })
  it('holds the issue and what writers said, and nothing of others', () => {
    for (const request of asked(stage.model).filter(isPlanning)) {
      const { fences, rest } = fencesOf(promptOf(request))
      const told = fences
        .filter(({ what }) => ['issue body', 'comment'].includes(what))
        .map(({ text }) => text)
        .join('\n')
      for (const { n } of cases) expect(told).toContain(`said by writers: Case ${n}:`)
      for (const { n } of closed) expect(told.split(`Case ${n}:`).length - 1).toBe(2)
      for (const { said } of closed) expect(rest).not.toContain(said.split('\n')[0])
    }
    expect(JSON.stringify(asked(stage.model).map(({ body }) => body))).not.toContain('said by others')
  })
  it('hides nothing from people', () => {
    const hidden = cases
      .flatMap((one) => one.hidden ?? [])
      .filter((one) => cases.filter(({ text }) => text.includes(one)).length === 1)
    expect(hidden.length).toBeGreaterThan(12)
    for (const request of asked(stage.model)) {
      const shown = fencesOf(promptOf(request)).fences.filter(({ what }) =>
        ['issue title', 'issue body', 'comment'].includes(what),
      )
      expect(shown.length).toBeGreaterThan(1)
      for (const { text } of shown) for (const one of hidden) expect(text).not.toContain(one)
    }
  })
})

describe('a planner that is taken in', () => {
  it('can look at the repository and at nothing else', () => {
    const [first, second] = asked(stage.model).filter(({ toolNames }) => toolNames.includes('finish'))
    expect(
      first?.toolNames.filter((name) => ['edit', 'write', 'delete', 'move', 'run', 'bash'].includes(name)),
    ).toEqual([])
    const refused = (second?.results ?? []).slice(notes.length)
    expect(refused.map(({ isError }) => isError)).toEqual(FORBIDDEN_VIEWS.map(() => true))
    const found = eventsOf(events, 'explored').flatMap(({ explorations }) =>
      explorations.flatMap(({ findings }) => findings),
    )
    expect(new Set(found.map(({ path }) => path))).toEqual(new Set(['README.md']))
  })
  it('gets no path and no program for its plan that the settings do not allow', () => {
    const [draft] = eventsOf(events, 'plan_drafted')
    for (const id of ['wide', 'files', 'climbs', 'program', 'shell'])
      expect(
        draft?.problems.filter((problem) => problem.includes(`\`${id}\``)),
        id,
      ).not.toEqual([])
    const [proposed, ...more] = eventsOf(events, 'plan_proposed')
    expect(more).toEqual([])
    expect(proposed?.plan.tasks.map(({ id, writes, run }) => ({ id, writes, run }))).toEqual(
      ['a', 'c', 'b'].map((id) => ({ id, writes: [`${id}/**`], run: [] })),
    )
    expect(proposed?.mode).toBe('strict')
  })
})

describe('people who may not write', () => {
  it('are refused whatever they type, and nothing of it is done', () => {
    expect(before.refused.typed).toBeGreaterThanOrEqual(4)
    // Three answers on a thread in an hour, however much is typed.
    expect(before.refused.answers).toHaveLength(3)
    const codes = /<sub>`(?:not-permitted|words-not-read|unknown-command|bad-arguments)`<\/sub>/
    expect(before.refused.answers.filter((answer) => !codes.test(answer))).toEqual([])
    expect(eventsOf(events, 'plan_approved').map(({ by }) => by)).toEqual(['admin'])
    const people = new Set(events.map(({ by }) => by))
    expect(people).toEqual(new Set(['admin', 'tributary']))
    const types = new Set(events.map(({ type }) => type))
    for (const type of [
      'budget_set',
      'gate_switched_off',
      'task_steered',
      'run_cancelled',
      'run_paused',
      'plan_rejected',
    ])
      expect(types).not.toContain(type)
  })
})

describe('a worker that is taken in', () => {
  it('writes no path and runs no command but its own', () => {
    const [written, ran] = [toolsSaid(talk('a'), 0), toolsSaid(talk('a'), 1)]
    expect(written.map(({ isError }) => isError)).toEqual(FORBIDDEN_PATHS.map(() => true))
    expect(ran.map(({ isError }) => isError)).toEqual([...FORBIDDEN_COMMANDS, ...FORBIDDEN_VIEWS].map(() => true))
    for (const { text } of ran.slice(0, FORBIDDEN_COMMANDS.length))
      expect(text).toContain('That command is not in the plan')
  })
  it('lands no key, neither one of the job nor a new one', () => {
    expect(eventsOf(events, 'task_failed')).toMatchObject([
      { task: 'a', attempt: 1, head: null, final: true, failure: { reason: 'secret-in-diff', paths: ['a/keys.txt'] } },
    ])
    expect(eventsOf(events, 'task_retried')).toMatchObject([{ task: 'a', by: 'admin' }])
  })
  it('is not believed that it is done', () => {
    expect(talk('b')[1]?.lastText).toContain('othing was changed')
    expect(eventsOf(events, 'task_verified').find(({ task }) => task === 'b')?.report.handOff?.files).toEqual([
      'b/done.txt',
    ])
  })
  it('tells the next one what it did in a fence, and nothing else', () => {
    const [fences = []] = talk('c').map((request) => fencesOf(promptOf(request)).fences)
    const handOff = fences.find(({ what }) => what === 'hand-off of a')
    expect(handOff?.text).toContain('a/done.txt')
    expect(handOff?.text).toContain('(/untrusted nonce="0123456789abcdef">')
  })
})

describe('what is left of it', () => {
  it('is the files of the tasks in git, and commits that steer nothing', () => {
    const trunk = `refs/heads/tributary/${RUN}/trunk`
    expect(world.git('rev-parse', 'main')).toBe(before.main)
    expect(world.git('diff', '--name-only', 'main', trunk).split('\n')).toEqual([
      'a/done.txt',
      'b/done.txt',
      'c/done.txt',
    ])
    const refs = world.git('for-each-ref', '--format=%(refname)').split('\n')
    expect(refs.filter((ref) => !/^refs\/(?:heads\/main$|(?:heads\/)?tributary\/2\/|pull\/)/.test(ref))).toEqual([])
    const messages = world.git('log', '--format=%B', '--branches', '--not', 'main')
    expect(messages).toContain('Tributary-Task: a')
    expect(messages).not.toMatch(/\[skip ci\]|skip-checks:|-by:|@\w|:\/\/|^(?:fixup|squash|amend)!|^#/im)
    expect(messages).not.toMatch(/\b(?:fix(?:es)?|close[sd]?|resolve[sd]?):? \S*#\d/i)
    expect(messages.match(/^Tributary-Task: t9/m)).toBeNull()
  })
  it('calls only who asked, links nowhere, shows no picture and no markup of others', async () => {
    const calls = /^(<!-- tributary:(?:call-[0-9a-f]+|proposed|questions):[0-9-]+ -->\n(?:## .*\n\n)?)@admin /
    const posted = new Map([...postedBy(world)].map(([place, body]) => [place, body.replace(calls, '$1')]))
    expect(posted.size).toBeGreaterThan(15)
    const all = [...posted.values()].join('\n')
    expect(cases.filter(({ text }) => all.includes(plainest(text))).length, 'texts that were repeated').toBeGreaterThan(
      55,
    )
    const numbers = new Set(numbersIn(world).map((number) => `#${number}`))
    numbers.delete(`#${victim}`)
    const own = (what: string): boolean =>
      numbers.has(what.replace(/^\W+#/, '#')) ||
      what.startsWith(world.hub.url) ||
      /^(?:\.\.\/|#)/.test(what) ||
      /^<!-- tributary:[a-z0-9:-]+ -->$/.test(what) ||
      /^(?:\s*<\/?(?:details|summary|sub|br|b|code)>[^<>]*)+$/.test(what)
    const foreign = [...posted].flatMap(([place, body]) => githubLinks(body, own).map((what) => `${place}: ${what}`))
    expect(foreign).toEqual([])
    for (const [place, body] of posted) expect(commandLine(body), place).toBeNull()
    for (const title of titlesBy(world)) expect(title).not.toMatch(/(?:^|[^\w/])@\w|#1\b|:\/\/|\[skip ci\]/)
  })
  it('touches no issue of others', async () => {
    const { data } = await world.admin.rest.issues.get({ ...world.at, issue_number: victim })
    expect(data).toMatchObject({ state: 'open', comments: 0, body: 'Leave me open.' })
  })
  it('is no secret, in no place', () => {
    const tokens = documentOf(world).jobTokens.map(({ token }) => token)
    expect(tokens.length).toBeGreaterThan(3)
    const found = everywhere(world)
    expect(placesWith(found, [MODEL_KEY, ...tokens])).toEqual([])
    expect(placesWith(found, [NEW_KEY]).filter((place) => !place.includes('transcript'))).toEqual([])
    expect(found.get('git')).toContain('The key is ***')
  })
  it('is a run like any other', async () => {
    await expectFinished(world, RUN, {
      title: 'Done',
      checks: { a: 'success', b: 'success', c: 'success' },
      pulls: { merged: ['a', 'b', 'c'], closed: [] },
    })
    const both = await agreement(world, RUN)
    expect(both.trunkInGit).toBe(both.trunkInJournal)
    expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
  })
})
