import { describe, expect, it } from 'vitest'
import { explore } from '../../../../src/agent/planner/exploration/explore.ts'
import { scope } from '../../../../src/agent/planner/exploration/scope.ts'
import type { Block, Model, ModelAnswer, ModelRequest } from '../../../../src/ports/model.ts'
import { memoryFiles } from '../../../support/files.ts'
import { agentPlan } from '../../../support/planning.ts'
import { calls, fails, type Said, saidModel, says } from '../../../support/said-model.ts'
import { input, metered, neverAborted, promptText } from '../planner-fixtures.ts'

const FILES = {
  'README.md': '# Client\nA small client.',
  'package.json': '{"scripts":{"test":"node --test"}}',
  'src/http.ts': 'export const send = () => 1',
  'src/retry/index.ts': '',
  'test/http.test.ts': '',
}
const sources = {
  ...memoryFiles(FILES),
  tree: async () => ({ paths: Object.keys(FILES), more: false }),
  links: async () => [],
  changedLately: async () => new Map(),
}

const findings = {
  summary: 'A small client.',
  findings: [{ path: 'src/http.ts', symbols: ['send()'], note: 'sends' }],
  conventions: ['no classes'],
  commands: ['npm test'],
  unknowns: [],
}
const finishes = (over: object = {}): Said => calls([{ name: 'finish', input: { ...findings, ...over } }])

const explored = (model: Model, over: object = {}) =>
  explore({ metered: metered(model), model: 'cheap', sources, input: input(), ...over }, neverAborted)

describe('an exploration', () => {
  it('brings back what was found, by tools that only read', async () => {
    const looks = calls([
      { name: 'view', input: { path: 'src/http.ts', from: null, to: null } },
      {
        name: 'search',
        input: { pattern: 'send', literal: true, ignore_case: false, glob: null, context: 0, files_only: false },
      },
    ])
    const model = saidModel([looks, finishes()])
    expect(await explored(model)).toEqual({ ok: true, explorations: [{ area: 'the repository', ...findings }] })
    const [first, second] = model.requests
    expect(first?.tools.map(({ name }) => name)).toEqual(['view', 'search', 'list', 'log', 'finish'])
    expect(JSON.stringify(second?.turns.at(-1))).toContain('export const send')
    expect(sources.touched).toEqual([])
  })

  it('is told of the issue, the paths and the files that say how the code is checked', async () => {
    const model = saidModel([finishes()])
    await explored(model)
    const prompt = promptText(model.requests[0] ?? expect.fail())
    for (const words of [
      'Retry failed requests',
      'no new dependency',
      'src/retry/index.ts',
      'node --test',
      'A small client',
    ])
      expect(prompt).toContain(words)
  })

  it('drops paths that are not there, and keeps folders', async () => {
    const paths = [
      'src/http.ts',
      'src/https.ts',
      './src/retry/',
      'src',
      '**',
      'src/*',
      '../etc/passwd',
      '/etc',
      '.git/config',
      '',
    ]
    const model = saidModel([finishes({ findings: paths.map((path) => ({ path, symbols: [], note: '' })) })])
    const result = await explored(model)
    expect(result.ok && result.explorations[0]?.findings.map(({ path }) => path)).toEqual([
      'src/http.ts',
      'src/retry',
      'src',
    ])
  })

  it('is cut to what a planner should read, without what nobody sees in it', async () => {
    const long = 'x'.repeat(50_000)
    const model = saidModel([
      finishes({
        summary: `Good.\u200b\u{e0041} ${long}`,
        findings: Array(100).fill({ path: 'src/http.ts', symbols: Array(20).fill('y'.repeat(500)), note: long }),
        conventions: Array(100).fill(long),
      }),
    ])
    const result = await explored(model)
    expect(JSON.stringify(result).length).toBeLessThan(50_000)
    expect(JSON.stringify(result)).not.toMatch(/\u200b|\u{e0041}/u)
  })

  it('keeps signatures to the letter', async () => {
    const symbols = ['retry<T>(times: number): Promise<Map<string, T>>', 'Option<style>']
    const model = saidModel([finishes({ findings: [{ path: 'src/http.ts', symbols, note: 'a < b\n\tand more' }] })])
    const result = await explored(model)
    expect(result.ok && result.explorations[0]?.findings).toEqual([
      { path: 'src/http.ts', symbols, note: 'a < b\n\tand more' },
    ])
  })

  it('mends a finish that does not fit', async () => {
    const model = saidModel([finishes({ commands: 'npm test' }), finishes()])
    expect(await explored(model)).toMatchObject({ ok: true })
    expect(JSON.stringify(model.requests[1]?.turns.at(-1))).toContain('commands')
  })

  it('is asked to finish when its turns are over', async () => {
    const looks = Array.from({ length: 16 }, (_, index) => calls([{ name: 'list', input: { glob: `src/${index}/*` } }]))
    const model = saidModel([...looks, finishes()])
    expect(await explored(model)).toMatchObject({ ok: true, explorations: [{ summary: 'A small client.' }] })
    expect(promptText(model.requests.at(-1) ?? expect.fail())).toContain('Call finish now')
  })

  it('makes do with words where finish is never called', async () => {
    const model = saidModel(Array(3).fill(says('It is all in src/http.ts.')))
    expect(await explored(model)).toMatchObject({ explorations: [{ summary: 'It is all in src/http.ts.' }] })
  })

  it.each([
    ['the model is not there', fails('overloaded'), 'overloaded'],
    ['the model refuses', says('', { stop: 'refused' }), 'refused'],
  ])('fails if %s', async (_what, answer, why) => {
    expect(await explored(saidModel([answer]))).toMatchObject({ ok: false, why: expect.stringContaining(why) })
  })

  it('fails if the money is not enough', async () => {
    const result = await explored(saidModel([]), { metered: metered(saidModel([]), 0.0001) })
    expect(result).toMatchObject({ ok: false, why: expect.stringContaining('not enough'), underfunded: true })
  })
})

