import { Hono } from 'hono'
import { notFound, Refusal } from '../refusal.ts'
import { fullRepository } from '../shape/repository.ts'
import { userShape } from '../shape/user.ts'
import type { Actor } from '../who/actor.ts'
import { findPerson, type HubRole } from '../who/people.ts'
import { canPush, needRead } from '../who/permission.ts'
import type { World } from '../world.ts'
import type { HubEnv } from './kit.ts'

export const repositoryRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/', (call) => {
      needRead(world.store.doc, call.var.actor)
      return call.json(fullRepository(world, permissionsOf(call.var.actor)))
    })
    .get('/collaborators/:username', (call) => {
      const role = findPerson(call.req.param('username'))?.role ?? 'none'
      if (role === 'none') throw notFound()
      return call.body(null, 204)
    })
    .get('/collaborators/:username/permission', (call) => {
      needPermissionReader(call.var.actor)
      return call.json(permissionOf(world, call.req.param('username')))
    })

/** Any GITHUB_TOKEN may ask, its metadata permission is enough; of people, those who can push. */
function needPermissionReader(actor: Actor): void {
  if (actor.kind === 'job' || canPush(actor)) return
  throw new Refusal(actor.kind === 'anonymous' ? 401 : 403, 'Must have push access to view collaborator permission.')
}

function permissionOf(world: World, username: string) {
  const person = findPerson(username)
  if (person === null) throw new Refusal(404, `${username} is not a user`)
  // Everybody reads a public repository, and the answer does not tell collaborators from strangers.
  const role: HubRole = person.role === 'none' && !world.store.doc.settings.private ? 'read' : person.role
  return {
    permission: role,
    role_name: role,
    user: { ...userShape(world, person.login), permissions: flags(role), role_name: role },
  }
}

const permissionsOf = (actor: Actor) =>
  flags(actor.kind === 'person' ? actor.person.role : canPush(actor) ? 'write' : 'read')

const flags = (role: HubRole) => ({
  admin: role === 'admin',
  maintain: role === 'admin',
  push: role === 'admin' || role === 'write',
  triage: role === 'admin' || role === 'write',
  pull: true,
})
