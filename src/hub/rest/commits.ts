import { Hono } from 'hono'
import { needRead } from '../access/permission.ts'
import { fileChangesBetween } from '../git/changes.ts'
import { commitAt, EMPTY_TREE, type HubCommit, readCommits } from '../git/commits.ts'
import { orNotFound } from '../mutations/find.ts'
import { notFound, Refusal } from '../refusal.ts'
import { commitShape, fileShape, gitCommitShape } from '../representations/commit.ts'
import type { World } from '../world.ts'
import { type HubEnv, pageOf, restOf } from './request.ts'

const MOST_COMPARED = 250

export const commitRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/git/commits/:sha', async (call) => {
      needRead(world.store.doc, call.var.actor, 'contents')
      return call.json(gitCommitShape(world, orNotFound(await commitAt(world.git, call.req.param('sha')))))
    })
    .get('/git/trees/*', async (call) => {
      const name = restOf(call, '/git/trees/')
      return call.json(await treeShape(world, name, call.req.query('recursive') !== undefined))
    })
    .get('/commits', async (call) => {
      const { sha = world.store.doc.defaultBranch, path } = call.req.query()
      const from = orNotFound(await commitNamed(world, sha))
      const commits = await readCommits(world.git, ['-1000', from, ...(path === undefined ? [] : ['--', path])])
      return call.json(pageOf(call, commits).map((commit) => commitShape(world, commit)))
    })
    .get('/compare/*', async (call) => {
      needRead(world.store.doc, call.var.actor, 'contents')
      return call.json(await comparison(world, restOf(call, '/compare/')))
    })
    .get('/commits/*', async (call) => {
      const sha = await commitNamed(world, restOf(call, '/commits/'))
      if (sha === null) throw new Refusal(422, `No commit found for SHA: ${restOf(call, '/commits/')}`)
      const commit = orNotFound(await commitAt(world.git, sha))
      return call.json({ ...commitShape(world, commit), ...(await changed(world, commit)) })
    })

async function changed(world: World, commit: HubCommit) {
  const changes = await fileChangesBetween(world.git, commit.parents[0] ?? EMPTY_TREE, commit.sha)
  const additions = changes.reduce((sum, change) => sum + change.additions, 0)
  const deletions = changes.reduce((sum, change) => sum + change.deletions, 0)
  return {
    stats: { additions, deletions, total: additions + deletions },
    files: changes.map((change) => fileShape(world, change, commit.sha)),
  }
}

/** Resolves a branch, a tag or a commit id, in GitHub's order. */
export async function commitNamed(world: World, name: string): Promise<string | null> {
  for (const full of [`refs/heads/${name}`, `refs/tags/${name}`, name]) {
    const sha = await world.git.commitOf(full)
    if (sha !== null) return sha
  }
  return null
}

async function treeShape(world: World, name: string, recursive: boolean) {
  const commit = await commitNamed(world, name)
  const tree = await world.git.resolve(`${commit ?? name}^{tree}`)
  if (tree === null) throw notFound()
  const lines = await world.git.text(['ls-tree', '-l', '-z', ...(recursive ? ['-r', '-t'] : []), tree])
  return {
    sha: tree,
    url: `${world.urls.repo}/git/trees/${tree}`,
    tree: lines.split('\0').flatMap((line) => (line === '' ? [] : [entryShape(world, line)])),
    truncated: false,
  }
}

function entryShape(world: World, line: string) {
  const tab = line.indexOf('\t')
  const [mode = '', type = '', sha = '', size = '-'] = line.slice(0, tab).split(/ +/)
  const url = `${world.urls.repo}/git/${type}s/${sha}`
  return { path: line.slice(tab + 1), mode, type, sha, url, ...(size === '-' ? {} : { size: Number(size) }) }
}

async function comparison(world: World, basehead: string) {
  const [baseName = '', headName = ''] = basehead.split('...').map((side) => side.replace(/^[^/:]+:/, ''))
  const base = orNotFound(await commitNamed(world, baseName))
  const head = orNotFound(await commitNamed(world, headName))
  const fork = orNotFound(await world.git.mergeBase(base, head))
  const [ahead, behind] = await Promise.all([
    readCommits(world.git, ['--reverse', '--topo-order', `${base}..${head}`]),
    readCommits(world.git, [`${head}..${base}`]),
  ])
  const html = `${world.urls.html}/compare/${basehead}`
  return {
    url: `${world.urls.repo}/compare/${basehead}`,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: commitShape(world, orNotFound(await commitAt(world.git, base))),
    merge_base_commit: commitShape(world, orNotFound(await commitAt(world.git, fork))),
    status: statusOf(ahead.length, behind.length),
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: ahead.slice(0, MOST_COMPARED).map((commit) => commitShape(world, commit)),
    files: (await fileChangesBetween(world.git, fork, head)).map((change) => fileShape(world, change, head)),
  }
}

const statusOf = (ahead: number, behind: number): string =>
  ahead > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical'
