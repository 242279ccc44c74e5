import { Hono } from 'hono'
import { z } from 'zod'
import { readRuntimeToken } from '../../loopback/sign.ts'
import { taskOfRequest } from '../control/task.ts'
import { Refusal } from '../refusal.ts'
import { bodyOf, type HubEnv, type RestCall } from '../rest/request.ts'
import type { ArtifactRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { signedUrl } from './blobs.ts'
import type { ArtifactFiles } from './files.ts'

const DAYS_90 = 90 * 24 * 3_600_000

const ids = { workflow_run_backend_id: z.string(), workflow_job_run_backend_id: z.string() }
const create = z.looseObject({
  ...ids,
  name: z.string().min(1),
  version: z.number().int(),
  expires_at: z.string().optional(),
  mime_type: z.string().default('application/zip'),
})
const finalize = z.looseObject({ ...ids, name: z.string(), size: z.string().default('0'), hash: z.string().optional() })
const list = z.looseObject({ ...ids, name_filter: z.string().optional(), id_filter: z.string().optional() })
const named = z.looseObject({ ...ids, name: z.string() })

class TwirpError extends Error {
  readonly status: 400 | 401 | 403 | 404 | 409
  readonly code: string
  constructor(status: TwirpError['status'], code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** The service that @actions/artifact calls: twirp over JSON, with the job's runtime token. */
export function artifactService(world: World, files: ArtifactFiles) {
  const method = (name: string) => `/twirp/github.actions.results.api.v1.ArtifactService/${name}`
  const app = new Hono<HubEnv>()
    .post(method('CreateArtifact'), async (call) => {
      const body = await bodyOf(call, create)
      const { run, job } = caller(world, call, body)
      call.set('task', taskOfRequest(body.name))
      needRoom(world, body.name, 'create')
      if (find(world, run, body.name) !== undefined) {
        throw new TwirpError(409, 'already_exists', 'an artifact with this name already exists on the workflow run')
      }
      const artifact = blank(world, { run, job, name: body.name, mimeType: body.mime_type, version: body.version })
      if (body.expires_at !== undefined) artifact.expiresAt = body.expires_at
      return call.json({ ok: true, signed_upload_url: signedUrl(world, 'upload', artifact) })
    })
    .post(method('FinalizeArtifact'), async (call) => {
      const body = await bodyOf(call, finalize)
      const artifact = needed(find(world, caller(world, call, body).run, body.name))
      call.set('task', taskOfRequest(body.name))
      needRoom(world, body.name, 'finalize')
      const measured = await files.measure(artifact.id)
      if (measured === null || measured.size !== Number(body.size)) {
        throw new TwirpError(400, 'invalid_argument', 'the uploaded size is not what was announced')
      }
      if (body.hash !== undefined && body.hash !== measured.digest) {
        throw new TwirpError(400, 'invalid_argument', 'the uploaded bytes do not have the announced hash')
      }
      Object.assign(artifact, { ...measured, finalized: true })
      world.store.changed()
      return call.json({ ok: true, artifact_id: String(artifact.id) })
    })
    .post(method('ListArtifacts'), async (call) => {
      const body = await bodyOf(call, list)
      const { run } = caller(world, call, body)
      const found = world.store.doc.artifacts
        .filter((artifact) => artifact.run === run && artifact.finalized)
        .filter((artifact) => body.name_filter === undefined || artifact.name === body.name_filter)
        .filter((artifact) => body.id_filter === undefined || String(artifact.id) === body.id_filter)
      return call.json({ artifacts: found.map(monolith) })
    })
    .post(method('GetSignedArtifactURL'), async (call) => {
      const body = await bodyOf(call, named)
      const artifact = needed(find(world, caller(world, call, body).run, body.name))
      return call.json({ signed_url: signedUrl(world, 'download', artifact) })
    })
    .post(method('DeleteArtifact'), async (call) => {
      const body = await bodyOf(call, named)
      const artifact = needed(find(world, caller(world, call, body).run, body.name))
      await removeArtifact(world, files, artifact)
      return call.json({ ok: true, artifact_id: String(artifact.id) })
    })
  app.onError((error, call) => {
    if (error instanceof TwirpError) return call.json({ code: error.code, msg: error.message }, error.status)
    if (error instanceof Refusal) return call.json({ code: 'malformed', msg: error.message }, 400)
    world.log(`${call.req.path}: ${error.stack}`)
    return call.json({ code: 'internal', msg: 'internal error' }, 500)
  })
  return app
}

/** GitHub's answer when the storage of an account is full; its client knows it by these words. */
function needRoom(world: World, name: string, at: 'create' | 'finalize'): void {
  if (world.faults.refuseArtifact(name, at))
    throw new TwirpError(403, 'permission_denied', 'insufficient usage to create artifact')
}

export async function removeArtifact(world: World, files: ArtifactFiles, artifact: ArtifactRecord): Promise<void> {
  const { doc } = world.store
  doc.artifacts = doc.artifacts.filter((known) => known !== artifact)
  world.store.changed()
  await files.remove(artifact.id)
}

/** The token is valid for one job of one workflow run; other ids are refused. */
function caller(
  world: World,
  call: RestCall,
  body: { workflow_run_backend_id: string; workflow_job_run_backend_id: string },
) {
  const token = /^bearer (.+)$/i.exec(call.req.header('authorization') ?? '')?.[1] ?? ''
  const known = readRuntimeToken(world.store.doc.secret, token)
  if (known === null) throw new TwirpError(401, 'unauthenticated', 'the runtime token is not good')
  if (String(known.run) !== body.workflow_run_backend_id) {
    throw new TwirpError(403, 'permission_denied', 'the runtime token belongs to another workflow run')
  }
  return known
}

const find = (world: World, run: number, name: string): ArtifactRecord | undefined =>
  world.store.doc.artifacts.find((artifact) => artifact.run === run && artifact.name === name)

function needed(artifact: ArtifactRecord | undefined): ArtifactRecord {
  if (artifact === undefined) throw new TwirpError(404, 'not_found', 'no such artifact')
  return artifact
}

function blank(
  world: World,
  own: Pick<ArtifactRecord, 'run' | 'job' | 'name' | 'mimeType' | 'version'>,
): ArtifactRecord {
  const artifact: ArtifactRecord = {
    id: world.store.nextId(),
    ...own,
    size: 0,
    digest: null,
    createdAt: world.now(),
    expiresAt: new Date(Date.parse(world.now()) + DAYS_90).toISOString(),
    finalized: false,
  }
  world.store.doc.artifacts.push(artifact)
  world.store.changed()
  return artifact
}

const monolith = (artifact: ArtifactRecord) => ({
  workflow_run_backend_id: String(artifact.run),
  workflow_job_run_backend_id: String(artifact.job),
  database_id: String(artifact.id),
  name: artifact.name,
  size: String(artifact.size),
  created_at: artifact.createdAt,
  digest: artifact.digest,
})
