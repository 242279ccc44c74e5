import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { issueWith } from '../e2e/support/plan.ts'
import { agreement, eventsOf, startWorld, type World } from '../e2e/support/world.ts'
import { nightly } from '../support/nightly.ts'

/**
 * GitHub's limits with a tenth of what fits into them, a minute of six seconds and an hour of one minute: runs of seconds meet what
 * runs of hours meet. The last word of a run may have to wait for the hour to end.
 */
const SMALL = {
  hour: 60,
  minute: 6,
  requests: 100,
  contentHour: 50,
  contentMinute: 8,
  restPoints: 90,
  graphqlPoints: 200,
}
const RUNS = 3
const TASKS = ['a', 'b', 'c', 'd']
const SETTINGS = `
slots: { start: 2, cap: 2 }
baseline: off
limits: { pushes_per_minute: 60, status_seconds: 1, poll_seconds: 0.5 }
`

let world: World
beforeAll(async () => {
  world = await startWorld({ files: { '.github/tributary.yml': SETTINGS } })
})
afterAll(() => world.close())

const limitedSchema = z.object({ limited: z.int() })
const refusals = async () => limitedSchema.parse(await world.metrics()).limited

/** A plan of four tasks, two of which need another one, approved. */
async function begin(): Promise<{ run: string; pull: number }> {
  const issue = await world.openIssue(issueWith('a > c, b > d'))
  const { pull, planId } = await world.plan(issue)
  await world.comment(pull, `/approve ${planId}`)
  return { run: `${issue}`, pull }
}

/** Names and conclusions of the checks on a commit. */
async function checksOn(ref: string): Promise<string[]> {
  const { data } = await world.admin.rest.checks.listForRef({ ...world.at, ref, filter: 'all', per_page: 100 })
  return data.check_runs.map(({ name, conclusion }) => `${name.replace(/ —.*/, '')}: ${conclusion}`)
}

describe("runs side by side under GitHub's limits", () => {
  it('all end well, with every task landed once and a final word on each page', nightly, async () => {
    const runs = await Promise.all(Array.from({ length: RUNS }, begin))
    // From the approvals on: plans are asked for by people, one by one.
    await world.control('limits', SMALL)
    for (const { run, pull } of runs) {
      const { conclusion } = await world.ended(run)
      expect(conclusion).toBe('success')
      const { state, folded, trunkInGit, trunkInJournal } = await agreement(world, run)
      expect([folded, trunkInGit]).toEqual([state, trunkInJournal])
      const events = await world.events(run)
      expect(
        eventsOf(events, 'task_landed')
          .map(({ task }) => task)
          .toSorted(),
      ).toEqual(TASKS)
      expect(eventsOf(events, 'task_failed')).toEqual([])
      const status = (await world.comments(pull)).filter(({ body }) => body?.includes('<!-- tributary:status:'))
      expect(status.map(({ body }) => /\d of 4 tasks landed/.exec(body ?? '')?.[0])).toEqual(['4 of 4 tasks landed'])
      expect(await checksOn(`heads/tributary/${run}/trunk`)).toContain('tributary / run: success')
      for (const task of TASKS)
        expect(await checksOn(`heads/tributary/${run}/${task}`)).toEqual([`tributary / ${task}: success`])
    }
    await world.idle()
    const jobs = (await world.admin.rest.actions.listWorkflowRunsForRepo({ ...world.at, per_page: 100 })).data
    expect(jobs.workflow_runs.map(({ conclusion }) => conclusion).filter((one) => one === 'failure')).toEqual([])
    const refused = await refusals()
    console.log(`${RUNS} runs: ${refused} requests refused`)
    expect(refused).toBeGreaterThan(0)
  })
})
