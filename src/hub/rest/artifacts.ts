import { Hono } from 'hono'
import { needRead, needWrite } from '../access/permission.ts'
import { signedUrl } from '../artifacts/blobs.ts'
import type { ArtifactFiles } from '../artifacts/files.ts'
import { removeArtifact } from '../artifacts/service.ts'
import { taskOfRequest } from '../control/task.ts'
import { orNotFound } from '../mutations/find.ts'
import { notFound, Refusal } from '../refusal.ts'
import { artifactShape } from '../representations/run.ts'
import type { ArtifactRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { type HubEnv, numberIn, pageOf, type RestCall } from './request.ts'

export const artifactRoutes = (world: World, files: ArtifactFiles) =>
  new Hono<HubEnv>()
    .get('/actions/artifacts', (call) => listed(world, call, () => true))
    .get('/actions/runs/:id/artifacts', (call) => {
      const id = numberIn(call, 'id')
      orNotFound(world.store.doc.runs.find((run) => run.id === id))
      return listed(world, call, (artifact) => artifact.run === id)
    })
    .get('/actions/artifacts/:id', (call) => call.json(artifactShape(world, artifactOf(world, call))))
    .delete('/actions/artifacts/:id', async (call) => {
      needWrite(call.var.actor, ['actions'], 'Must have admin rights to Repository.')
      await removeArtifact(world, files, artifactOf(world, call))
      return call.body(null, 204)
    })
    .get('/actions/artifacts/:id/:format', (call) => {
      if (call.req.param('format') !== 'zip') throw notFound()
      if (call.var.actor.kind === 'anonymous') throw new Refusal(401, 'Requires authentication')
      return call.redirect(signedUrl(world, 'download', artifactOf(world, call)), 302)
    })

function listed(world: World, call: RestCall, among: (artifact: ArtifactRecord) => boolean): Response {
  needRead(world.store.doc, call.var.actor, 'actions')
  const name = call.req.query('name')
  const found = world.store.doc.artifacts
    .filter((artifact) => artifact.finalized && among(artifact))
    .filter((artifact) => name === undefined || artifact.name === name)
    .toSorted((one, other) => other.id - one.id)
  const page = pageOf(call, found)
  return call.json({ total_count: found.length, artifacts: page.map((artifact) => artifactShape(world, artifact)) })
}

function artifactOf(world: World, call: RestCall): ArtifactRecord {
  needRead(world.store.doc, call.var.actor, 'actions')
  const id = numberIn(call, 'id')
  const artifact = orNotFound(world.store.doc.artifacts.find((known) => known.id === id && known.finalized))
  call.set('task', taskOfRequest(artifact.name))
  return artifact
}
