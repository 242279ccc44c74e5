import { describe, expect, it } from 'vitest'
import type { RunState } from '../../../src/core/run/state.ts'
import { mergeIfApproved } from '../../../src/jobs/reviews/auto-merge.ts'
import type { AutoMerged } from '../../../src/ports/forge.ts'
import { type MemoryReview, memoryGitHub } from '../../support/memory/github.ts'
import { memoryDeps } from '../../support/memory/job-deps.ts'
import { memoryJournal, memoryRemote } from '../../support/memory/journal.ts'
import { AT, afterwards, landedBy, running, shaOf } from '../../support/run.ts'

const HEAD = shaOf('merge a')
const PULL = 51
const stamp = { at: AT, by: 'tributary' }

function run(isDone: boolean): RunState {
  const begun = running('a')
  const entries = [{ name: 'pull:trunk', number: PULL, node: 'PR_51', digest: '' }]
  const landed = afterwards(begun, { type: 'projected', ...stamp, entries }, ...landedBy(begun, 'a'), {
    type: 'trunk_moved',
    ...stamp,
    task: 'a',
    sha: HEAD,
  })
  return isDone
    ? afterwards<Exclude<RunState, { phase: 'empty' }>>(landed, { type: 'run_finished', ...stamp, sha: HEAD })
    : landed
}

const approval = (change: Partial<MemoryReview> = {}): MemoryReview => ({
  id: 7,
  pull: PULL,
  verdict: 'approved',
  body: '',
  commit: HEAD,
  submittedAt: AT,
  author: { login: 'writer', type: 'User' },
  lines: [],
  ...change,
})

interface Scene {
  settings?: string
  reviews?: MemoryReview[]
  head?: string
  isDone?: boolean
  answer?: AutoMerged
}

async function look({ settings = 'auto_merge: squash\n', reviews = [approval()], head = HEAD, ...scene }: Scene) {
  const github = memoryGitHub({
    roles: { writer: 'write', admin: 'admin', passer: 'read' },
    files: { '.github/tributary.yml': settings },
    ...(scene.answer !== undefined && { autoMerge: scene.answer }),
  })
  github.reviews.push(...reviews)
  const pull = { number: PULL, node: 'PR_51', headBranch: 'tributary/42/trunk', base: 'main', title: 'T', body: '' }
  github.pulls.push({ ...pull, head, draft: false, state: 'open', merged: false })
  const deps = memoryDeps(github, memoryJournal(memoryRemote()), 1)
  const merged = await mergeIfApproved(deps, run(scene.isDone ?? true), async () => deps.readSettings(settings))
  return { merged, asked: github.autoMerges, said: github.comments.map(({ body }) => body) }
}

describe('auto-merge of the final pull request', () => {
  it('is switched on at its last head, once a person who may has approved that', async () => {
    const { merged, asked, said } = await look({})
    expect(asked).toEqual([{ pull: PULL, method: 'squash', head: HEAD }])
    expect(merged).toBeNull()
    expect(said).toMatchObject([expect.stringContaining('auto-merge is on')])
  })

  it('is a merge if nothing was missing, which the run then knows of', async () => {
    const { merged, said } = await look({ answer: { ok: true, how: 'merged' } })
    expect(merged).toEqual({ head: HEAD, by: 'writer' })
    expect(said).toMatchObject([expect.stringContaining('`auto-merged`')])
  })

  it('that GitHub refuses is said in its words', async () => {
    const { merged, said } = await look({ answer: { ok: false, message: 'Auto merge is not allowed' } })
    expect(merged).toBeNull()
    expect(said).toMatchObject([expect.stringContaining('Auto merge is not allowed')])
  })

  it.each<[string, Scene]>([
    ['the settings do not ask for it', { settings: 'merge: auto\n' }],
    ['the run is not done', { isDone: false }],
    ['nobody has reviewed, or the review was dismissed', { reviews: [] }],
    ['an earlier head was approved', { reviews: [approval({ commit: shaOf('earlier') })] }],
    [
      'the head has moved since the run was done',
      { head: shaOf('later'), reviews: [approval({ commit: shaOf('later') })] },
    ],
    [
      'a person without the permission approved',
      { reviews: [approval({ author: { login: 'passer', type: 'User' } })] },
    ],
    ['a bot approved', { reviews: [approval({ author: { login: 'robot', type: 'Bot' } })] }],
    ['a person is no approver', { settings: 'auto_merge: squash\napprovers: { users: [admin] }\n' }],
    ['the person requests changes since', { reviews: [approval(), approval({ id: 8, verdict: 'changes_requested' })] }],
    [
      'another one requests changes',
      {
        reviews: [
          approval({ id: 6, verdict: 'changes_requested', author: { login: 'admin', type: 'User' } }),
          approval(),
        ],
      },
    ],
  ])('is left off if %s', async (_, scene) => {
    const { asked, said, merged } = await look(scene)
    expect([asked, said, merged]).toEqual([[], [], null])
  })

  it('stays on if the person only comments after the approval', async () => {
    expect((await look({ reviews: [approval(), approval({ id: 8, verdict: 'commented' })] })).asked).toHaveLength(1)
  })
})
