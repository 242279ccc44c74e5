import { Hono } from 'hono'
import { z } from 'zod'
import { needWrite } from '../access/permission.ts'
import { taskOfRequest } from '../control/task.ts'
import { moveRef, type Ref } from '../git/repository.ts'
import { orNotFound } from '../mutations/find.ts'
import { afterPush, type PushedRef } from '../mutations/pushed.ts'
import { Refusal } from '../refusal.ts'
import { nodeId } from '../representations/node-id.ts'
import type { World } from '../world.ts'
import { bodyOf, type HubEnv, pageOf, type RestCall, restOf } from './request.ts'

const newRef = z.looseObject({ ref: z.string(), sha: z.string() })
const refChange = z.looseObject({ sha: z.string(), force: z.boolean().default(false) })

export const refRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/git/ref/*', async (call) => {
      const name = `refs/${restOf(call, '/git/ref/')}`
      return call.json(refShape(world, orNotFound(await findRef(world, name))))
    })
    .get('/git/matching-refs/*', async (call) => {
      const found = await world.git.refs(`refs/${restOf(call, '/git/matching-refs/')}`)
      return call.json(pageOf(call, found).map((ref) => refShape(world, ref)))
    })
    .post('/git/refs', async (call) => {
      needWrite(call.var.actor, ['contents'])
      const { ref, sha } = await bodyOf(call, newRef)
      call.set('task', taskOfRequest(ref))
      await needRefName(world, ref)
      if ((await findRef(world, ref)) !== null) throw new Refusal(422, 'Reference already exists')
      await needObject(world, sha)
      await moveRef(world.git, ref, sha, null)
      await followed(world, call, [{ ref, old: null, new: sha }])
      return call.json(refShape(world, orNotFound(await findRef(world, ref))), 201)
    })
    .patch('/git/refs/*', async (call) => {
      needWrite(call.var.actor, ['contents'])
      const ref = `refs/${restOf(call, '/git/refs/')}`
      call.set('task', taskOfRequest(ref))
      const { sha, force } = await bodyOf(call, refChange)
      const known = await needRef(world, ref)
      await needObject(world, sha)
      if (!force && !(await world.git.isAncestor(known.sha, sha)))
        throw new Refusal(422, 'Update is not a fast forward')
      await moveRef(world.git, ref, sha, known.sha)
      await followed(world, call, [{ ref, old: known.sha, new: sha }])
      return call.json(refShape(world, await needRef(world, ref)))
    })
    .delete('/git/refs/*', async (call) => {
      needWrite(call.var.actor, ['contents'])
      const ref = `refs/${restOf(call, '/git/refs/')}`
      call.set('task', taskOfRequest(ref))
      const known = await needRef(world, ref)
      await world.git.text(['update-ref', '-d', ref, known.sha])
      await followed(world, call, [{ ref, old: known.sha, new: null }])
      return call.body(null, 204)
    })

const followed = (world: World, call: RestCall, updates: PushedRef[]): Promise<void> =>
  world.inTurn(() => afterPush(world, call.var.actor, updates))

async function findRef(world: World, name: string): Promise<Ref | null> {
  const found = await world.git.refs(name)
  return found.find((ref) => ref.ref === name) ?? null
}

async function needRef(world: World, name: string): Promise<Ref> {
  const found = await findRef(world, name)
  if (found === null) throw new Refusal(422, 'Reference does not exist')
  return found
}

async function needObject(world: World, sha: string): Promise<void> {
  const known = /^[0-9a-f]{40}$/.test(sha) ? await world.git.object(sha) : null
  if (known === null) throw new Refusal(422, 'Object does not exist')
}

async function needRefName(world: World, ref: string): Promise<void> {
  const valid = /^refs\/[^/]+\/./.test(ref) && (await world.git.run(['check-ref-format', ref])).code === 0
  if (!valid) throw new Refusal(422, `${ref} is not a valid ref name.`)
  const custom = !/^refs\/(heads|tags)\//.test(ref)
  if (custom && (world.store.doc.settings.refuseCustomRefs || ref.startsWith('refs/pull/'))) {
    throw new Refusal(422, 'Reference cannot be created: deny updating a hidden ref')
  }
}

const refShape = (world: World, { ref, sha, type }: Ref) => ({
  ref,
  node_id: nodeId('REF', ref),
  url: `${world.urls.repo}/git/${ref}`,
  object: { sha, type, url: `${world.urls.repo}/git/${type}s/${sha}` },
})
