import { describe, expect, it } from 'vitest'
import { testHub, where } from '../support/hub.ts'
import { git } from '../support/repository.ts'

const output = { title: 'At work', summary: 'Some words' }

describe('check runs', () => {
  it('go from queued to done, on the commit they are for', async () => {
    const hub = await testHub()
    const head_sha = git(hub.checkout, 'rev-parse', 'HEAD')
    const { octokit } = hub.job({ checks: 'write' })
    const { data } = await octokit.checks.create({ ...where, name: '42/t1', head_sha, external_id: '42/t1/1' })
    expect(data).toMatchObject({ status: 'queued', conclusion: null, app: { slug: 'github-actions' } })
    const on = { ...where, check_run_id: data.id }
    await octokit.checks.update({ ...on, status: 'in_progress', output })
    await octokit.checks.update({ ...on, conclusion: 'success', output: { ...output, text: 'long' } })
    expect((await hub.as('reader').checks.get(on)).data).toMatchObject({
      status: 'completed',
      conclusion: 'success',
      completed_at: expect.any(String),
      output: { title: 'At work', text: 'long' },
    })
    const suite = { ...where, check_suite_id: data.check_suite?.id ?? 0 }
    expect((await hub.as('reader').checks.getSuite(suite)).data).toMatchObject({
      status: 'completed',
      conclusion: 'success',
    })
    expect((await hub.as('reader').checks.listForSuite(suite)).data.total_count).toBe(1)
    expect((await hub.as('reader').checks.listSuitesForRef({ ...where, ref: 'main' })).data.total_count).toBe(1)
  })

  it('are listed with the latest of each name, or all of them', async () => {
    const hub = await testHub()
    const head_sha = git(hub.checkout, 'rev-parse', 'HEAD')
    const { octokit } = hub.job({ checks: 'write' })
    for (const name of ['a', 'a', 'b']) await octokit.checks.create({ ...where, name, head_sha })
    const list = (filter: 'latest' | 'all') => octokit.checks.listForRef({ ...where, ref: head_sha, filter })
    expect((await list('latest')).data.check_runs.map(({ name }) => name)).toEqual(['b', 'a'])
    expect((await list('all')).data.total_count).toBe(3)
    expect((await octokit.checks.listForRef({ ...where, ref: 'heads/main', check_name: 'b' })).data.total_count).toBe(1)
    expect((await octokit.checks.listForRef({ ...where, ref: 'main', check_name: 'b' })).data.total_count).toBe(1)
  })

  it('are made by jobs with the permission alone, on commits that are there, within the limits', async () => {
    const hub = await testHub()
    const head_sha = git(hub.checkout, 'rev-parse', 'HEAD')
    const make = { ...where, name: 'a', head_sha }
    await expect(hub.as('admin').checks.create(make)).rejects.toMatchObject({ status: 403 })
    await expect(hub.job({ contents: 'write' }).octokit.checks.create(make)).rejects.toMatchObject({ status: 403 })
    const { octokit } = hub.job({ checks: 'write' })
    const nowhere = octokit.checks.create({ ...make, head_sha: 'a'.repeat(40) })
    await expect(nowhere).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('No commit found for SHA'),
    })
    const long = octokit.checks.create({ ...make, output: { ...output, summary: 'x'.repeat(65_536) } })
    await expect(long).rejects.toMatchObject({ status: 422 })
    const undone = octokit.request('POST /repos/{owner}/{repo}/check-runs', { ...make, status: 'completed' })
    await expect(undone).rejects.toMatchObject({ status: 422 })
  })

  it('gather annotations, request by request', async () => {
    const hub = await testHub()
    const { octokit } = hub.job({ checks: 'write' })
    const annotation = {
      path: 'README.md',
      start_line: 1,
      end_line: 1,
      annotation_level: 'failure',
      message: 'No',
    } as const
    const first = { ...output, annotations: [annotation] }
    const { data } = await octokit.checks.create({
      ...where,
      name: 'a',
      head_sha: git(hub.checkout, 'rev-parse', 'HEAD'),
      output: first,
    })
    await octokit.checks.update({ ...where, check_run_id: data.id, output: first })
    const all = await octokit.checks.listAnnotations({ ...where, check_run_id: data.id })
    expect(all.data).toMatchObject([{ message: 'No' }, { message: 'No' }])
  })
})
