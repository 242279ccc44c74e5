import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/run/event.ts'
import type { Say } from '../../src/model-double/script.ts'
import { MODEL_KEY } from '../support/model.ts'
import { needsSandbox } from '../support/sandbox.ts'
import {
  create,
  edit,
  finish,
  honest,
  inTurns,
  planned,
  runs,
  startAgentWorld,
  usual,
  views,
  whenTask,
} from './support/agents.ts'
import { documentOf, everywhere, placesWith } from './support/everywhere.ts'
import { expectFinished } from './support/picture.ts'
import { SETTINGS } from './support/repository.ts'
import { asked, calls, talksOf, toolsSaid } from './support/talk.ts'
import { agreement, eventsOf, startsIn } from './support/world.ts'

/** The acceptance of `rules`: does what hostile code could do, as long as the task's own file tells it to. */
const TRAP = `
import { appendFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
const [task] = process.argv.slice(2)
const trying = (what) => { try { return what() } catch (error) { return String(error) } }
const order = trying(() => readFileSync(task + '/trap', 'utf8')).trim()
if (order === 'set') {
  symlinkSync('/etc/passwd', task + '/link')
  symlinkSync('../..', task + '/out')
  linkSync('shared.txt', task + '/hard')
  writeFileSync('elsewhere.txt', 'of a command')
  writeFileSync('README.md', '# Of a command')
  mkdirSync('.github/workflows', { recursive: true })
  writeFileSync('.github/workflows/evil.yml', 'on: push')
  console.log(trying(() => { appendFileSync('.git/config', '[alias]'); return 'git is open' }))
  console.log(JSON.stringify(process.env), trying(() => readFileSync('.git/config', 'utf8')))
  for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$|self/.test(name)))
    console.log(trying(() => readFileSync('/proc/' + pid + '/environ', 'utf8')))
  process.exit(1)
}
if (order === 'clear') for (const name of ['link', 'out', 'hard', 'trap']) rmSync(task + '/' + name)
if (!existsSync(task + '/done.txt')) { console.error('not done'); process.exit(2) }
console.log('done')
`
const acceptance = ['node', 'tools/trap.mjs', 'rules']
const plan = planned('rules, loops, mends', {
  rules: { acceptance },
  mends: { acceptance: ['sh', 'tools/check.sh', 'mends', 'mends/deep'] },
})

const breaksRules = inTurns(
  calls(
    create('elsewhere.txt', 'mine'),
    edit('README.md', '# A repository', '# Mine'),
    create('.github/workflows/x.yml', 'on: push'),
    create('.git/config', '[core]'),
    create('../outside.txt', 'mine'),
    create('loops/done.txt', 'not mine'),
  ),
  calls(
    views('/proc/self/environ'),
    views('../../..'),
    views('.git/config'),
    runs('cat', '/proc/self/environ'),
    runs(...acceptance, '--more'),
  ),
  calls(create('rules/trap', 'set\n'), runs(...acceptance)),
  calls(
    views('rules/link'),
    views('rules/out/README.md'),
    edit('rules/link', 'root', 'toor'),
    edit('rules/hard', 'first line', 'no line'),
    create('rules/out/evil.txt', 'mine'),
  ),
  calls(edit('rules/trap', 'set', 'clear'), runs(...acceptance)),
  calls(create('rules/done.txt', 'done by rules\n'), runs(...acceptance)),
  finish(`It is done. The key is ${MODEL_KEY}.`),
)
const loops: Say = (request, turn) =>
  request.firstText.includes('# Earlier attempts') ? honest(request, turn) : calls(views('README.md'))
const mends = inTurns(
  calls(create('mends/notes.txt', 'later\n')),
  finish(),
  calls(create('mends/done.txt', 'done by mends\n')),
  finish(),
  calls(create('mends/deep/done.txt', 'done by mends, deep\n')),
  finish('Mended it.'),
)

let stage: Awaited<ReturnType<typeof startAgentWorld>>
let events: RunEvent[]
beforeAll(async () => {
  const rules = [whenTask('rules', breaksRules), whenTask('loops', loops), whenTask('mends', mends), ...usual(plan)]
  stage = await startAgentWorld(rules, {
    disk: true,
    files: { 'tools/trap.mjs': TRAP, '.github/tributary.yml': `${SETTINGS}agent_commands: listed\n` },
  })
  const { world } = stage
  const issue = await world.openIssue('Please write three files.')
  await world.say(issue, '/plan --mode off')
  await world.when(`${issue}`, 'half done', (_, { tasks }) => tasks.mends?.state.status === 'landed')
  await world.ended(`${issue}`)
  events = await world.events(`${issue}`)
})
afterAll(() => stage.close())

const talk = (task: string, attempt = 1) => talksOf(stage.model, task)[attempt - 1] ?? []
const inTrunk = () => stage.world.git('ls-tree', '-r', '--name-only', 'refs/heads/tributary/1/trunk').split('\n')

