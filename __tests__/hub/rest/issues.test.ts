import { describe, expect, it } from 'vitest'
import { testHub, where } from '../support/hub.ts'

describe('issues', () => {
  it('are opened by strangers too, and the workflows are told', async () => {
    const hub = await testHub()
    const { data, status } = await hub.as('outsider').issues.create({ ...where, title: 'Broken', body: 'It is.' })
    expect(status).toBe(201)
    expect(data).toMatchObject({
      number: 1,
      title: 'Broken',
      body: 'It is.',
      state: 'open',
      author_association: 'NONE',
      user: { login: 'outsider', type: 'User' },
    })
    const told = { name: 'issues', actor: 'outsider', payload: { action: 'opened', issue: { number: 1 } } }
    expect(hub.events).toMatchObject([told])
  })

  it('are closed and opened again by their author, but not by another stranger', async () => {
    const hub = await testHub()
    await hub.as('outsider').issues.create({ ...where, title: 'Broken' })
    const close = { ...where, issue_number: 1, state: 'closed' } as const
    await expect(hub.as('reader').issues.update(close)).rejects.toMatchObject({ status: 403 })
    const { data } = await hub.as('outsider').issues.update(close)
    expect(data).toMatchObject({ state: 'closed', state_reason: 'completed', closed_by: { login: 'outsider' } })
    await hub.as('writer').issues.update({ ...where, issue_number: 1, state: 'open' })
    expect(hub.events.map(({ payload }) => payload.action)).toEqual(['opened', 'closed', 'reopened'])
  })

  it('are listed newest first, a page at a time, with links to the others', async () => {
    const hub = await testHub()
    for (const title of ['one', 'two', 'three']) await hub.as('writer').issues.create({ ...where, title })
    const first = await hub.as('reader').issues.listForRepo({ ...where, per_page: 2 })
    expect(first.data.map(({ title }) => title)).toEqual(['three', 'two'])
    expect(first.headers.link).toMatch(/page=2>; rel="next".*page=2>; rel="last"/)
    const all = await hub.as('reader').paginate('GET /repos/{owner}/{repo}/issues', { ...where, per_page: 1 })
    expect(all.map(({ title }) => title)).toEqual(['three', 'two', 'one'])
  })

  it('that nobody knows are 404, with a body as GitHub sends it', async () => {
    const hub = await testHub()
    const asked = hub.as('reader').issues.get({ ...where, issue_number: 7 })
    await expect(asked).rejects.toMatchObject({
      status: 404,
      response: { data: { message: 'Not Found', documentation_url: expect.any(String), status: '404' } },
    })
  })

  it('wear labels that come into being when they are first given', async () => {
    const hub = await testHub()
    await hub.as('outsider').issues.create({ ...where, title: 'Broken', labels: ['mine'] })
    const on = { ...where, issue_number: 1 }
    expect((await hub.as('writer').issues.addLabels({ ...on, labels: ['plan', 'bug'] })).data).toHaveLength(2)
    await expect(hub.as('outsider').issues.addLabels({ ...on, labels: ['x'] })).rejects.toMatchObject({ status: 403 })
    await hub.as('writer').issues.removeLabel({ ...on, name: 'bug' })
    expect((await hub.as('reader').issues.listLabelsOnIssue(on)).data.map(({ name }) => name)).toEqual(['plan'])
    await hub.as('writer').issues.createLabel({ ...where, name: 'late', color: 'ff0000' })
    expect((await hub.as('reader').issues.listLabelsForRepo(where)).data).toHaveLength(3)
    const found = await hub.as('reader').issues.listForRepo({ ...where, labels: 'plan' })
    expect(found.data).toHaveLength(1)
  })
})
