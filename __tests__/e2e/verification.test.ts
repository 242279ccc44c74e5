import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordOf } from '../../src/core/run/lookup.ts'
import { nightly } from '../support/nightly.ts'
import { checksOf, expectFinished, statusOf } from './support/picture.ts'
import { issueWith } from './support/plan.ts'
import { SETTINGS } from './support/repository.ts'
import { eventsOf, startWorld, type World } from './support/world.ts'

/** As compilers say it: the path, the line and what is wrong there. */
const WRONG = 'c/done.txt:1: c is not as the others are'
/** What only the whole shows: `c` is good by itself and breaks trunk, until somebody told it to work properly. */
const WHOLE = `
import { existsSync, readFileSync } from 'node:fs'
const bad = existsSync('c/done.txt') && !readFileSync('c/done.txt', 'utf8').includes('properly')
if (bad) { console.error('${WRONG}'); process.exit(9) }
`
/** Makes `place`, or `place/part`; where the one is there already, it leaves it. */
const PLACE = `
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
if (process.argv[2] === 'file') writeFileSync('place', 'a file')
else if (existsSync('place') && statSync('place').isFile()) console.log('place is a file: nothing to do')
else { mkdirSync('place', { recursive: true }); writeFileSync('place/part', 'a part') }
`

/** Fails until it has run as often as its argument says, counted by the verification's number. */
const CHANCE = `
const number = Number(process.env.TRIBUTARY_ATTEMPT)
if (number < Number(process.argv[2] ?? 2)) { console.error('bad luck'); process.exit(1) }
`

let world: World
beforeAll(async () => {
  world = await startWorld({
    files: {
      'tools/whole.mjs': WHOLE,
      'tools/place.mjs': PLACE,
      'tools/chance.mjs': CHANCE,
      '.github/tributary.yml': SETTINGS.replace('start: 4, cap: 8', 'start: 3, cap: 3'),
    },
  })
})
afterAll(() => world.close())

async function started(body: string) {
  const issue = await world.openIssue(body)
  const { pull, planId } = await world.plan(issue)
  await world.say(pull, `/approve ${planId}`)
  return { run: `${issue}`, pull }
}

