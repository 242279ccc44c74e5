import { describe, expect, it } from 'vitest'
import { TASK } from '../../contract/forge.contract.ts'
import { hubStage } from './stage.ts'

const FILE = `${TASK.replaceAll('/', '-')}.txt`

/** A pull request of the run's bot from a branch with one new file. */
async function withPull(settings: object = {}) {
  const stage = await hubStage(settings)
  const pull = { kind: 'pull', name: 'pull:t', located: null, head: TASK, base: 'main', title: 'T', body: '' } as const
  const [made] = await stage.forge.publish([{ ...pull, draft: false }], false)
  if (made?.ok !== true) throw new Error('no pull request was made')
  const at = { owner: stage.hub.owner, repo: stage.hub.repo, pull_number: made.located.number }
  const pulls = (who: 'admin' | 'writer' | 'reader') => stage.as(who).pulls
  const { head } = (await pulls('reader').get(at)).data
  return { ...stage, at, pulls, pull: made.located, head: head.sha }
}

describe('reviews', () => {
  it('of several pull requests come by one request, oldest first, with who made them on which commit', async () => {
    const { forge, pulls, at, pull, head, requests } = await withPull()
    await pulls('admin').createReview({ ...at, event: 'COMMENT', body: 'Hm.' })
    await pulls('writer').createReview({ ...at, event: 'APPROVE' })
    await requests()
    const [seen, ...more] = await forge.lookAt([pull.number, 999])
    expect(Object.values(await requests()).reduce((sum, one) => sum + one, 0)).toBe(1)
    expect(more).toEqual([])
    expect(seen).toMatchObject({ number: pull.number, head, state: 'open', merged: false })
    expect(seen?.reviews).toMatchObject([
      { pull: pull.number, verdict: 'commented', body: 'Hm.', commit: head, author: { login: 'admin', type: 'User' } },
      { pull: pull.number, verdict: 'approved', body: '', commit: head, author: { login: 'writer', type: 'User' } },
    ])
    expect(await forge.lookAt([])).toEqual([])
  })

  it('have comments on lines, with the thread of each and the comment it begins with', async () => {
    const { forge, pulls, at, pull, head } = await withPull()
    const comments = [{ path: FILE, line: 1, body: 'why?' }]
    const { id } = (await pulls('admin').createReview({ ...at, event: 'REQUEST_CHANGES', comments })).data
    const other = (await pulls('writer').createReview({ ...at, event: 'COMMENT', comments })).data
    const [line, ...more] = await forge.lineComments({ pull: pull.number, id })
    expect(more).toEqual([])
    expect(line).toMatchObject({ path: FILE, line: 1, made: { commit: head, line: 1 }, body: 'why?', first: line?.id })
    const [second] = await forge.lineComments({ pull: pull.number, id: other.id })
    expect(second?.thread).not.toBe(line?.thread)
    const onGone = [{ path: FILE, line: 1, side: 'LEFT' as const, body: 'why not?' }]
    const last = (await pulls('writer').createReview({ ...at, event: 'COMMENT', comments: onGone })).data
    expect(await forge.lineComments({ pull: pull.number, id: last.id })).toMatchObject([{ line: 1, made: null }])
  })

  it('are answered in their thread, once for each key', async () => {
    const { forge, pulls, at, pull } = await withPull()
    const comments = [{ path: FILE, line: 1, body: 'why?' }]
    const { id } = (await pulls('admin').createReview({ ...at, event: 'REQUEST_CHANGES', comments })).data
    const [line] = await forge.lineComments({ pull: pull.number, id })
    const answer = () => forge.replyInThread(pull.number, line?.first ?? 0, `review:${id}`, 'Attempt 2.')
    expect([await answer(), await answer()]).toEqual([{ ok: true }, { ok: true }])
    const all = (await pulls('reader').listReviewComments(at)).data
    expect(all.map(({ body, in_reply_to_id: to }) => [body.split('\n').at(-1), to])).toEqual([
      ['why?', undefined],
      ['Attempt 2.', line?.first],
    ])
  })

  it('are asked of those who can be asked; the others are named in the words of GitHub', async () => {
    const { forge, pulls, at, pull } = await withPull()
    const asked = async () => (await pulls('reader').listRequestedReviewers(at)).data.users.map(({ login }) => login)
    expect(await forge.askReviewers(pull.number, ['admin'])).toEqual({ ok: true })
    expect(await forge.askReviewers(pull.number, ['outsider', 'writer', 'acme/core'])).toEqual({
      ok: false,
      message: expect.stringMatching(/^outsider: Reviews may only be requested from collaborators/),
    })
    expect(await asked()).toEqual(['admin', 'writer'])
    expect(await forge.askReviewers(pull.number, ['acme/core'])).toMatchObject({ ok: false })
  })
})

describe('auto-merge', () => {
  it('is switched on, and GitHub merges when the approval is there that the branch wants', async () => {
    const { forge, pulls, at, pull, head } = await withPull({ allowAutoMerge: true, requiredApprovals: 1 })
    expect(await forge.autoMerge(pull, 'squash', head)).toEqual({ ok: true, how: 'enabled' })
    expect((await pulls('reader').get(at)).data).toMatchObject({
      state: 'open',
      auto_merge: { merge_method: 'squash' },
    })
    await pulls('admin').createReview({ ...at, event: 'APPROVE' })
    expect((await pulls('reader').get(at)).data.merged).toBe(true)
  })

  it('is a merge of exactly that head where GitHub takes no auto-merge, since nothing is missing', async () => {
    const { forge, pulls, at, pull, head, fault } = await withPull({ allowAutoMerge: true })
    expect(await forge.autoMerge(pull, 'merge', 'f'.repeat(40))).toMatchObject({ ok: false })
    expect((await pulls('reader').get(at)).data.merged).toBe(false)
    await fault({ kind: 'status-after', status: 500, route: '/merge$', method: 'PUT' })
    expect(await forge.autoMerge(pull, 'merge', head)).toEqual({ ok: true, how: 'merged' })
    expect((await pulls('reader').get(at)).data.merged).toBe(true)
  })

  it('is refused in the words of GitHub where the repository does not allow it', async () => {
    const { forge, pulls, at, pull, head } = await withPull()
    expect(await forge.autoMerge(pull, 'rebase', head)).toEqual({
      ok: false,
      message: expect.stringContaining('Auto merge is not allowed'),
    })
    expect((await pulls('reader').get(at)).data.merged).toBe(false)
  })
})
