import { Hono } from 'hono'
import type { ArtifactFiles } from '../artifacts/files.ts'
import { notFound } from '../refusal.ts'
import { REPOSITORY_ID } from '../representations/repository.ts'
import type { World } from '../world.ts'
import { actionsSettingsRoutes } from './actions-settings.ts'
import { artifactRoutes } from './artifacts.ts'
import { checkRoutes } from './checks.ts'
import { commentRoutes, reactionRoutes } from './comments.ts'
import { commitRoutes } from './commits.ts'
import { contentRoutes } from './contents.ts'
import { assigneeRoutes, issueRoutes, labelRoutes, lockRoutes } from './issues.ts'
import { pullRoutes } from './pulls.ts'
import type { RateLimit } from './rate.ts'
import { refRoutes } from './refs.ts'
import { branchRoutes, repositoryRoutes } from './repository.ts'
import type { HubEnv } from './request.ts'
import { reviewRoutes } from './reviews.ts'
import { runRoutes } from './runs.ts'
import { userRoutes } from './user.ts'
import { workflowRoutes } from './workflows.ts'

/** The part of GitHub's REST API that the hub serves. */
export function restRoutes(world: World, files: ArtifactFiles, rate: RateLimit) {
  const repository = new Hono<HubEnv>()
  repository.use(async (call, next) => {
    const { owner, repo } = world.store.doc
    const wanted = `${call.req.param('owner')}/${call.req.param('repo')}`
    const isOurs = call.req.param('id') === String(REPOSITORY_ID)
    if (isOurs || wanted.toLowerCase() === `${owner}/${repo}`.toLowerCase()) return next()
    if (world.store.doc.formerNames?.includes(wanted) !== true) throw notFound()
    // As GitHub answers after a rename: a write keeps its method.
    const to = call.req.url.replace(`/repos/${wanted}`, `/repositories/${REPOSITORY_ID}`)
    return call.redirect(to, call.req.method === 'GET' ? 301 : 307)
  })
  // The first matching route answers: routes with a fixed segment come before those with a wildcard in its place.
  const parts = [
    repositoryRoutes(world),
    commentRoutes(world),
    reactionRoutes(world),
    labelRoutes(world),
    assigneeRoutes(world),
    lockRoutes(world),
    issueRoutes(world),
    pullRoutes(world),
    reviewRoutes(world),
    checkRoutes(world),
    refRoutes(world),
    commitRoutes(world),
    branchRoutes(world),
    contentRoutes(world),
    workflowRoutes(world),
    artifactRoutes(world, files),
    runRoutes(world),
    actionsSettingsRoutes(world),
  ]
  for (const part of parts) repository.route('/', part)
  return new Hono<HubEnv>()
    .route('/', userRoutes(world, rate))
    .route('/repos/:owner/:repo', repository)
    .route('/repositories/:id', repository)
}