describe('a verification that fails on trunk', () => {
  it('names the task that broke it, and a retry with a note mends it on top of trunk', async () => {
    const { run, pull } = await started(issueWith('a, b, c, d, e', {}, [['node', 'tools/whole.mjs']]))
    const { state, work } = await world.when(
      run,
      'in want of a person',
      (now, of) =>
        now.phase === 'active' && now.orchestrator === null && of.culprit !== null && { state: now, work: of },
    )
    expect(work.culprit).toEqual({ task: 'c' })
    // Five merges: trunk itself, then half of them, then half of that; never all.
    const { merges, tip } = work.trunk
    expect(merges.map(({ task }) => task)).toEqual(['a', 'b', 'c', 'd', 'e'])
    const searched = eventsOf(await world.events(run), 'verification_queued').map(({ on }) => on)
    // Each that fails runs once more before it is believed.
    expect(searched).toEqual([tip, tip, merges[1]?.sha, merges[2]?.sha, merges[2]?.sha])
    const { body } = await statusOf(world, state)
    expect(body).toMatch(/^## Verification failed: 5 of 5 tasks landed/m)
    expect(body).toContain('It has failed since `c` was merged.')
    expect(body).toContain('`/retry c -- note`')
    const { data } = await world.admin.rest.checks.listForRef({ ...world.at, ref: tip, check_name: 'tributary / run' })
    expect(data.check_runs.map(({ conclusion }) => conclusion)).toEqual(['failure'])
    expect(data.check_runs[0]?.output.text).toContain('c is not as the others are')
    const broken = { ...world.at, ref: merges[2]?.sha ?? '', check_name: 'tributary / run' }
    const [first] = (await world.admin.rest.checks.listForRef(broken)).data.check_runs
    expect(first?.conclusion).toBe('failure')
    expect(first?.details_url).toMatch(/\/actions\/runs\/\d+\/job\/\d+$/)
    // GitHub shows them in the diff of the pull request, on the lines that the output names.
    const { data: annotations } = await world.admin.rest.checks.listAnnotations({
      ...world.at,
      check_run_id: first?.id ?? 0,
    })
    expect(annotations).toMatchObject([
      { path: 'c/done.txt', start_line: 1, annotation_level: 'failure', message: WRONG },
    ])

    expect(await world.say(pull, '/retry c -- properly this time')).toContain('`retrying`')
    expect((await world.ended(run)).conclusion).toBe('success')
    const fixed = await world.when(run, 'there', (_, of) => of)
    const last = recordOf(fixed, 'c').attempts.at(-1)
    expect(last?.attempt).toBe(2)
    world.git('merge-base', '--is-ancestor', tip, last?.base ?? '')
    expect(world.git('show', `${fixed.trunk.tip}:c/done.txt`)).toContain('properly this time')
    const all = ['a', 'b', 'c', 'd', 'e']
    await expectFinished(world, run, {
      title: 'Done',
      checks: Object.fromEntries(all.map((task) => [task, 'success'])),
      pulls: { merged: all, closed: [] },
    })
  })
})

describe('a verification that fails by chance', () => {
  it('runs again on the same tree, and both pull request and status call it flaky', nightly, async () => {
    const { run, pull } = await started(issueWith('lucky', {}, [['node', 'tools/chance.mjs']]))
    expect((await world.ended(run)).conclusion).toBe('success')
    const on = world.git('rev-parse', `tributary/${run}/trunk`)
    const events = await world.events(run)
    expect(eventsOf(events, 'verification_failed')).toMatchObject([{ on, again: true }])
    expect(eventsOf(events, 'verification_passed')).toMatchObject([{ on, attempt: 2 }])
    const { data } = await world.admin.rest.pulls.get({ ...world.at, pull_number: pull })
    expect(data.body).toContain('**Flaky**')
  })

  it('that fails twice is run again by /retry verification, on the same trunk', nightly, async () => {
    const { run, pull } = await started(issueWith('unlucky', {}, [['node', 'tools/chance.mjs', '3']]))
    const { work } = await world.when(
      run,
      'in want of a person',
      (now, of) => now.phase === 'active' && now.orchestrator === null && of.culprit !== null && { work: of },
    )
    expect(await world.say(pull, '/retry verification')).toContain('`verifying-again`')
    const ended = await world.ended(run)
    expect(ended).toMatchObject({ conclusion: 'success', work: { trunk: { tip: work.trunk.tip } } })
  })
})

describe('two tasks in conflict that no plan can tell beforehand', () => {
  it(
    'names the paths and both tasks, runs the later one again on the merged base, and ends well',
    nightly,
    async () => {
      const place = (what: string) => ['node', 'tools/place.mjs', what]
      const exists = ['test', '-e', 'place']
      const { run } = await started(
        issueWith(
          'file, folder, other',
          {
            // A file beside folders, as far as a plan can tell.
            file: { writes: ['*'], run: place('file'), acceptance: exists },
            folder: { writes: ['place/part'], run: place('folder'), acceptance: exists },
          },
          [exists],
        ),
      )
      expect((await world.ended(run)).conclusion).toBe('success')
      const events = await world.events(run)
      const [conflict, ...more] = eventsOf(events, 'task_conflicted')
      expect(more).toEqual([])
      expect(conflict).toMatchObject({ task: 'folder', with: ['file'], final: false })
      expect(conflict?.paths.filter((path) => !path.startsWith('place'))).toEqual([])
      expect(conflict?.paths).not.toEqual([])
      const work = await world.when(run, 'there', (_, of) => of)
      const [first, second, ...others] = recordOf(work, 'folder').attempts
      expect(others).toEqual([])
      expect(first).toMatchObject({ outcome: 'conflict', failure: { reason: 'conflict', with: ['file'] } })
      world.git('merge-base', '--is-ancestor', recordOf(work, 'file').attempts[0]?.head ?? '', second?.base ?? '')
      const { data } = await world.admin.rest.checks.listForRef({ ...world.at, ref: first?.head ?? '' })
      // If it was shown as verified before the conflict was found, its check says so now; else it has none, since the next attempt follows.
      expect(data.check_runs.filter(({ conclusion }) => conclusion !== 'neutral')).toEqual([])
      for (const { output } of data.check_runs)
        expect(output.summary).toMatch(/it is in conflict with `file` in `place/)
      expect(world.git('show', `${work.trunk.tip}:place`)).toBe('a file')
      expect(await checksOf(world, work, ['file', 'folder', 'other'])).toEqual({
        file: 'success',
        folder: 'success',
        other: 'success',
      })
    },
  )
})
