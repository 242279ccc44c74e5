import { Hono } from 'hono'
import { z } from 'zod'
import { branchOfRef } from '../../core/ids.ts'
import type { Actor } from '../access/actor.ts'
import { findPerson, type HubRole } from '../access/people.ts'
import { canPush, needRead, needWrite } from '../access/permission.ts'
import { commitAt } from '../git/commits.ts'
import { renameBranch } from '../mutations/rename-branch.ts'
import { notFound, Refusal } from '../refusal.ts'
import { commitShape } from '../representations/commit.ts'
import { fullRepository } from '../representations/repository.ts'
import { userShape } from '../representations/user.ts'
import type { World } from '../world.ts'
import { bodyOf, type HubEnv, pageOf, restOf } from './request.ts'

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

/** Any GITHUB_TOKEN may read this (its metadata permission suffices), and people with push access. */
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

const newName = z.looseObject({ new_name: z.string().min(1) })

export const branchRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/branches', async (call) => {
      needRead(world.store.doc, call.var.actor, 'contents')
      const branches = await world.git.refs('refs/heads/')
      const shown = branches.map(({ ref, sha }) => ({
        name: branchOfRef(ref) ?? ref,
        commit: { sha, url: `${world.urls.repo}/commits/${sha}` },
        protected: false,
      }))
      return call.json(pageOf(call, shown))
    })
    .post('/branches/:branch/rename', async (call) => {
      needWrite(call.var.actor, ['contents'])
      const { new_name } = await bodyOf(call, newName)
      await renameBranch(world, call.req.param('branch'), new_name)
      return call.json(await branchShape(world, new_name), 201)
    })
    .get('/branches/*', async (call) => {
      needRead(world.store.doc, call.var.actor, 'contents')
      const name = restOf(call, '/branches/')
      const renamed = world.store.doc.renamedBranches?.[name]
      if (renamed !== undefined) return call.redirect(`${world.urls.repo}/branches/${encodeURIComponent(renamed)}`, 301)
      return call.json(await branchShape(world, name))
    })

async function branchShape(world: World, name: string) {
  const commit = await commitAt(world.git, `refs/heads/${name}`)
  if (commit === null) throw new Refusal(404, 'Branch not found')
  const self = `${world.urls.repo}/branches/${name}`
  return {
    name,
    commit: commitShape(world, commit),
    _links: { self, html: `${world.urls.html}/tree/${name}` },
    protected: false,
    protection: { enabled: false, required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] } },
    protection_url: `${self}/protection`,
  }
}
