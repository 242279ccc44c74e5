import { describe, expect, it } from 'vitest'
import { testHub } from '../support/hub.ts'

const where = { owner: 'octo', repo: 'demo' }

describe('issues', () => {
  it('opens one for a stranger, and tells the workflows', async () => {
    const hub = await testHub()
    const { data, status } = await hub.as('outsider').issues.create({ ...where, title: 'Broken', body: 'It is.' })
    expect(status).toBe(201)
    expect(data).toMatchObject({
      number: 1,
      title: 'Broken',
      body: 'It is.',
      state: 'open',
      author_association: 'NONE',
    })
    expect(hub.events).toMatchObject([
      { name: 'issues', actor: 'outsider', payload: { action: 'opened', issue: { number: 1 } } },
    ])
  })
})
