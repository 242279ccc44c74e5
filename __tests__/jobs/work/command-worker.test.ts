import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSettings } from '../../../src/config/settings.ts'
import type { Task } from '../../../src/core/plan/plan.ts'
import { blocksOf } from '../../support/readme.ts'
import { saidModel } from '../../support/said-model.ts'
import { needsSandbox } from '../../support/sandbox.ts'
import { assign, begin, oneTask, only, type SlotWorld, script, slotWorld, taken } from '../../support/slot.ts'

let world: SlotWorld
beforeEach(() => {
  world = slotWorld({ secrets: ['ghs_abcdefgh'] })
})
afterEach(() => world.remove())

const outcome = () => only(world.uploads).result.outcome
const landed = (...words: string[]): string => taken(world, only(world.uploads), ...words)

/** A program that writes what it was given to `a/seen.json`, and does what else it is told. */
const agent = (more = '') => [
  'node',
  '-e',
  `const [, file, tree, rest] = process.argv
   fs.mkdirSync('a', { recursive: true })
   const prompt = fs.readFileSync(file, 'utf8')
   fs.writeFileSync('a/seen.json', JSON.stringify({ file, tree, rest, cwd: process.cwd(), prompt, env: process.env }))
   ${more}
   console.log('Thinking')
   console.log('Wrote what it saw')`,
  '{prompt_file}',
  '{worktree}',
  '--model={model}',
]
interface Seen {
  file: string
  tree: string
  rest: string
  cwd: string
  prompt: string
  env: Record<string, string>
}
const seen = (): Seen => JSON.parse(landed('show', '--format=').split('\n+').at(-1)?.split('\n\\')[0] ?? '') as Seen

const work = (worker: Record<string, unknown>, task: Partial<Task> = {}) =>
  oneTask(
    world,
    { run: [], goal: 'There is an a', acceptance: { argv: ['cat', 'a/seen.json'], expect: '' }, ...task },
    { worker },
  )
const variables: Record<string, string> = { AGENT_KEY: 'key-of-the-agent', OTHER: 'another value', GITHUB_TOKEN: 'gh' }
const agentEnv = (names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]])))

