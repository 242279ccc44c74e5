import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordOf, statusOf as standingOf } from '../../src/core/run/lookup.ts'
import type { LiveRun } from '../../src/core/run/state.ts'
import type { Work } from '../../src/core/run/work.ts'
import { sandboxHere } from '../support/sandbox.ts'
import { documentOf, everywhere, placesWith } from './support/everywhere.ts'
import { branchesOf, checksOf, expectFinished, statusOf } from './support/picture.ts'
import { issueWith } from './support/plan.ts'
import { SETTINGS } from './support/repository.ts'
import { startWorld, type World } from './support/world.ts'

/**
 * Prints all that it can find, and leaves it in a file: its environment, that of every process it sees, git's configuration.
 * Without a sandbox it would see those of the whole machine, which are not a test's to print.
 */
const PRY = `
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
const [task, exitCode] = process.argv.slice(2)
const readable = (path) => { try { return readFileSync(path, 'utf8') } catch { return '' } }
const processes = ${sandboxHere() === 'off'} ? [] : readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))
const environs = processes.map((pid) => readable('/proc/' + pid + '/environ') + readable('/proc/' + pid + '/cmdline'))
const all = ['environment of ' + task, JSON.stringify(process.env), ...environs, readable('.git/config')].join('\\n').replaceAll('\\0', '\\n')
if (exitCode !== undefined) { mkdirSync(task, { recursive: true }); writeFileSync(task + '/env.txt', all); writeFileSync(task + '/done.txt', Buffer.from(all).toString('base64')) }
console.log(all)
process.exit(Number(exitCode ?? 0))
`
const pry = (...words: string[]) => ['node', 'tools/pry.mjs', ...words]

const GRAPH = 'fails > behind > further, good > better, outside, link, workflow, hangs, unaccepted, idle, tells, blurts'

let world: World
let run: string
let state: LiveRun
let work: Work
beforeAll(async () => {
  world = await startWorld({
    disk: true,
    files: {
      'tools/pry.mjs': PRY,
      // Four at a time: the machine has two cores, and each slot is a process.
      '.github/tributary.yml': SETTINGS.replace('start: 4, cap: 8', 'start: 4, cap: 4'),
    },
  })
  const issue = await world.openIssue(
    issueWith(GRAPH, {
      fails: { misdeed: 'fails' },
      outside: { misdeed: 'outside' },
      link: { misdeed: 'symlink' },
      workflow: { misdeed: 'workflow' },
      hangs: { misdeed: 'hangs', timeout_minutes: 0.03 },
      unaccepted: { acceptance: ['sh', 'tools/check.sh', 'what-nobody-makes'] },
      idle: { run: ['node', '--version'] },
      tells: { run: pry('tells', '0'), acceptance: pry('tells') },
      blurts: { run: pry('blurts', '5') },
    }),
  )
  run = `${issue}`
  const { pull, planId } = await world.plan(issue)
  await world.say(pull, `/approve ${planId.slice(0, 12)}`)
  const still = await world.when(
    run,
    'waiting for a person',
    (now, of) => now.phase === 'active' && now.orchestrator === null && of.startedAt !== null && { now, of },
  )
  state = still.now
  work = still.of
})
afterAll(() => world.close())

const failureOf = (task: string) => {
  const { state: last } = recordOf(work, task)
  return last.status === 'failed' ? last.failure : null
}
const attemptsOf = (task: string) => recordOf(work, task).attempts.map(({ outcome }) => outcome)
const rowOf = (body: string | undefined, task: string): string =>
  body?.split('\n').find((line) => line.startsWith(`| \`${task}\``) || line.startsWith(`| ${task} `)) ?? ''

/** The newest check of a task, as people read it. */
async function checkOf(task: string) {
  const last = recordOf(work, task).attempts.at(-1)
  const { data } = await world.admin.rest.checks.listForRef({ ...world.at, ref: last?.head ?? last?.base ?? '' })
  const [check] = data.check_runs
  return {
    conclusion: check?.conclusion,
    title: check?.output.title,
    page: `${check?.output.summary}\n${check?.output.text}`,
  }
}

