import { Hono } from 'hono'
import { isSignedBy, signatureOf } from '../../loopback/sign.ts'
import type { HubEnv, RestCall } from '../rest/request.ts'
import { streamJobLog } from '../runner/job/job-log.ts'
import type { ArtifactRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import type { ArtifactFiles } from './files.ts'

type Use = 'upload' | 'download' | 'log'

const FILES: Readonly<Record<Use, string>> = { upload: 'artifact.zip', download: 'artifact.zip', log: 'logs.txt' }

const ZIP = 'application/zip'
const STORAGE_VERSION = '2025-01-05'
const VALID_MS = 10 * 60_000

/** A signed link that needs no token and is valid for ten minutes, like those to GitHub's blob storage. */
export function signedUrl(world: World, use: Use, { id }: { id: number }): string {
  const until = Date.parse(world.now()) + VALID_MS
  const sig = signatureOf(world.store.doc.secret, `${use}:${id}:${until}`)
  return `${world.urls.results}_blobs/${use}/${id}/${FILES[use]}?se=${until}&sig=${encodeURIComponent(sig)}`
}

/** The part of Azure's block-blob protocol that uploads use: Put Block, Put Block List, Put Blob. */
export const blobRoutes = (world: World, files: ArtifactFiles) =>
  new Hono<HubEnv>()
    .put('/_blobs/upload/:id/*', async (call) => {
      const artifact = artifactOf(world, 'upload', call)
      if (artifact === null || artifact.finalized) return call.text('AuthenticationFailed', 403, headers)
      await wait(world.faults.slowArtifact(artifact.name))
      const { comp, blockid } = call.req.query()
      const bytes = new Uint8Array(await call.req.arrayBuffer())
      if (comp === 'block' && blockid !== undefined) await files.putBlock(artifact.id, blockid, bytes)
      else if (comp === 'blocklist') {
        if (!(await files.commit(artifact.id, blockNames(bytes)))) return call.text('InvalidBlockList', 400, headers)
      } else await files.put(artifact.id, bytes)
      return call.body(null, 201, { ...headers, ETag: `"${artifact.id}"`, 'Last-Modified': new Date().toUTCString() })
    })
    .get('/_blobs/download/:id/*', (call) => {
      const artifact = artifactOf(world, 'download', call)
      if (artifact === null) return call.text('AuthenticationFailed', 403, headers)
      const name = artifact.mimeType === ZIP ? `${artifact.name}.zip` : artifact.name
      return call.body(files.read(artifact.id), 200, {
        ...headers,
        'Content-Type': artifact.mimeType,
        'X-Content-Type-Options': 'nosniff',
        'Content-Length': String(artifact.size),
        'Content-Disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`,
      })
    })
    .get('/_blobs/log/:id/*', (call) => {
      const id = signedId(world, 'log', call)
      const log = id === null ? null : streamJobLog(world.dataDir, id)
      if (log === null) return call.text('AuthenticationFailed', 403, headers)
      return call.body(log, 200, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' })
    })

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const headers = { 'x-ms-version': STORAGE_VERSION, 'x-ms-request-id': '0', 'x-ms-request-server-encrypted': 'true' }

function artifactOf(world: World, use: Use, call: RestCall): ArtifactRecord | null {
  const id = signedId(world, use, call)
  return world.store.doc.artifacts.find((artifact) => artifact.id === id) ?? null
}

function signedId(world: World, use: Use, call: RestCall): number | null {
  const { se = '', sig = '' } = call.req.query()
  const id = call.req.param('id') ?? ''
  if (!isSignedBy(world.store.doc.secret, `${use}:${id}:${se}`, sig)) return null
  return Number(se) > Date.parse(world.now()) ? Number(id) : null
}

function blockNames(body: Uint8Array): string[] {
  const text = Buffer.from(body).toString('utf8')
  return [...text.matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]*)</g)].map((match) => match[1] ?? '')
}