describe('another agent', () => {
  it('works on the task with the brief in a file outside of the tree; exit 0, a diff and the acceptance are its success', async () => {
    work({ command: agent() })
    const model = saidModel([])
    expect(await world.start({ model })).toMatchObject([{ outcome: 'done' }])
    expect(outcome()).toMatchObject({
      kind: 'done',
      report: {
        summary: 'Wrote what it saw',
        spending: [],
        handOff: { did: 'Wrote what it saw', files: ['a/seen.json'], check: 'passed: cat a/seen.json' },
      },
    })
    const { file, tree, cwd, rest, prompt } = seen()
    expect([tree, cwd, rest]).toEqual([world.tree, world.tree, '--model=claude-sonnet-5-5'])
    expect(file.startsWith(`${world.tree}/`)).toBe(false)
    expect(prompt).toMatch(
      /You work on one task[\s\S]*# The plan: A plan[\s\S]*There is an a[\s\S]*fails with exit code 1/,
    )
    expect(landed('show', '--format=', '--name-only')).toBe('a/seen.json')
    const left = readdirSync(join(world.tree, '../temp'))
    expect([left, model.requests]).toEqual([['tributary-42-a-1-transcript.jsonl'], []])
  })

  it(
    'sees the variables that the settings name, none of the job itself, and no network unless it is given',
    needsSandbox,
    async () => {
      const server = createServer((_request, response) => response.end('reached'))
      await new Promise<void>((go) => server.listen(0, '127.0.0.1', go))
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      const asks = `fetch('http://127.0.0.1:${port}').then((it) => it.text()).catch(() => 'no network').then((it) => fs.writeFileSync('a/net', it + process.env.AGENT_KEY.length))`
      const netOf = async (network: boolean) => {
        work(
          { command: agent(asks), env: ['AGENT_KEY', 'GITHUB_TOKEN', 'NOT_THERE'], network },
          { acceptance: { argv: script('cat a/net; ! grep key a/net'), expect: '' } },
        )
        await world.start({ agentEnv })
        const { failure, report } = outcome() as Extract<ReturnType<typeof outcome>, { kind: 'failed' }>
        return { failure, log: report.acceptanceLog }
      }
      // `seen.json` holds the key, so that the attempt is stopped by that; here the rest is looked at.
      expect((await netOf(false)).failure).toMatchObject({ reason: 'secret-in-diff', paths: ['a/seen.json'] })
      expect(readFileSync(join(world.tree, 'a/net'), 'utf8')).toBe('no network16')
      const { env } = JSON.parse(readFileSync(join(world.tree, 'a/seen.json'), 'utf8')) as Seen
      expect([env.AGENT_KEY, env.OTHER, env.GITHUB_TOKEN]).toEqual(['key-of-the-agent', undefined, undefined])
      expect(Object.keys(env).join()).not.toMatch(/ACTIONS_|VITEST|NOT_THERE/)
      world.remove()
      world = slotWorld()
      await netOf(true)
      expect(readFileSync(join(world.tree, 'a/net'), 'utf8')).toBe('reached16')
      server.close()
    },
  )

  it('its key is in nothing that is handed over: neither log, nor commit, nor transcript', async () => {
    const leak = `console.log(process.env.AGENT_KEY); fs.rmSync('a/seen.json'); fs.writeFileSync('a/b', 'x')`
    work({ command: agent(`${leak}; process.exitCode = 1`), env: ['AGENT_KEY'] })
    await world.start({ agentEnv })
    expect(outcome()).toMatchObject({ failure: { reason: 'program-failed', log: expect.stringContaining('***') } })
    world.remove()
    const first = JSON.stringify([world.uploads, world.transcripts, world.lines])
    world = slotWorld()
    work({ command: agent(), env: ['AGENT_KEY'] })
    await world.start({ agentEnv })
    expect(outcome()).toMatchObject({ failure: { reason: 'secret-in-diff' }, head: null })
    expect(only(world.uploads).bundle).toBeNull()
    expect(first + JSON.stringify([world.uploads, world.transcripts, world.lines])).not.toContain('key-of-the-agent')
  })

  it.each([
    ['attributes that call all files binary', `fs.writeFileSync('a/.gitattributes', '* -diff\\n')`, 'a/seen.json'],
    [
      'megabytes of harmless lines',
      `fs.rmSync('a/seen.json')
       for (let at = 0; at < 6; at += 1)
         fs.writeFileSync('a/' + at, ('x '.repeat(99) + '\\n').repeat(4500) + (at === 3 ? process.env.AGENT_KEY : ''))`,
      'a/3',
    ],
  ])('its key is found behind %s', async (_what, more, path) => {
    work({ command: agent(more), env: ['AGENT_KEY'] })
    await world.start({ agentEnv })
    expect(outcome()).toMatchObject({ failure: { reason: 'secret-in-diff', paths: [path] }, head: null })
    expect(only(world.uploads).bundle).toBeNull()
  })

  it('its key is hidden in its output before the middle of that is cut out', async () => {
    const leak = `fs.rmSync('a/seen.json'); fs.writeFileSync('a/b', 'x'); console.log('-'.repeat(9990) + process.env.AGENT_KEY + ('='.repeat(99) + '\\n').repeat(400))`
    work({ command: agent(`${leak}; process.exitCode = 1`), env: ['AGENT_KEY'] })
    await world.start({ agentEnv })
    expect(outcome()).toMatchObject({ failure: { log: expect.stringMatching(/-\*\*\*=/) } })
    expect(JSON.stringify([world.uploads, world.transcripts, world.lines])).not.toContain('key-of')
  })

  it.each([
    [
      'ends with a failure',
      script('mkdir a; echo half > a/b; echo the reason; exit 7'),
      { reason: 'program-failed', exitCode: 7, log: 'the reason\n' },
    ],
    ['changes nothing', ['true'], { reason: 'no-change' }],
    [
      'leaves work that the acceptance refuses',
      script('mkdir a; echo half > a/b'),
      { reason: 'acceptance-failed', exitCode: 1 },
    ],
    ['is not there', ['no-such-agent'], { reason: 'program-failed' }],
  ])('that %s has failed', async (_name, command, failure) => {
    work({ command })
    await world.start()
    expect(outcome()).toMatchObject({ kind: 'failed', failure, report: { spending: [] } })
    if (failure.reason !== 'no-change' && command[0] !== 'no-such-agent')
      expect(landed('show', '--format=', '--name-only')).toBe('a/b')
  })

  it('that takes too long is stopped, and what it did by then is handed over', async () => {
    work({ command: script('mkdir a; echo half > a/b; sleep 600') }, { timeout_minutes: 0.02 })
    await world.start()
    expect(outcome()).toMatchObject({ failure: { reason: 'timed-out' } })
    expect(landed('show', '--format=', '--name-only')).toBe('a/b')
  })

  it('what it changed in protected files is put back, also where the paths of its task hold them', async () => {
    const more = `fs.mkdirSync('.github/workflows', { recursive: true }); fs.writeFileSync('.github/workflows/x.yml', 'on: push'); fs.mkdirSync('a/Keys'); fs.writeFileSync('a/Keys/k', 'k')`
    oneTask(
      world,
      { run: [], writes: ['**'], acceptance: { argv: ['cat', 'a/seen.json'], expect: '' } },
      { worker: { command: agent(more) }, protected_paths: ['a/keys/**'] },
    )
    await world.start()
    expect(outcome()).toMatchObject({ kind: 'done' })
    expect(landed('show', '--format=', '--name-only')).toBe('a/seen.json')
    expect(world.transcripts[0]?.text).toContain('"putBack":[".github/workflows/x.yml","a/Keys/k"]')
  })

  it('words of the command stay words, whatever is put in their place', async () => {
    work({ command: agent(), env: [] }, { model_tier: 'cheap' })
    await world.start()
    expect(seen().rest).toBe('--model=claude-haiku-5-5')
  })

  it('leaves a task alone that has a program of its own', async () => {
    work({ command: ['false'] }, { run: script('mkdir a; echo own > a/seen.json') })
    await world.start()
    expect(outcome()).toMatchObject({ kind: 'done' })
  })

  it('is told of earlier attempts, with what they had changed', async () => {
    begin(
      world,
      'a',
      { tasks: { a: { run: [], acceptance: { argv: ['cat', 'a/seen.json'], expect: '' } } } },
      { worker: { command: agent() } },
    )
    assign(world, 'a')
    const failure = { reason: 'program-failed', exitCode: 7, log: 'it broke' } as const
    world.git('commit', '-q', '--allow-empty', '-m', 'first attempt')
    const head = world.git('rev-parse', 'HEAD')
    world.git('update-ref', 'refs/tributary/42/attempts/a-1', head)
    world.happens({ type: 'task_failed', task: 'a', attempt: 1, head, failure, final: false })
    assign(world, 'a', { attempt: 2 })
    world.onUpload(() => world.happens({ type: 'run_cancelled', why: '' }))
    await world.start()
    expect(seen().prompt).toMatch(
      /Attempt 1: the program that worked on it ended with exit code 7[\s\S]*it broke[\s\S]*What attempt 1 had changed/,
    )
  })

  it('its output is kept beside the result', async () => {
    work({ command: agent() })
    await world.start()
    const lines = (world.transcripts[0]?.text ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.map(({ kind }) => kind)).toEqual(['baseline', 'agent', 'check'])
    expect(lines[1]).toMatchObject({ exitCode: 0, log: 'Thinking\nWrote what it saw\n' })
  })
})

