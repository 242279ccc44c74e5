import { describe, expect, it } from 'vitest'
import { testHub, where } from '../support/hub.ts'
import { commitFiles, git, remoteGit } from '../support/repository.ts'

describe('refs', () => {
  it('are made, moved forward and deleted by those who may write', async () => {
    const hub = await testHub()
    const first = git(hub.checkout, 'rev-parse', 'HEAD')
    const second = commitFiles(hub.checkout, { 'b.txt': 'b\n' })
    await remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'main')
    const { octokit } = hub.job({ contents: 'write' })
    const create = { ...where, ref: 'refs/heads/topic', sha: second }
    await expect(hub.job({ contents: 'read' }).octokit.git.createRef(create)).rejects.toMatchObject({ status: 403 })
    await expect(hub.as('reader').git.createRef(create)).rejects.toMatchObject({ status: 403 })
    expect((await octokit.git.createRef({ ...create, sha: first })).data.object.sha).toBe(first)
    await expect(octokit.git.createRef(create)).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Reference already exists'),
    })
    const move = { ...where, ref: 'heads/topic' }
    await octokit.git.updateRef({ ...move, sha: second })
    await expect(octokit.git.updateRef({ ...move, sha: first })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Update is not a fast forward'),
    })
    await octokit.git.updateRef({ ...move, sha: first, force: true })
    expect((await octokit.git.getRef(move)).data.object).toMatchObject({ sha: first, type: 'commit' })
    await octokit.git.deleteRef(move)
    await expect(octokit.git.getRef(move)).rejects.toMatchObject({ status: 404 })
    await expect(octokit.git.deleteRef(move)).rejects.toMatchObject({ status: 422 })
    expect(hub.events.map(({ actor }) => actor)).toEqual(['writer'])
  })

  it('are matched by their beginning, custom ones too', async () => {
    const hub = await testHub()
    const url = hub.gitUrl(hub.tokens.writer)
    await remoteGit(hub.checkout, 'push', '-q', url, 'main:refs/tributary/42/log', 'main:refs/heads/tributary/42/t1')
    const match = async (ref: string) =>
      (await hub.as('reader').git.listMatchingRefs({ ...where, ref })).data.map((one) => one.ref)
    expect(await match('tributary/42/')).toEqual(['refs/tributary/42/log'])
    expect(await match('heads/tributary/42/')).toEqual(['refs/heads/tributary/42/t1'])
    expect(await match('heads/nothing')).toEqual([])
  })
})

describe('commits, trees and files', () => {
  it('are what git has', async () => {
    const hub = await testHub()
    const first = git(hub.checkout, 'rev-parse', 'HEAD')
    const second = commitFiles(hub.checkout, { 'src/a.ts': 'export {}\n' }, 'Second\n\nTributary-Task: t1')
    await remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'main')
    const reader = hub.as('reader')
    const commit = (await reader.git.getCommit({ ...where, commit_sha: second })).data
    expect(commit).toMatchObject({
      message: 'Second\n\nTributary-Task: t1',
      parents: [{ sha: first }],
      author: { name: 'Ada' },
    })
    const tree = (await reader.git.getTree({ ...where, tree_sha: commit.tree.sha, recursive: 'true' })).data.tree
    expect(tree.map(({ path, type }) => `${type} ${path}`)).toContain('blob src/a.ts')
    const file = (await reader.repos.getContent({ ...where, path: 'src/a.ts' })).data
    expect(file).toMatchObject({ type: 'file', content: `${Buffer.from('export {}\n').toString('base64')}` })
    const raw = await reader.repos.getContent({ ...where, path: 'src/a.ts', ref: second, mediaType: { format: 'raw' } })
    expect(raw.data).toBe('export {}\n')
    const folder = (await reader.repos.getContent({ ...where, path: 'src' })).data
    expect(folder).toMatchObject([{ type: 'file', path: 'src/a.ts' }])
    await expect(reader.repos.getContent({ ...where, path: 'src/a.ts', ref: first })).rejects.toMatchObject({
      status: 404,
    })
    expect((await reader.repos.getCommit({ ...where, ref: 'main' })).data).toMatchObject({
      sha: second,
      stats: { additions: 1 },
    })
    expect((await reader.repos.listCommits(where)).data.map(({ sha }) => sha)).toEqual([second, first])
  })

  it('are compared by what each side has alone', async () => {
    const hub = await testHub()
    const first = git(hub.checkout, 'rev-parse', 'HEAD')
    const second = commitFiles(hub.checkout, { 'a.txt': 'a\n' })
    await remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'main')
    const compare = async (basehead: string) =>
      (await hub.as('reader').repos.compareCommitsWithBasehead({ ...where, basehead })).data
    expect(await compare(`${first}...main`)).toMatchObject({
      status: 'ahead',
      ahead_by: 1,
      behind_by: 0,
      commits: [{ sha: second }],
    })
    expect(await compare(`main...${first}`)).toMatchObject({ status: 'behind', behind_by: 1, files: [] })
  })

  it('and branches say where they stand', async () => {
    const hub = await testHub()
    const sha = git(hub.checkout, 'rev-parse', 'HEAD')
    await remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'main:refs/heads/tributary/42/trunk')
    const one = await hub.as('reader').repos.getBranch({ ...where, branch: 'tributary/42/trunk' })
    expect(one.data).toMatchObject({ name: 'tributary/42/trunk', commit: { sha }, protected: false })
    expect((await hub.as('reader').repos.listBranches(where)).data.map(({ name }) => name)).toEqual([
      'main',
      'tributary/42/trunk',
    ])
    await expect(hub.as('reader').repos.getBranch({ ...where, branch: 'no' })).rejects.toMatchObject({ status: 404 })
  })
})
