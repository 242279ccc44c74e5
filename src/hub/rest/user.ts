import { Hono } from 'hono'
import { findPerson } from '../access/people.ts'
import { Refusal } from '../refusal.ts'
import { publicUserShape } from '../representations/user.ts'
import type { World } from '../world.ts'
import { type RateLimit, rateShape } from './rate.ts'
import type { HubEnv } from './request.ts'

export const userRoutes = (world: World, rate: RateLimit) =>
  new Hono<HubEnv>()
    .get('/user', (call) => {
      const { actor } = call.var
      if (actor.kind === 'anonymous') throw new Refusal(401, 'Requires authentication')
      if (actor.kind === 'job') throw new Refusal(403, 'Resource not accessible by integration')
      return call.json(publicUserShape(world, actor.person.login))
    })
    .get('/users/:username', (call) => {
      const person = findPerson(call.req.param('username'))
      if (person === null) throw new Refusal(404, 'Not Found')
      return call.json(publicUserShape(world, person.login))
    })
    .get('/rate_limit', (call) => {
      const core = rateShape(rate.of(call.var.actor, 'core'))
      const graphql = rateShape(rate.of(call.var.actor, 'graphql'))
      return call.json({ resources: { core, graphql, search: { ...graphql, limit: 30, remaining: 30 } }, rate: core })
    })
