import { Hono } from 'hono'
import type { HubEnv } from '../rest/kit.ts'
import type { World } from '../world.ts'

export const graphqlRoutes = (_world: World) => new Hono<HubEnv>()
