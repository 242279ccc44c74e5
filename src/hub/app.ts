import { Hono } from 'hono'
import { etag } from 'hono/etag'
import { ANONYMOUS } from './access/actor.ts'
import { blobRoutes } from './artifacts/blobs.ts'
import type { ArtifactFiles } from './artifacts/files.ts'
import { artifactService } from './artifacts/service.ts'
import { controlRoutes } from './control/routes.ts'
import { gitRoutes } from './git/routes.ts'
import { graphqlRoutes } from './graphql/routes.ts'
import type { PageEnv } from './pages/session/signed-in.ts'
import { answerError, answerUnknown } from './rest/errors.ts'
import {
  authenticate,
  countRequests,
  expireTokens,
  guard,
  injectFaults,
  killSenders,
  limitGraphql,
  type Observer,
  observeExchanges,
  rateHeaders,
  refuseIfArchived,
} from './rest/middleware.ts'
import { createRateLimit } from './rest/rate.ts'
import type { HubEnv } from './rest/request.ts'
import { restRoutes } from './rest/routes.ts'
import type { World } from './world.ts'

/** The routes and middleware of the hub, all on one port. */
export function createApp(
  world: World,
  files: ArtifactFiles,
  observe: Observer | undefined,
  pages: Hono<PageEnv>,
): Hono<HubEnv> {
  const rate = createRateLimit(world.now)
  const app = new Hono<HubEnv>()
  app.onError((error, call) => answerError(world, call, error))
  app.notFound((call) => answerUnknown(world, call))
  app.use(async (call, next) => {
    call.set('actor', ANONYMOUS)
    call.set('task', null)
    await next()
  })
  app.use(guard())
  app.route('/', controlRoutes(world, rate))
  app.route('/', pages)
  app.use(countRequests(world))
  app.use(expireTokens(world))
  app.use('/api/*', authenticate(world))
  app.use('/api/*', rateHeaders(world, rate))
  app.use(killSenders(world))
  app.use(injectFaults(world))
  app.use('/api/graphql', limitGraphql(world))
  app.use('/api/v3/*', refuseIfArchived(world))
  if (observe !== undefined) app.use('/api/v3/*', observeExchanges(observe))
  app.use('/api/v3/*', etag({ weak: true }))
  app.route('/api/v3', restRoutes(world, files, rate))
  app.route('/api/graphql', graphqlRoutes(world))
  app.route('/', artifactService(world, files))
  app.route('/', blobRoutes(world, files))
  app.route('/', gitRoutes(world))
  return app
}
