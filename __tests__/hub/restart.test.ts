import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type TestHub, testHub, where } from './support/hub.ts'
import { commitFiles, createCheckout, git, remoteGit, removeFolder, temporary } from './support/repository.ts'

function ground() {
  const repo = createCheckout({ 'README.md': '# Demo\n' })
  const dataDir = temporary('hub-data')
  onTestFinished(() => {
    removeFolder(repo)
    removeFolder(dataDir)
  })
  return { repo, dataDir }
}

/** What a person and the jobs can see, put side by side before and after. */
async function seen(hub: TestHub) {
  const reader = hub.as('reader')
  const [issues, comments, checks, runs] = await Promise.all([
    reader.issues.listForRepo({ ...where, state: 'all' }),
    reader.issues.listCommentsForRepo(where),
    reader.checks.listForRef({ ...where, ref: 'main' }),
    reader.actions.listWorkflowRunsForRepo(where),
  ])
  return {
    issues: issues.data,
    comments: comments.data,
    checks: checks.data,
    runs: runs.data,
    tokens: hub.tokens,
    url: hub.url,
  }
}

it('goes on where it was: the same addresses, ids, tokens and threads', async () => {
  const places = ground()
  const first = await testHub(places)
  await first.as('writer').issues.create({ ...where, title: 'Kept', labels: ['plan'] })
  await first.as('writer').issues.createComment({ ...where, issue_number: 1, body: 'Kept too' })
  const head_sha = git(places.repo, 'rev-parse', 'HEAD')
  const job = first.job({ checks: 'write', contents: 'write' })
  await job.octokit.checks.create({ ...where, name: 'a', head_sha })
  const before = await seen(first)
  await first.close()

  commitFiles(places.repo, { 'later.txt': 'The checkout is read on the first start alone.' })
  const second = await testHub({ ...places, name: 'other/name' })
  expect(await seen(second)).toEqual(before)
  expect(await remoteGit(places.repo, 'ls-remote', second.git, 'refs/heads/main')).toContain(head_sha)
  await remoteGit(places.repo, 'push', '-q', second.gitUrl(job.token), 'main:refs/heads/late')
  const { data } = await second.as('writer').issues.create({ ...where, title: 'Next' })
  expect(data.number).toBe(2)
  expect(data.id).toBeGreaterThan(
    Math.max(...before.comments.map(({ id }) => id), ...before.checks.check_runs.map(({ id }) => id)),
  )
})

it('has on disk, moments later, what it has answered', async () => {
  const places = ground()
  const hub = await testHub(places)
  await hub.as('writer').issues.create({ ...where, title: 'Written down' })
  await expect.poll(() => readFileSync(join(places.dataDir, 'hub.json'), 'utf8')).toContain('Written down')
})

it('refuses what another version has written', async () => {
  const places = ground()
  const hub = await testHub(places)
  await hub.close()
  const file = join(places.dataDir, 'hub.json')
  writeFileSync(file, readFileSync(file, 'utf8').replace('"version":1', '"version":99'))
  await expect(testHub(places)).rejects.toThrow('another version of the hub')
})