describe('tasks that go wrong', () => {
  it('let everything else land, and leave the run waiting for a person', async () => {
    for (const task of ['good', 'better', 'tells']) expect(standingOf(work, task), task).toBe('landed')
    expect(await checksOf(world, work, ['good', 'better', 'tells'])).toEqual({
      good: 'success',
      better: 'success',
      tells: 'success',
    })
    const { body } = await statusOf(world, state)
    expect(body).toMatch(/^## Stopped: 3 of 13 tasks landed, 8 failed, 2 blocked$/m)
    expect(body).toContain('`/retry fails -- note`')
    const tips = world.git('ls-tree', '-r', '--name-only', work.trunk.tip).split('\n')
    expect(tips.filter((path) => path.endsWith('done.txt'))).toEqual([
      'better/done.txt',
      'good/done.txt',
      'tells/done.txt',
    ])
  })

  it('retries one that fails once, keeps its branch with its work, and blocks its dependants with the cause named', async () => {
    expect(attemptsOf('fails')).toEqual(['failed', 'failed'])
    expect(failureOf('fails')).toMatchObject({ reason: 'program-failed', exitCode: 3 })
    const [first, second] = recordOf(work, 'fails').attempts
    expect(world.git('rev-parse', `refs/heads/tributary/${run}/fails`)).toBe(second?.head)
    expect(world.git('show', `refs/heads/tributary/${run}/fails:fails/done.txt`)).toBe('done by fails')
    expect(world.git('show', `${first?.head}:fails/done.txt`)).toBe('done by fails')
    const { body } = await statusOf(world, state)
    for (const task of ['behind', 'further']) {
      expect(attemptsOf(task)).toEqual([])
      expect(rowOf(body, task)).toContain('**blocked**. It needs `fails`.')
    }
    expect(await checkOf('fails')).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/^Failed: its command ended with exit code \d+$/),
    })
    const { data } = await world.admin.rest.checks.listForRef({ ...world.at, ref: work.trunk.start })
    const whole = data.check_runs.find(({ name }) => name === 'tributary / run')
    expect(whole?.conclusion).toBe('failure')
    expect(rowOf(whole?.output.text ?? '', 'further')).toContain('**blocked**. It needs `fails`.')
  })

  it.each([
    ['outside', { reason: 'outside-paths', paths: ['elsewhere.txt'] }, 'it wrote outside its paths'],
    [
      'link',
      { reason: 'forbidden-mode', paths: ['link/link'] },
      'it touched a submodule, or made a symbolic link out of the repository or a forbidden file mode',
    ],
    ['workflow', { reason: 'protected-paths', paths: ['.github/workflows/evil.yml'] }, 'it wrote to protected paths'],
  ])(
    'does not take over what %s did, not even onto its branch, and does not try again',
    async (task, failure, title) => {
      expect(attemptsOf(task)).toEqual(['failed'])
      expect(failureOf(task)).toEqual(failure)
      const [attempt] = recordOf(work, task).attempts
      expect(attempt?.head).toBeNull()
      expect(world.git('rev-parse', `refs/heads/tributary/${run}/${task}`)).toBe(attempt?.base)
      const check = await checkOf(task)
      expect(check).toMatchObject({ conclusion: 'failure', title: `Failed: ${title}` })
      expect(check.page).toContain(`<sub>\`${failure.reason}\`</sub>`)
      for (const path of failure.paths) expect(check.page).toContain(`\`${path}\``)
    },
  )

  it('stops one that hangs when its time is over, twice', async () => {
    expect(attemptsOf('hangs')).toEqual(['failed', 'failed'])
    expect(failureOf('hangs')).toMatchObject({ reason: 'timed-out', minutes: 0.03 })
    expect(await checkOf('hangs')).toMatchObject({ conclusion: 'timed_out', title: 'Timed out' })
    for (const { startedAt, endedAt } of recordOf(work, 'hangs').attempts)
      expect(Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '')).toBeGreaterThanOrEqual(1800)
  })

  it('tells a failing acceptance with its output, and retries it once', async () => {
    expect(attemptsOf('unaccepted')).toEqual(['failed', 'failed'])
    expect(failureOf('unaccepted')).toMatchObject({ reason: 'acceptance-failed', exitCode: 1 })
    const check = await checkOf('unaccepted')
    expect(check).toMatchObject({ conclusion: 'failure', title: 'Failed: its acceptance ended with exit code 1' })
    expect(check.page).toContain('missing: what-nobody-makes')
  })

  it('does not call a task done that changed nothing', async () => {
    expect(attemptsOf('idle')).toEqual(['failed'])
    expect(failureOf('idle')).toEqual({ reason: 'no-change' })
    expect(await checkOf('idle')).toMatchObject({
      conclusion: 'failure',
      title: 'Failed: it changed no files, so there is nothing to land',
    })
  })
})

describe('tasks that print what they can find', () => {
  it('find their own environment, which people see, and nothing of the job', async () => {
    expect(failureOf('blurts')).toMatchObject({ reason: 'program-failed', exitCode: 5 })
    const file = world.git('show', `${work.trunk.tip}:tells/env.txt`)
    expect(file).toContain('environment of tells')
    // A check shows the end of the output.
    for (const page of [file, (await checkOf('tells')).page, (await checkOf('blurts')).page]) {
      expect(page).toContain('TRIBUTARY_RUN=')
      expect(page).not.toMatch(/GITHUB_|INPUT_|ACTIONS_/)
    }
  })

  it('bring no token of any job into a log, an artifact, git, a comment or a check', () => {
    const tokens = documentOf(world).jobTokens.map(({ token }) => token)
    expect(tokens.length).toBeGreaterThan(6)
    const found = everywhere(world)
    expect([...found.keys()].filter((place) => place.endsWith('work.bundle')).length).toBeGreaterThan(4)
    expect(placesWith(found, ['environment of tells']).length, 'the search finds what is there').toBeGreaterThan(1)
    expect(placesWith(found, tokens)).toEqual([])
    // Runtime tokens are JWTs that nobody keeps: there must be none at all.
    const jwt = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/
    expect([...found].filter(([, text]) => jwt.test(text)).map(([place]) => place)).toEqual([])
  })
})

describe('a run that such tasks keep from its end', () => {
  it('ends with a word of a person, and leaves branches with work in them only', async () => {
    expect(await world.say(state.projected['pull:trunk']?.number ?? 0, '/cancel -- enough')).toContain('`cancelled`')
    expect((await world.ended(run)).conclusion).toBe('cancelled')
    await expectFinished(world, run, {
      title: 'Cancelled',
      checks: { good: 'success', tells: 'success', fails: 'failure', hangs: 'timed_out', behind: 'cancelled' },
      pulls: {
        merged: ['better', 'good', 'tells'],
        closed: ['blurts', 'fails', 'hangs', 'idle', 'link', 'outside', 'unaccepted', 'workflow'],
      },
    })
    expect(branchesOf(world, run)).toEqual(
      ['better', 'blurts', 'fails', 'good', 'hangs', 'tells', 'trunk', 'unaccepted'].toSorted(),
    )
  })
})