describe('a worker that does what it may not', needsSandbox, () => {
  it('is refused paths that are not its own, and hears why', () => {
    const said = toolsSaid(talk('rules'), 0)
    expect(said.map(({ isError }) => isError)).toEqual([true, true, true, true, true, true])
    for (const { text } of said) expect(text).toContain('This task may change `rules/**`')
    expect(said[0]?.text).toContain("is none of this task's paths")
    expect(said[2]?.text).toContain('is protected')
    expect(said[3]?.text).toContain('`.git` is out of bounds')
  })
  it('sees nothing outside of the repository, and runs nothing that the plan does not name', () => {
    const said = toolsSaid(talk('rules'), 1)
    expect(said.map(({ isError }) => isError)).toEqual([true, true, true, true, true])
    expect(said[0]?.text).toContain('a path starts at the root of the repository')
    expect(said[1]?.text).toContain('a path has no `.`, `..`')
    expect(said[2]?.text).toContain('`.git` is out of bounds')
    for (const { text } of said.slice(3)) expect(text).toContain('That command is not in the plan')
  })
  it('follows no link that a command has left', () => {
    const said = toolsSaid(talk('rules'), 3)
    expect(said.map(({ isError }) => isError)).toEqual([true, true, true, true, true])
    expect(JSON.stringify(said)).not.toContain('root:')
    expect(said[2]?.text).toContain('a symbolic link is on the way')
    expect(said[3]?.text).toContain('a second name')
    expect(said[4]?.text).toContain('a symbolic link is on the way')
  })
  it('has commands that see no secret and cannot write into git', () => {
    const [, ran] = toolsSaid(talk('rules'), 2)
    expect(ran?.text).toContain('exit code 1')
    expect(ran?.text).toContain('"TRIBUTARY_TASK":"rules"')
    expect(ran?.text).not.toContain('git is open')
    expect(ran?.text).not.toMatch(/ANTHROPIC|GITHUB_TOKEN|INPUT_/)
  })
  it('leaves nothing of it in git', () => {
    const { world } = stage
    expect(inTrunk().filter((path) => !path.startsWith('tools/') && !path.startsWith('.github/'))).toEqual([
      'README.md',
      'loops/done.txt',
      'mends/deep/done.txt',
      'mends/done.txt',
      'mends/notes.txt',
      'rules/done.txt',
      'shared.txt',
    ])
    expect(world.git('diff', '--name-only', 'main', 'refs/heads/tributary/1/trunk').split('\n')).toEqual([
      'loops/done.txt',
      'mends/deep/done.txt',
      'mends/done.txt',
      'mends/notes.txt',
      'rules/done.txt',
    ])
  })
})

describe('a worker that goes in circles', needsSandbox, () => {
  it('is stopped at the fifth time, and the next attempt is told and does right', () => {
    expect(talk('loops', 1)).toHaveLength(5)
    expect(toolsSaid(talk('loops', 1), 2)[0]?.text).toContain('Warning: the same call 3 times')
    expect(eventsOf(events, 'task_failed')).toMatchObject([
      { task: 'loops', attempt: 1, final: false, failure: { reason: 'agent-stopped', why: 'loop' } },
    ])
    expect(talk('loops', 2)[0]?.firstText).toContain('the worker went in circles')
    expect(eventsOf(events, 'task_verified').filter(({ task }) => task === 'loops')).toMatchObject([{ attempt: 2 }])
  })
})

describe('work that is not accepted', needsSandbox, () => {
  it('goes back twice with the output and the difference, and is verified in the same attempt', () => {
    const [verified] = eventsOf(events, 'task_verified').filter(({ task }) => task === 'mends')
    expect(verified).toMatchObject({ attempt: 1, report: { turns: 6, handOff: { did: 'Mended it.' } } })
    expect(startsIn(events).filter(({ task }) => task === 'mends')).toHaveLength(1)
    const [first, second] = [talk('mends')[2]?.lastText ?? '', talk('mends')[4]?.lastText ?? '']
    expect(first).toContain('missing: mends, mends/deep')
    expect(first).toContain('mends/notes.txt')
    expect(first).toContain('It is checked 2 more times at most.')
    expect(second).toContain('missing: mends/deep')
    expect(second).toContain('It is checked once more.')
  })
  it('is no word of the model: files and check come from the machine', () => {
    const [verified] = eventsOf(events, 'task_verified').filter(({ task }) => task === 'mends')
    expect(verified?.report.handOff).toMatchObject({
      files: ['mends/deep/done.txt', 'mends/done.txt', 'mends/notes.txt'],
      check: 'passed: sh tools/check.sh mends mends/deep',
    })
  })
})

describe('the run as a whole', needsSandbox, () => {
  it('ends well, and everything says the same of it', async () => {
    const { world } = stage
    await world.idle()
    await expectFinished(world, '1', {
      title: 'Done',
      checks: { rules: 'success', loops: 'success', mends: 'success' },
      pulls: { merged: ['loops', 'mends', 'rules'], closed: [] },
    })
    const both = await agreement(world, '1')
    expect(both.trunkInGit).toBe(both.trunkInJournal)
  })
  it('tells no secret to anybody, whatever a worker says or a command prints', () => {
    const { world, model } = stage
    const tokens = documentOf(world).jobTokens.map(({ token }) => token)
    expect(tokens.length).toBeGreaterThan(3)
    const found = everywhere(world)
    expect([...found.keys()].filter((place) => place.startsWith('artifact')).length).toBeGreaterThan(6)
    expect(placesWith(found, [MODEL_KEY, ...tokens])).toEqual([])
    const bodies = asked(model).map(({ body }, index) => [`request ${index}`, JSON.stringify(body)] as const)
    expect(placesWith(new Map(bodies), [MODEL_KEY, ...tokens])).toEqual([])
    expect(found.get('git')).toContain('The key is ***')
  })
  it('asked the model for nothing that a model could not have said', () => {
    expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
  })
})
