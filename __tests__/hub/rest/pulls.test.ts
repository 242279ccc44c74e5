import { describe, expect, it } from 'vitest'
import { type TestHub, testHub, where } from '../support/hub.ts'
import { commitFiles, git, remoteGit } from '../support/repository.ts'

/** A branch with one commit of its own, pushed by the writer. */
async function branch(
  hub: TestHub,
  name: string,
  files: Record<string, string> = { [`${name}.txt`]: name },
): Promise<string> {
  git(hub.checkout, 'checkout', '-q', '-B', name, 'main')
  const sha = commitFiles(hub.checkout, files, `Add ${name}`)
  await remoteGit(hub.checkout, 'push', '-q', '-f', hub.gitUrl(hub.tokens.writer), name)
  return sha
}

describe('pull requests', () => {
  it('are opened, found by head, and told to the workflows', async () => {
    const hub = await testHub()
    const sha = await branch(hub, 'topic')
    const { data } = await hub
      .as('writer')
      .pulls.create({ ...where, title: 'Topic', head: 'topic', base: 'main', draft: true })
    expect(data).toMatchObject({
      number: 1,
      draft: true,
      state: 'open',
      commits: 1,
      changed_files: 1,
      additions: 1,
      head: { sha },
    })
    const found = await hub.as('reader').pulls.list({ ...where, head: 'octo:topic', base: 'main' })
    expect(found.data.map(({ number }) => number)).toEqual([1])
    expect((await hub.as('reader').pulls.list({ ...where, head: 'octo:other' })).data).toEqual([])
    expect((await hub.as('reader').issues.get({ ...where, issue_number: 1 })).data.pull_request).toBeDefined()
    expect(hub.events.map(({ name, payload }) => [name, payload.action])).toEqual([
      ['push', undefined],
      ['pull_request', 'opened'],
    ])
    expect(await remoteGit(hub.checkout, 'ls-remote', hub.git, 'refs/pull/1/head')).toContain(sha)
  })

  it('are refused without a difference, and a second time', async () => {
    const hub = await testHub()
    await branch(hub, 'topic')
    await remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'main:refs/heads/same')
    const open = (head: string) => hub.as('writer').pulls.create({ ...where, title: 'T', head, base: 'main' })
    await expect(open('same')).rejects.toMatchObject({
      status: 422,
      response: { data: { errors: [{ message: 'No commits between main and same' }] } },
    })
    await expect(open('nowhere')).rejects.toMatchObject({
      status: 422,
      response: { data: { errors: [{ field: 'head' }] } },
    })
    await open('topic')
    await expect(open('topic')).rejects.toMatchObject({
      status: 422,
      response: { data: { errors: [{ message: 'A pull request already exists for octo:topic.' }] } },
    })
  })

  it('are for jobs only where the setting allows it, and drafts only where the plan has them', async () => {
    const hub = await testHub({ settings: { allowActionsToCreatePulls: false, draftPulls: false } })
    await branch(hub, 'topic')
    const wanted = { ...where, title: 'T', head: 'topic', base: 'main' }
    const { octokit } = hub.job({ 'pull-requests': 'write' })
    await expect(octokit.pulls.create(wanted)).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('GitHub Actions is not permitted to create or approve pull requests.'),
    })
    await hub.hub('settings', 'POST', { allowActionsToCreatePulls: true })
    await expect(octokit.pulls.create({ ...wanted, draft: true })).rejects.toMatchObject({ status: 422 })
    expect((await octokit.pulls.create(wanted)).data).toMatchObject({ user: { login: 'github-actions[bot]' } })
    await expect(hub.job({ contents: 'write' }).octokit.pulls.create(wanted)).rejects.toMatchObject({ status: 403 })
  })

  it('are merged by a person, with two parents, and the workflows hear of it', async () => {
    const hub = await testHub()
    const head = await branch(hub, 'topic')
    const base = git(hub.checkout, 'rev-parse', 'main')
    await hub.as('writer').pulls.create({ ...where, title: 'Topic', head: 'topic', base: 'main' })
    const on = { ...where, pull_number: 1 }
    await expect(hub.as('reader').pulls.merge(on)).rejects.toMatchObject({ status: 403 })
    await expect(hub.as('writer').pulls.merge({ ...on, sha: base })).rejects.toMatchObject({ status: 409 })
    const { data } = await hub.as('writer').pulls.merge(on)
    await remoteGit(hub.checkout, 'fetch', '-q', hub.git, 'main')
    expect(git(hub.checkout, 'show', '-s', '--format=%H %P', 'FETCH_HEAD')).toBe(`${data.sha} ${base} ${head}`)
    const merged = (await hub.as('reader').pulls.get(on)).data
    expect(merged).toMatchObject({
      merged: true,
      state: 'closed',
      merged_by: { login: 'writer' },
      merge_commit_sha: data.sha,
    })
    const closed = hub.events.filter(({ name, payload }) => name === 'pull_request' && payload.action === 'closed')
    expect(closed).toMatchObject([{ payload: { pull_request: { merged: true, number: 1 } } }])
    expect((await hub.as('reader').pulls.checkIfMerged(on)).status).toBe(204)
  })

  it('take in what is new in their base, for the head that the person has seen', async () => {
    const hub = await testHub()
    const head = await branch(hub, 'topic')
    await hub.as('writer').pulls.create({ ...where, title: 'Topic', head: 'topic', base: 'main' })
    const on = { ...where, pull_number: 1 }
    await expect(hub.as('writer').pulls.updateBranch(on)).rejects.toMatchObject({ status: 422 })
    git(hub.checkout, 'checkout', '-q', 'main')
    const base = commitFiles(hub.checkout, { 'new.txt': 'new\n' })
    await remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'main')
    await expect(hub.as('reader').pulls.updateBranch(on)).rejects.toMatchObject({ status: 403 })
    await expect(hub.as('writer').pulls.updateBranch({ ...on, expected_head_sha: base })).rejects.toMatchObject({
      status: 422,
    })
    expect(await hub.as('writer').pulls.updateBranch({ ...on, expected_head_sha: head })).toMatchObject({ status: 202 })
    await remoteGit(hub.checkout, 'fetch', '-q', hub.git, 'topic')
    expect(git(hub.checkout, 'show', '-s', '--format=%P', 'FETCH_HEAD')).toBe(`${head} ${base}`)
    expect(hub.events.at(-2)).toMatchObject({ name: 'pull_request', payload: { action: 'synchronize' } })
  })

  it('that clash with their base cannot be merged', async () => {
    const hub = await testHub()
    await branch(hub, 'topic', { 'README.md': 'mine\n' })
    await hub.as('writer').pulls.create({ ...where, title: 'Topic', head: 'topic', base: 'main' })
    git(hub.checkout, 'checkout', '-q', 'main')
    commitFiles(hub.checkout, { 'README.md': 'theirs\n' })
    await remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'main')
    const on = { ...where, pull_number: 1 }
    expect((await hub.as('reader').pulls.get(on)).data).toMatchObject({ mergeable: false, mergeable_state: 'dirty' })
    await expect(hub.as('writer').pulls.merge(on)).rejects.toMatchObject({ status: 405 })
  })

  it('show their commits, files and diff', async () => {
    const hub = await testHub()
    const sha = await branch(hub, 'topic', { 'a.txt': 'a\n', 'README.md': '# Other\n' })
    await hub.as('writer').pulls.create({ ...where, title: 'Topic', head: 'topic', base: 'main' })
    const on = { ...where, pull_number: 1 }
    expect((await hub.as('reader').pulls.listCommits(on)).data.map((commit) => commit.sha)).toEqual([sha])
    expect((await hub.as('reader').pulls.listFiles(on)).data).toMatchObject([
      { filename: 'README.md', status: 'modified', additions: 1, deletions: 1 },
      { filename: 'a.txt', status: 'added', additions: 1, patch: '@@ -0,0 +1 @@\n+a' },
    ])
    const diff = await hub.as('reader').pulls.get({ ...on, mediaType: { format: 'diff' } })
    expect(diff.data).toContain('+# Other')
  })

  it('are approved by others, not by their author', async () => {
    const hub = await testHub()
    await branch(hub, 'topic')
    await hub.as('writer').pulls.create({ ...where, title: 'Topic', head: 'topic', base: 'main' })
    const review = { ...where, pull_number: 1, event: 'APPROVE' } as const
    await expect(hub.as('writer').pulls.createReview(review)).rejects.toMatchObject({ status: 422 })
    await hub.as('admin').pulls.createReview(review)
    expect((await hub.as('reader').pulls.listReviews({ ...where, pull_number: 1 })).data).toMatchObject([
      { state: 'APPROVED', user: { login: 'admin' }, author_association: 'MEMBER' },
    ])
    expect(hub.events.at(-1)).toMatchObject({ name: 'pull_request_review', payload: { review: { state: 'approved' } } })
  })

  it('change title and state, and open again only while their branch is there', async () => {
    const hub = await testHub()
    await branch(hub, 'topic')
    await hub.as('writer').pulls.create({ ...where, title: 'Topic', head: 'topic', base: 'main' })
    const on = { ...where, pull_number: 1 }
    expect((await hub.as('writer').pulls.update({ ...on, title: 'Better', state: 'closed' })).data).toMatchObject({
      title: 'Better',
      state: 'closed',
      merged: false,
    })
    await hub.as('writer').pulls.update({ ...on, state: 'open' })
    await remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), ':topic')
    expect((await hub.as('reader').pulls.get(on)).data.state).toBe('closed')
    await expect(hub.as('writer').pulls.update({ ...on, state: 'open' })).rejects.toMatchObject({ status: 422 })
  })
})
