import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startProcess } from '../../src/hub/runner/process/process.ts'
import { issueWith } from './support/plan.ts'
import { agreement, startWorld, type World } from './support/world.ts'

let world: World
beforeEach(async () => {
  // As on GitHub: each job starts Node and loads the action.
  world = await startWorld({ hub: { startProcess } })
})
afterEach(() => world.close())

describe('a run from /plan to the final pull request', () => {
  it('plans, works, lands and makes the pull request ready', async () => {
    const issue = await world.openIssue(issueWith('a > c, b > c'))
    const { pull, planId } = await world.plan(issue)
    expect(await world.say(pull, `/approve ${planId}`)).toContain('`approved`')
    const state = await world.ended(`${issue}`)
    expect(state.conclusion).toBe('success')
    const { data } = await world.admin.rest.pulls.get({ ...world.at, pull_number: pull })
    expect(data.draft).toBe(false)
    const seen = await agreement(world, `${issue}`)
    expect(seen.folded).toEqual(seen.state)
    expect(seen.trunkInGit).toBe(seen.trunkInJournal)
  })
})
