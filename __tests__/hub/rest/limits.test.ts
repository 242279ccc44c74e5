import { describe, expect, it } from 'vitest'
import { type TestHub, testHub, where } from '../support/hub.ts'
import { git } from '../support/repository.ts'

/** A hub with GitHub's limits, or some of them smaller, on a clock that a test moves, and a job that may write checks and issues. */
async function limited(limits: Record<string, number> = {}) {
  const clock = { seconds: 0 }
  const hub = await testHub({ now: () => new Date(Date.parse('2026-01-01T00:00:00Z') + clock.seconds * 1000) })
  await hub.hub('limits', 'POST', limits)
  const { token, octokit } = hub.job({ checks: 'write', issues: 'write' })
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${hub.api}${path}`, { ...init, headers: { authorization: `token ${token}` } })
  const read = () => ask('/repos/octo/demo')
  const title = JSON.stringify({ title: 'one' })
  const write = () => ask('/repos/octo/demo/issues', { method: 'POST', body: title })
  return { hub, clock, octokit, ask, read, write }
}

const statuses = async (times: number, act: () => Promise<Response>): Promise<number[]> => {
  const found: number[] = []
  for (let time = 0; time < times; time += 1) found.push((await act()).status)
  return found
}

const checksAtOnce = async (hub: TestHub, octokit: Awaited<ReturnType<typeof limited>>['octokit'], count: number) => {
  const headSha = git(hub.checkout, 'rev-parse', 'HEAD')
  const repositoryId = (await hub.as('reader').repos.get(where)).data.node_id
  const one = (alias: string) =>
    `${alias}: createCheckRun(input: {repositoryId: "${repositoryId}", name: "${alias}", headSha: "${headSha}"}) { clientMutationId }`
  const all = Array.from({ length: count }, (_, index) => one(`m${index}`))
  return octokit.graphql(`mutation { ${all.join(' ')} }`)
}

describe('the limits of GitHub, where they are enforced', () => {
  it('let a job ask 1,000 times an hour, and say when the hour turns', async () => {
    const { hub, clock, read } = await limited({ requests: 3 })
    expect(await statuses(4, read)).toEqual([200, 200, 200, 403])
    const refused = await read()
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0')
    expect(refused.headers.get('x-ratelimit-reset')).toBe(String(Date.parse('2026-01-01T01:00:00Z') / 1000))
    expect(await refused.json()).toMatchObject({ message: expect.stringContaining('API rate limit exceeded') })
    clock.seconds = 3600
    expect((await read()).status).toBe(200)
    expect(await hub.hub('metrics')).toMatchObject({ limited: 2 })
  })

  it('let all jobs of a repository create 80 things a minute and 500 an hour, each mutation of a request being one', async () => {
    const { hub, clock, octokit, write, read } = await limited()
    for (let minute = 0; minute < 6; minute += 1) {
      clock.seconds = minute * 60
      await checksAtOnce(hub, octokit, 80)
      const refused = await write()
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([403, '60'])
      expect(await refused.json()).toMatchObject({ message: expect.stringContaining('blocked from content creation') })
      expect((await read()).status).toBe(200)
    }
    clock.seconds = 400
    expect(await statuses(21, write)).toEqual([...Array(20).fill(201), 403])
    expect((await write()).headers.get('retry-after')).toBe('3200')
    clock.seconds = 3600
    expect((await write()).status).toBe(201)
  })

  it('let a job spend 900 points a minute, of which a write costs five', async () => {
    const { clock, read, write } = await limited({ restPoints: 12 })
    expect(await statuses(2, write)).toEqual([201, 201])
    expect(await statuses(3, read)).toEqual([200, 200, 403])
    const refused = await read()
    expect(refused.headers.get('retry-after')).toBe('60')
    expect(await refused.json()).toMatchObject({ message: expect.stringMatching(/secondary rate limit\. Please wait/) })
    clock.seconds = 60
    expect((await read()).status).toBe(200)
  })

  it('do not hold for people, nor anywhere unless they are asked for', async () => {
    const { hub } = await limited({ requests: 1, contentMinute: 1, restPoints: 1 })
    for (let time = 0; time < 3; time += 1) await hub.as('writer').issues.create({ ...where, title: 'one' })
    const free = await testHub()
    const { octokit } = free.job({ issues: 'write' })
    for (let time = 0; time < 81; time += 1) await octokit.issues.create({ ...where, title: 'one' })
  })
})
