import { describe, expect, it } from 'vitest'
import { readCodeOwners } from '../../../../src/core/plan/code-owners.ts'
import { type ProjectionName, projectionName } from '../../../../src/core/run/projection-name.ts'
import type { ActiveRun, LiveRun } from '../../../../src/core/run/state.ts'
import { settingsSchema } from '../../../../src/core/settings.ts'
import { publishProjections } from '../../../../src/jobs/orchestrate/projections/publish-projections.ts'
import {
  askForReviews,
  calledByRequest,
  readOwners,
  reviewRequests,
} from '../../../../src/jobs/orchestrate/projections/review-requests.ts'
import { newSession } from '../../../../src/jobs/orchestrate/session/session.ts'
import { memoryGitHub } from '../../../support/memory/github.ts'
import { memoryDeps } from '../../../support/memory/job-deps.ts'
import { memoryJournal, memoryRemote } from '../../../support/memory/journal.ts'
import { AT, afterwards, landedBy, running, shaOf, verifiedBy } from '../../../support/run.ts'

const OWNERS = readCodeOwners('* @lead\n/a/ @mona @acme/core')
const stamp = { at: AT, by: 'tributary' }

function waiting(change: object = {}): ActiveRun {
  const run = running('a > b', {}, settingsSchema.parse({ merge: 'review', ...change }))
  return afterwards(run, ...verifiedBy(run, 'a'))
}

function done(change: object = {}): LiveRun {
  const run = running('a', {}, settingsSchema.parse(change))
  const landed = afterwards(run, ...landedBy(run, 'a'), {
    type: 'trunk_moved',
    ...stamp,
    task: 'a',
    sha: shaOf('merge a'),
  })
  return afterwards<LiveRun>(landed, { type: 'run_finished', ...stamp, sha: shaOf('merge a') })
}

const located = (name: ProjectionName) =>
  name.kind === 'pull' ? { number: name.of === 'trunk' ? 51 : 52, node: projectionName(name) } : null
const entry = (name: string, number: number) => ({ name, number, node: `PR_${number}`, digest: '' })
const asked = (run: LiveRun) =>
  reviewRequests(run, located, OWNERS).map(({ name, reviewers, head }) => [name, reviewers, head])

describe('who is asked for a review', () => {
  it('is the person who asked for the plan, of each pull request that waits for a person', () => {
    expect(asked(waiting())).toEqual([['reviewers:a', ['asker'], shaOf('a head')]])
    expect(asked(done())).toEqual([['reviewers:trunk', ['asker'], shaOf('merge a')]])
  })

  it('are the code owners of the paths, or those whom the settings name', () => {
    expect(asked(waiting({ reviewers: 'codeowners' }))).toEqual([
      ['reviewers:a', ['mona', 'acme/core'], shaOf('a head')],
    ])
    expect(asked(done({ reviewers: ['kim'] }))).toEqual([['reviewers:trunk', ['kim'], shaOf('merge a')]])
    const unowned = reviewRequests(waiting({ reviewers: 'codeowners' }), located, readCodeOwners('/b/ @mona'))
    expect(unowned).toMatchObject([{ reviewers: ['asker'] }])
  })

  it('is nobody if the settings say so, for what lands by itself, and before there is a pull request', () => {
    expect(asked(waiting({ reviewers: [] }))).toEqual([])
    expect(asked(waiting({ merge: 'auto' }))).toEqual([])
    expect(reviewRequests(waiting(), () => null, OWNERS)).toEqual([])
  })
})

describe('a request for a review calls people', () => {
  const called = (run: LiveRun) => [...calledByRequest(run, located, OWNERS)]
  const shown = (run: LiveRun, of: string, digest: string): LiveRun => {
    const entries = [{ name: `reviewers:${of}`, number: 52, node: '', digest }]
    return afterwards<LiveRun>(run, { type: 'projected', ...stamp, entries })
  }

  it('when they are asked for the first time: GitHub does not tell them of the second', () => {
    expect(called(waiting())).toEqual([['a', ['asker']]])
    expect(called(shown(waiting(), 'a', 'of an earlier head'))).toEqual([])
  })

  it('not if GitHub has refused one, since it does not say which', () => {
    const refused = { type: 'platform_refused', ...stamp, what: 'reviewers', why: 'no' } as const
    expect(called(afterwards<LiveRun>(waiting(), refused))).toEqual([])
  })
})

describe('a request for a review', () => {
  const sessionOn = (state: LiveRun, reviewersRefused?: string) => {
    const github = memoryGitHub({ ...(reviewersRefused !== undefined && { reviewersRefused }) })
    const deps = { ...memoryDeps(github, memoryJournal(memoryRemote()), 1) } as unknown as Parameters<
      typeof newSession
    >[0]
    const files = new Map([['CODEOWNERS', '* @lead']])
    const repo = {
      fetch: async () => {},
      readFile: async (_commit: string, path: string) => files.get(path) ?? null,
    } as unknown as Parameters<typeof newSession>[1]
    return { github, session: newSession(deps, repo, '42', { state, tip: shaOf('tip'), unsure: new Set() }) }
  }

  it('is made once for each head, of the owners that the base names', async () => {
    const { github, session } = sessionOn(waiting({ reviewers: 'codeowners' }))
    await readOwners(session)
    expect(session.owners).toMatchObject({ base: shaOf('base') })
    await askForReviews(session, session.state, located)
    await askForReviews(session, session.state, located)
    expect(github.reviewRequests).toEqual([{ pull: 52, reviewers: ['lead'] }])
    expect(session.refusals.size).toBe(0)
  })

  it('that is refused is said, and is not made again', async () => {
    const { github, session } = sessionOn(waiting(), 'Reviews may only be requested from collaborators.')
    await askForReviews(session, session.state, located)
    await askForReviews(session, session.state, located)
    expect(github.reviewRequests).toHaveLength(1)
    expect(session.refusals.get('reviewers')).toContain('collaborators')
  })

  it('that is taken needs no mention beside it, and one that is refused is made up for by the mention', async () => {
    const mentions = async (refused?: string) => {
      const shown = { type: 'projected', ...stamp, entries: [entry('pull:trunk', 51), entry('pull:a', 52)] } as const
      const { github, session } = sessionOn(
        afterwards<LiveRun>(waiting(), { ...shown, entries: [...shown.entries] }),
        refused,
      )
      for (const { number, of } of [
        { number: 51, of: 'trunk' },
        { number: 52, of: 'a' },
      ]) {
        const pull = {
          number,
          node: `PR_${number}`,
          headBranch: `tributary/42/${of}`,
          base: 'main',
          title: '',
          body: '',
        }
        github.pulls.push({ ...pull, head: shaOf(of), draft: true, state: 'open', merged: false })
      }
      await publishProjections(session, { final: true })
      expect(github.reviewRequests).toHaveLength(1)
      return github.comments.flatMap(({ body }) => /^<!-- tributary:call-.*\n((?:@\S+ )+)/.exec(body)?.[1] ?? [])
    }
    expect(await mentions()).toEqual(['@lead '])
    expect(await mentions('Reviews may only be requested from collaborators.')).toEqual(['@asker @lead '])
  })
})
