import { Hono } from 'hono'
import { z } from 'zod'
import { needRead } from '../access/permission.ts'
import { taskOfRequest } from '../control/task.ts'
import { fileChangesBetween } from '../git/changes.ts'
import { readCommits } from '../git/commits.ts'
import { findPull } from '../mutations/find.ts'
import { mergePull, updateBranch } from '../mutations/merge.ts'
import { createPull, updatePull } from '../mutations/pulls.ts'
import { notFound } from '../refusal.ts'
import { commitShape, fileShape } from '../representations/commit.ts'
import { fullPullShape, isPull, type PullIssue, pullShape } from '../representations/pull.ts'
import type { World } from '../world.ts'
import { bodyOf, type HubEnv, numberIn, pageOf, type RestCall } from './request.ts'

const newPull = z.looseObject({
  title: z.string().default(''),
  body: z.string().nullish(),
  head: z.string(),
  base: z.string(),
  draft: z.boolean().default(false),
})
const pullChange = z.looseObject({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']).optional(),
  base: z.string().optional(),
})
const mergeWish = z.looseObject({
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  sha: z.string().optional(),
  merge_method: z.enum(['merge', 'squash', 'rebase']).default('merge'),
})

const updateWish = z.looseObject({ expected_head_sha: z.string().optional() })

export const pullRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/pulls', (call) => {
      needRead(world.store.doc, call.var.actor, 'pull-requests')
      return call.json(pageOf(call, search(world, call)).map((issue) => pullShape(world, issue)))
    })
    .post('/pulls', async (call) => {
      const wanted = await bodyOf(call, newPull)
      call.set('task', taskOfRequest(wanted.head))
      const issue = await world.inTurn(() =>
        createPull(world, call.var.actor, { ...wanted, body: wanted.body ?? null }),
      )
      return call.json(await fullPullShape(world, issue), 201)
    })
    .get('/pulls/:number', async (call) => {
      const issue = pullOf(world, call)
      if (/\.diff\b/.test(call.req.header('accept') ?? '')) return call.text(await diffOf(world, issue))
      return call.json(await fullPullShape(world, issue))
    })
    .patch('/pulls/:number', async (call) => {
      const issue = pullOf(world, call)
      await updatePull(world, call.var.actor, issue, await bodyOf(call, pullChange))
      return call.json(await fullPullShape(world, issue))
    })
    .get('/pulls/:number/merge', (call) => {
      if (pullOf(world, call).pull.mergedAt === null) throw notFound()
      return call.body(null, 204)
    })
    .put('/pulls/:number/merge', async (call) => {
      const issue = pullOf(world, call)
      const { merge_method, commit_title, commit_message, sha } = await bodyOf(call, mergeWish)
      const options = { method: merge_method, title: commit_title, message: commit_message, sha }
      const commit = await world.inTurn(() => mergePull(world, call.var.actor, issue, options))
      return call.json({ sha: commit, merged: true, message: 'Pull Request successfully merged' })
    })
    .put('/pulls/:number/update-branch', async (call) => {
      const issue = pullOf(world, call)
      const { expected_head_sha } = await bodyOf(call, updateWish)
      await world.inTurn(() => updateBranch(world, call.var.actor, issue, expected_head_sha))
      const url = `${world.urls.repo}/pulls/${issue.number}`
      return call.json({ message: 'Updating pull request branch.', url }, 202)
    })
    .get('/pulls/:number/commits', async (call) => {
      const { pull } = pullOf(world, call)
      const commits = await readCommits(world.git, ['--reverse', '--topo-order', `${pull.baseSha}..${pull.headSha}`])
      return call.json(pageOf(call, commits).map((commit) => commitShape(world, commit)))
    })
    .get('/pulls/:number/files', async (call) => {
      const { pull } = pullOf(world, call)
      const changes = await fileChangesBetween(
        world.git,
        await forkPoint(world, pull.baseSha, pull.headSha),
        pull.headSha,
      )
      return call.json(pageOf(call, changes).map((change) => fileShape(world, change, pull.headSha)))
    })

function pullOf(world: World, call: RestCall): PullIssue {
  needRead(world.store.doc, call.var.actor, 'pull-requests')
  const issue = findPull(world, numberIn(call, 'number'))
  call.set('task', taskOfRequest(issue.pull.head))
  return issue
}

function search(world: World, call: RestCall): PullIssue[] {
  const { state = 'open', head, base, direction } = call.req.query()
  const { owner, issues } = world.store.doc
  const found = issues
    .filter(isPull)
    .filter((issue) => state === 'all' || issue.state === state)
    .filter(({ pull }) => base === undefined || pull.base === base)
    // GitHub takes `owner:branch` alone, and lets anything else through unfiltered.
    .filter(({ pull }) => head === undefined || !head.includes(':') || head === `${owner}:${pull.head}`)
    .toSorted((one, other) => other.number - one.number)
  return direction === 'asc' ? found.reverse() : found
}

const forkPoint = async (world: World, base: string, head: string): Promise<string> =>
  (await world.git.mergeBase(base, head)) ?? base

const diffOf = async (world: World, { pull }: PullIssue): Promise<string> =>
  world.git.text([
    'diff',
    '--no-ext-diff',
    '--no-textconv',
    await forkPoint(world, pull.baseSha, pull.headSha),
    pull.headSha,
  ])
