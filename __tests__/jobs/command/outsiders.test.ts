import { describe, expect, it } from 'vitest'
import { openForge } from '../../../src/adapters/github/forge.ts'
import { replay } from '../../../src/core/run/evolve.ts'
import { runCommand } from '../../../src/jobs/command/run-command.ts'
import { hubStage } from '../../adapters/github/stage.ts'
import { memoryGitHub } from '../../support/memory/github.ts'
import { memoryDeps } from '../../support/memory/job-deps.ts'
import { memoryJournal, memoryRemote } from '../../support/memory/journal.ts'
import { planOf } from '../../support/plan.ts'
import { proposedBy } from '../../support/run.ts'

/** Comments on a real thread of a hub, whose requests are counted; the journal is in memory, since git costs none. */
async function world() {
  const stage = await hubStage()
  const journal = memoryJournal(memoryRemote())
  const events = proposedBy(planOf('a > b'))
  await journal.append('42', null, events, replay(events), [])
  const unused = memoryDeps(memoryGitHub({}), journal, 100)
  const clock = { ...unused.clock, now: () => new Date() }
  const deps = { ...unused, clock, forge: openForge(stage.place) }
  const own = { owner: stage.hub.owner, repo: stage.hub.repo, issue_number: stage.issue }
  return {
    ...stage,
    tip: async () => (await journal.read('42'))?.tip,
    /** What it cost, and what was answered. */
    async say(body: string, person: 'outsider' | 'reader' | 'writer', type = 'User') {
      const { id, created_at: createdAt } = (await stage.as(person).issues.createComment({ ...own, body })).data
      await stage.requests()
      const issue = { number: stage.issue, title: 'An issue', body: '', isPull: false }
      const outcome = await runCommand(deps, {
        id,
        key: `comment:${id}`,
        line: body,
        formatted: null,
        createdAt,
        issue,
        sender: { login: person, type, viaApp: null },
        firstDelivery: true,
      })
      const requests = await stage.requests()
      const answer = (await stage.comments(stage.issue)).find(
        (one) => one.ours && one.body.includes(`:${id} -->`),
      )?.body
      return { outcome, requests, answer }
    },
  }
}

const ROLE = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission'
const REPLY = 'POST /repos/{owner}/{repo}/issues/{number}/comments'
const RECENT = 'POST /api/graphql'

describe('a comment by a person without permission', () => {
  it('costs one look-up and one answer, no reaction and no entry of the journal', async () => {
    const { say, tip } = await world()
    const before = await tip()
    for (const [line, person, code] of [
      ['/help', 'outsider', '`help`'],
      ['/approve', 'reader', '`not-permitted`'],
      ['/aprove', 'outsider', '`unknown-command`'],
    ] as const) {
      const { requests, answer, outcome } = await say(line, person)
      // Before: reaction, permission, repository, settings, own name, comments, answer; and two of them wrote.
      expect([line, requests]).toEqual([line, { [ROLE]: 1, [RECENT]: 1, [REPLY]: 1 }])
      expect(answer).toContain(code)
      expect(outcome).toMatchObject({ run: null, orchestrate: false })
    }
    expect(await tip()).toBe(before)
  })

  it('gets no answer after three of them on the thread in an hour, while people with permission do', async () => {
    const { say } = await world()
    for (let count = 0; count < 3; count += 1) await say('/status', 'outsider')
    const fourth = await say('/help', 'reader')
    expect([fourth.answer, fourth.requests]).toEqual([undefined, { [ROLE]: 1, [RECENT]: 1 }])
    expect((await say('/help', 'writer')).answer).toContain('`help`')
  })

  it('is answered the same if it is a bot, whose permission is not looked up', async () => {
    const { say } = await world()
    const { answer, requests } = await say('/approve', 'writer', 'Bot')
    expect(answer).toContain('`bots-may-not`')
    expect(requests).toEqual({ [RECENT]: 1, [REPLY]: 1 })
  })
})
