import { describe, expect, it } from 'vitest'
import { readSettings } from '../../../src/config/settings.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import type { OrchestrateDeps } from '../../../src/jobs/deps.ts'
import { emptyDraft } from '../../../src/jobs/orchestrate/session/event-draft.ts'
import { newSession } from '../../../src/jobs/orchestrate/session/session.ts'
import { answerReviews, watchReviews } from '../../../src/jobs/orchestrate/watch-reviews.ts'
import { hastyClock } from '../../support/hasty-clock.ts'
import { memoryForge } from '../../support/memory/forge.ts'
import { type MemoryReview, memoryGitHub } from '../../support/memory/github.ts'
import { memoryJournal, memoryRemote } from '../../support/memory/journal.ts'
import { AT, afterwards, running, shaOf, verifiedBy } from '../../support/run.ts'

const settings = settingsSchema.parse({ merge: 'review' })
const PULL = 50

function waiting(pulls = true): ActiveRun {
  const run = running('t > u', {}, settings)
  const state = afterwards(run, ...verifiedBy(run, 't'))
  const entries = [{ name: 'pull:t', number: PULL, node: 'PR_50', digest: '' }]
  return pulls ? afterwards(state, { type: 'projected', at: AT, by: 'tributary', entries }) : state
}

const made = (id: number, change: Partial<MemoryReview> = {}): MemoryReview => ({
  id,
  pull: PULL,
  verdict: 'changes_requested',
  body: 'Shorter.',
  commit: shaOf('t head'),
  submittedAt: '2026-06-01T00:00:00Z',
  author: { login: 'writer', type: 'User' },
  lines: [],
  ...change,
})

/** A session that counts how often reviews are asked for; GitHub is in memory. */
function sessionOn(state: ActiveRun, reviews: MemoryReview[]) {
  const github = memoryGitHub({
    issues: [42, PULL],
    roles: { writer: 'write', passer: 'read' },
    files: { '.github/tributary.yml': 'merge: review\n' },
  })
  github.reviews.push(...reviews)
  const asked: (readonly number[])[] = []
  const forge = memoryForge(github)
  const lookAt = (pulls: readonly number[]) => {
    asked.push(pulls)
    return forge.lookAt(pulls)
  }
  const counted = { ...forge, lookAt }
  const clock = hastyClock()
  const deps = {
    forge: counted,
    journal: memoryJournal(memoryRemote()),
    clock,
    log: () => {},
    readSettings,
  } as unknown as OrchestrateDeps
  const repo = {} as Parameters<typeof newSession>[1]
  const session = newSession(deps, repo, '42', { state, tip: shaOf('tip'), unsure: new Set() })
  return { session, asked, github, clock }
}

describe('reviews of which no event has told', () => {
  it('are found by one request, decided once, and answered after that is written', async () => {
    const { session, asked, github, clock } = sessionOn(waiting(), [
      made(7),
      made(8, { author: { login: 'passer', type: 'User' } }),
    ])
    const draft = await watchReviews(session, emptyDraft(session.state))
    expect(draft.events).toMatchObject([{ type: 'task_retried', by: 'writer', key: 'review:7', note: 'Shorter.' }])
    expect(github.comments).toEqual([])
    session.state = draft.state
    await answerReviews(session)
    expect(github.comments).toMatchObject([
      { thread: PULL, body: expect.stringContaining('Attempt 2 of `t` gets the text of this review') },
    ])
    expect((await watchReviews(session, emptyDraft(session.state))).events).toEqual([])
    await clock.wait(61)
    expect((await watchReviews(session, emptyDraft(session.state))).events).toEqual([])
    expect(asked).toEqual([[PULL]])
  })

  it('are looked for each minute while a person is asked to look at work, and each five minutes while none is', async () => {
    const looksIn = async (state: ActiveRun) => {
      const { session, asked, clock } = sessionOn(state, [])
      for (let minute = 0; minute < 10; minute += 1) {
        await watchReviews(session, emptyDraft(session.state))
        await clock.wait(60)
      }
      return asked.length
    }
    const entries = [{ name: 'pull:trunk', number: 51, node: 'PR_51', digest: '' }]
    const atWork = afterwards(running('t', {}, settings), { type: 'projected', at: AT, by: 'tributary', entries })
    expect([await looksIn(waiting()), await looksIn(atWork)]).toEqual([10, 2])
  })

  it('come with the end of the final pull request, of which no event tells while it is in conflict', async () => {
    const entries = [{ name: 'pull:trunk', number: 51, node: 'PR_51', digest: '' }]
    const atWork = afterwards(running('t', {}, settings), { type: 'projected', at: AT, by: 'tributary', entries })
    const { session, github, asked } = sessionOn(atWork, [])
    const pull = { number: 51, node: 'PR_51', headBranch: 'tributary/42/trunk', base: 'main', title: 'T', body: '' }
    github.pulls.push({ ...pull, head: shaOf('tip'), draft: true, state: 'closed', merged: false })
    const { events } = await watchReviews(session, emptyDraft(session.state))
    expect(events).toMatchObject([{ type: 'run_closed', merged: false, head: shaOf('tip') }])
    expect(asked).toEqual([[51]])
  })

  it('are decided again if what was decided could not be written', async () => {
    const { session } = sessionOn(waiting(), [made(7)])
    await watchReviews(session, emptyDraft(session.state))
    const again = await watchReviews(session, emptyDraft(session.state))
    expect(again.events).toMatchObject([{ type: 'task_retried' }])
  })

  it('are not asked for while no worker pull request is open', async () => {
    const { session, asked } = sessionOn(waiting(false), [made(7)])
    await watchReviews(session, emptyDraft(session.state))
    expect(asked).toEqual([])
  })

  it('count for what stands there now, not for the attempt before', async () => {
    const { session } = sessionOn(waiting(), [made(7, { submittedAt: '2020-01-01T00:00:00Z' })])
    expect((await watchReviews(session, emptyDraft(session.state))).events).toEqual([])
    const refused = sessionOn(waiting(), [made(7, { verdict: 'approved', commit: shaOf('earlier') })])
    await watchReviews(refused.session, emptyDraft(refused.session.state))
    await answerReviews(refused.session)
    expect(refused.github.comments).toMatchObject([{ body: expect.stringContaining('`work-newer-than-review`') }])
  })
})
