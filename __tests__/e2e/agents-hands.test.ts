import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/run/event.ts'
import { needsSandbox } from '../support/sandbox.ts'
import {
  bash,
  create,
  edit,
  finish,
  inTurns,
  planned,
  runs,
  startAgentWorld,
  usual,
  whenTask,
} from './support/agents.ts'
import { calm } from './support/calm.ts'
import { calls, talksOf, toolsSaid } from './support/talk.ts'
import { eventsOf } from './support/world.ts'

type Stage = Awaited<ReturnType<typeof startAgentWorld>>

/** A small library: `money` is to be renamed, `float` to go. */
const LIBRARY = {
  'lib/money.mjs': 'export const plus = (a, b) => a + b\n',
  'lib/cart.mjs': "import { plus } from './money.mjs'\nexport const total = (all) => all.reduce(plus, 0)\n",
  'lib/old/float.mjs': 'export const round = Math.round\n',
  'lib/cart.test.mjs':
    "import test from 'node:test'\nimport assert from 'node:assert'\nimport { total } from './cart.mjs'\ntest('adds', () => assert.equal(total([1, 2]), 3))\ntest('adds nothing', () => assert.equal(total([]), 0))\n",
  'lib/check.mjs':
    "import { existsSync } from 'node:fs'\nimport { total } from './cart.mjs'\nconst gone = ['lib/money.mjs', 'lib/old'].filter((path) => existsSync(path))\nif (gone.length > 0 || !existsSync('lib/cents.mjs') || total([1, 2]) !== 3) throw new Error('not yet: ' + gone)\n",
}
const acceptance = ['node', 'lib/check.mjs']
const moves = { name: 'move', input: { from: 'lib/money.mjs', to: 'lib/cents.mjs' } }
const deletes = { name: 'delete', input: { path: 'lib/old' } }
const adapts = edit('lib/cart.mjs', './money.mjs', './cents.mjs')

describe('a refactor by an agent that has a shell', needsSandbox, () => {
  const refactors = inTurns(
    calls(bash('grep -rn money lib | head -5; git log --format=%s -1')),
    calls(moves, deletes, adapts),
    calls(bash('node --test --test-name-pattern "adds nothing" lib/cart.test.mjs; echo stray > stray.txt')),
    calls(bash('ls; cat stray.txt')),
    finish('Renamed money to cents, and took float out.'),
  )
  let stage: Stage
  let events: RunEvent[]
  beforeAll(async () => {
    const plan = planned('lib', { lib: { writes: ['lib/**'], acceptance } }, { verification: [{ argv: acceptance }] })
    stage = await startAgentWorld([whenTask('lib', refactors), ...usual(plan)], { files: LIBRARY })
    const { world } = stage
    const issue = await world.openIssue('Please rename the module.')
    await world.say(issue, '/plan --mode off')
    await world.ended(`${issue}`)
    events = await world.events(`${issue}`)
  })
  afterAll(() => stage.close())

  it('renames a module and deletes an old one, and both land', () => {
    const { world } = stage
    expect(eventsOf(events, 'task_landed')).toMatchObject([{ task: 'lib', attempt: 1 }])
    const trunk = 'refs/heads/tributary/1/trunk'
    expect(world.git('diff', '--name-status', '-M', 'main', trunk).split('\n')).toEqual([
      'M\tlib/cart.mjs',
      'R100\tlib/money.mjs\tlib/cents.mjs',
      'D\tlib/old/float.mjs',
    ])
    expect(eventsOf(events, 'task_verified')[0]?.report.handOff?.files).toEqual([
      'lib/cart.mjs',
      'lib/cents.mjs',
      'lib/money.mjs',
      'lib/old/float.mjs',
    ])
  })
  it('looks around and runs a single test before it finishes', () => {
    const [talk = []] = talksOf(stage.model, 'lib')
    expect(talk[0]?.toolNames).toEqual([
      'view',
      'search',
      'list',
      'edit',
      'write',
      'delete',
      'move',
      'bash',
      'output',
      'finish',
    ])
    expect(toolsSaid(talk, 0)[0]?.text).toContain("lib/cart.mjs:1:import { plus } from './money.mjs'")
    expect(toolsSaid(talk, 1).map(({ text }) => text)).toEqual([
      '1 file is moved',
      '1 file is deleted',
      'lib/cart.mjs is changed',
    ])
    const [tested] = toolsSaid(talk, 2)
    expect(tested).toMatchObject({ isError: false })
    expect(tested?.text).toMatch(/^exit code 0, /)
    expect(tested?.text).toMatch(/pass 1\b/)
  })
  it('hears at once what was put back', () => {
    const [talk = []] = talksOf(stage.model, 'lib')
    expect(toolsSaid(talk, 2)[0]?.text).toContain('were put back: stray.txt.')
    expect(toolsSaid(talk, 3)[0]?.text).toMatch(/exit code 1[\s\S]*No such file/)
  })
  it('asked the model for nothing that a model could not have said', () => {
    expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
  })
})

describe('a plan whose agents run what it lists', () => {
  const single = ['node', '--test', '--']
  const careful = inTurns(
    calls(runs(...single, 'lib/cart.test.mjs'), runs('node', 'lib/cart.mjs'), runs(...acceptance, '--more')),
    calls(moves, deletes, adapts, create('lib/README.md', '# Money in cents\n')),
    calls(runs(...acceptance)),
    finish('Renamed money to cents, and took float out.'),
  )
  let stage: Stage
  let comment: string
  beforeAll(async () => {
    const task = { writes: ['lib/**'], acceptance, commands: [single] }
    const plan = planned('lib', { lib: task }, { verification: [{ argv: acceptance }] })
    const settings = calm('agent_commands: listed')
    stage = await startAgentWorld([whenTask('lib', careful), ...usual(plan)], {
      files: { ...LIBRARY, '.github/tributary.yml': settings },
    })
    const { world } = stage
    const issue = await world.openIssue('Please rename the module.')
    await world.say(issue, '/plan')
    const { pull, planId } = await world.plan(issue)
    const { data } = await world.admin.rest.issues.listComments({ ...world.at, issue_number: pull })
    comment = data.map(({ body }) => body).join('\n')
    await world.say(pull, `/approve ${planId.slice(0, 12)}`)
    await world.ended(`${issue}`)
  })
  afterAll(() => stage.close())

  it('names them to the one who approves, and says that there are no others', () => {
    expect(comment).toMatch(/^lib +agent +node --test -- {2}\(and any words behind it\)$/m)
    expect(comment).toContain('they run the commands of this plan, and no others (`agent_commands: listed`)')
  })
  it('runs those, with any words behind one that ends in `--`, and nothing else', () => {
    const [talk = []] = talksOf(stage.model, 'lib')
    expect(talk[0]?.toolNames).toContain('run')
    expect(talk[0]?.toolNames).not.toContain('bash')
    const [tested, other, more] = toolsSaid(talk, 0)
    expect(tested?.text).toMatch(/^exit code 0, [\s\S]*pass 2\b/)
    for (const refused of [other, more])
      expect(refused).toMatchObject({ isError: true, text: expect.stringContaining('That command is not in the plan') })
    expect(toolsSaid(talk, 2)[0]?.text).toMatch(/^exit code 0, /)
  })
  it('lands all the same', () => {
    expect(stage.world.git('show', 'refs/heads/tributary/1/trunk:lib/README.md')).toBe('# Money in cents')
    expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
  })
})
