import { describe, expect, it } from 'vitest'
import { testHub, where } from '../support/hub.ts'

const on = { ...where, issue_number: 1 }

async function withIssue() {
  const hub = await testHub()
  await hub.as('writer').issues.create({ ...where, title: 'Slow' })
  hub.events.length = 0
  return hub
}

describe('comments', () => {
  it('by a person reach the workflows, created and edited', async () => {
    const hub = await withIssue()
    const { data } = await hub.as('outsider').issues.createComment({ ...on, body: '/plan' })
    await hub.as('outsider').issues.updateComment({ ...where, comment_id: data.id, body: '/approve' })
    expect(hub.events).toMatchObject([
      { name: 'issue_comment', actor: 'outsider', payload: { action: 'created', comment: { body: '/plan' } } },
      { payload: { action: 'edited', changes: { body: { from: '/plan' } }, comment: { body: '/approve' } } },
    ])
  })

  it('by a job start nothing', async () => {
    const hub = await withIssue()
    const { octokit } = hub.job({ issues: 'write' })
    const { data } = await octokit.issues.createComment({ ...on, body: 'Here is a plan.' })
    await octokit.issues.updateComment({ ...where, comment_id: data.id, body: 'Here it is.' })
    expect(data.user).toMatchObject({ login: 'github-actions[bot]', type: 'Bot', id: 41898282 })
    expect(hub.events).toEqual([])
  })

  it('are not for a job without the permission, nor for nobody', async () => {
    const hub = await withIssue()
    const { octokit } = hub.job({ issues: 'read', 'pull-requests': 'write' })
    await expect(octokit.issues.createComment({ ...on, body: 'Hi' })).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('Resource not accessible by integration'),
    })
    const url = `${hub.api}/repos/octo/demo/issues/1/comments`
    const nobody = await fetch(url, { method: 'POST', body: JSON.stringify({ body: 'Hi' }) })
    expect(nobody.status).toBe(401)
    const stolen = await fetch(url, { headers: { authorization: 'token ghp_wrong' } })
    expect([stolen.status, (await stolen.json()) as object]).toEqual([
      401,
      expect.objectContaining({ message: 'Bad credentials' }),
    ])
  })

  it('are refused empty, and over GitHub’s length', async () => {
    const hub = await withIssue()
    for (const body of [' ', 'x'.repeat(65_537)]) {
      await expect(hub.as('writer').issues.createComment({ ...on, body })).rejects.toMatchObject({ status: 422 })
    }
    await hub.as('writer').issues.createComment({ ...on, body: 'x'.repeat(65_536) })
    expect((await hub.as('reader').issues.listComments(on)).data).toHaveLength(1)
  })

  it('can be changed by anyone with write access, and taken back by their author', async () => {
    const hub = await withIssue()
    const { data } = await hub.as('outsider').issues.createComment({ ...on, body: 'mine' })
    const comment = { ...where, comment_id: data.id }
    await expect(hub.as('reader').issues.updateComment({ ...comment, body: 'ours' })).rejects.toMatchObject({
      status: 403,
    })
    await hub.as('writer').issues.updateComment({ ...comment, body: 'ours' })
    expect((await hub.as('reader').issues.getComment(comment)).data.body).toBe('ours')
    await hub.as('outsider').issues.deleteComment(comment)
    await expect(hub.as('reader').issues.getComment(comment)).rejects.toMatchObject({ status: 404 })
    expect((await hub.as('reader').issues.listCommentsForRepo(where)).data).toEqual([])
  })

  it('carry each hand’s reaction once', async () => {
    const hub = await withIssue()
    const { data } = await hub.as('outsider').issues.createComment({ ...on, body: '/plan' })
    const eyes = { ...where, comment_id: data.id, content: 'eyes' } as const
    const { octokit } = hub.job({ issues: 'write' })
    expect((await octokit.reactions.createForIssueComment(eyes)).status).toBe(201)
    expect((await octokit.reactions.createForIssueComment(eyes)).status).toBe(200)
    const reactions = await hub.as('reader').reactions.listForIssueComment({ ...where, comment_id: data.id })
    expect(reactions.data).toMatchObject([{ content: 'eyes', user: { login: 'github-actions[bot]' } }])
    expect((await hub.as('reader').issues.getComment({ ...where, comment_id: data.id })).data.reactions).toMatchObject({
      total_count: 1,
      eyes: 1,
    })
  })
})

describe('reading again', () => {
  it('costs nothing while nothing has changed', async () => {
    const hub = await withIssue()
    const headers = { authorization: `token ${hub.tokens.reader}` }
    const url = `${hub.api}/repos/octo/demo/issues/1/comments`
    const first = await fetch(url, { headers })
    const etag = first.headers.get('etag') ?? ''
    const left = Number(first.headers.get('x-ratelimit-remaining'))
    const again = await fetch(url, { headers: { ...headers, 'if-none-match': etag } })
    expect([again.status, Number(again.headers.get('x-ratelimit-remaining'))]).toEqual([304, left])
    await hub.as('writer').issues.createComment({ ...on, body: 'news' })
    const later = await fetch(url, { headers: { ...headers, 'if-none-match': etag } })
    expect([later.status, Number(later.headers.get('x-ratelimit-remaining'))]).toEqual([200, left - 1])
  })
})