describe('the page about other agents', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/workers.md'), 'utf8')
  const settings = blocksOf(page, 'yaml').map((block) => {
    const read = readSettings(block)
    if (!read.ok) throw new Error(read.error.join())
    return read.value
  })

  it('has settings that are understood, each with the brief among its words, and says which were not tried', () => {
    const planners = settings.filter(({ plan }) => plan.command.length > 0)
    const workers = settings.filter(({ worker }) => worker.command.length > 0)
    expect([planners.length, workers.length]).toEqual([1, settings.length - 1])
    expect(workers.length).toBeGreaterThan(5)
    for (const { plan } of planners) expect(plan.command.join(' ')).toContain('{prompt_file}')
    for (const { worker } of workers) expect(worker.command.join(' ')).toContain('{prompt_file}')
    expect(page.match(/\(not tried/g)).toHaveLength(workers.length - 1)
  })

  it('has one that was tried: this is the trial', async () => {
    const [code] = blocksOf(page, 'js')
    mkdirSync(join(world.remote, 'tools'))
    writeFileSync(join(world.remote, 'tools/worker.mjs'), code ?? '')
    world.git('add', '.')
    world.git('commit', '-q', '-m', 'a worker')
    begin(
      world,
      'a',
      { tasks: { a: { run: [], acceptance: { argv: ['cat', 'a/lines.txt'], expect: '' } } } },
      { worker: settings[0]?.worker },
    )
    assign(world, 'a', { base: world.git('rev-parse', 'HEAD') })
    world.onUpload(() => world.happens({ type: 'run_cancelled', why: '' }))
    await world.start()
    expect(outcome()).toMatchObject({ kind: 'done', report: { summary: 'Counted the lines of the brief' } })
    expect(landed('show', '--format=')).toMatch(/^\+[1-9][0-9]+$/m)
  })
})