describe('several explorers', () => {
  const areas = ['one', 'two', 'three'].map((name) => ({ name, look: `what is in ${name}` }))

  /** Answers are given when the test says so. */
  function heldModel() {
    const open: { request: ModelRequest; answer: (answer: ModelAnswer) => void }[] = []
    const ask = (request: ModelRequest) =>
      new Promise<ModelAnswer>((answer) => {
        open.push({ request, answer })
      })
    return { open, ask }
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  const finished: ModelAnswer = {
    ...(says('') as Extract<ModelAnswer, { ok: true }>),
    stop: 'calls',
    blocks: [{ kind: 'call', id: 'c1', name: 'finish', input: findings }],
  }

  it('begin when the first one’s answer does, so that what they share is in the cache', async () => {
    const model = heldModel()
    const result = explored(model, { areas })
    await settled()
    expect(model.open).toHaveLength(1)
    model.open[0]?.request.onStart?.()
    await settled()
    expect(model.open).toHaveLength(3)
    for (const { answer } of model.open) answer(finished)
    expect((await result).ok).toBe(true)
  })

  it('begin when the first one fails before it has begun', async () => {
    const model = heldModel()
    const result = explored(model, { areas })
    await settled()
    model.open[0]?.answer(fails('unreachable'))
    await settled()
    expect(model.open).toHaveLength(3)
    for (const { answer } of model.open.slice(1)) answer(finished)
    const { explorations } = (await result) as Extract<Awaited<typeof result>, { ok: true }>
    expect(explorations.map(({ area }) => area)).toEqual(['two', 'three'])
    expect(explorations[0]?.unknowns).toEqual([expect.stringContaining('one failed')])
  })

  it('share system, tools and all of the prompt but its end, in the same bytes', async () => {
    const model = saidModel([finishes(), finishes(), finishes()])
    await explored(model, { areas })
    const prefixes = model.requests.map(({ system, tools, turns }) =>
      JSON.stringify([system, tools, turns[0]?.blocks.slice(0, -1)]),
    )
    expect(new Set(prefixes).size).toBe(1)
    const [shared, own] = (model.requests[1]?.turns[0]?.blocks ?? []) as Extract<Block, { kind: 'text' }>[]
    expect(shared?.cache).toBe(true)
    expect(own?.text).toContain('two')
  })

  it('are three at most', async () => {
    const model = saidModel([finishes(), finishes(), finishes()])
    const many = [...areas, { name: 'four', look: 'more' }]
    expect(await explored(model, { areas: many })).toMatchObject({ explorations: { length: 3 } })
  })
})

it('looks around for one task while what it needs is at work', async () => {
  const plan = agentPlan('a > p', { tasks: { p: { kind: 'plan', goal: 'Move the callers' } } })
  const task = plan.tasks[1] ?? expect.fail()
  const model = saidModel([finishes()])
  const result = await scope(
    { metered: metered(model), model: 'cheap', sources, input: input(), task, plan },
    neverAborted,
  )
  expect(result).toEqual({ ok: true, exploration: { area: 'p: Task p', ...findings } })
  expect(promptText(model.requests[0] ?? expect.fail())).toContain('Move the callers')
})
