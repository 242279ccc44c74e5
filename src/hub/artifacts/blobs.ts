import { Hono } from 'hono'
import type { HubEnv } from '../rest/kit.ts'
import type { ArtifactRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import type { Files } from './files.ts'
import { isSignedBy, signatureOf } from './sign.ts'

type Use = 'upload' | 'download'

const STORAGE_VERSION = '2025-01-05'
const VALID_MS = 10 * 60_000

/** A link that is good by itself, for ten minutes, as those to GitHub's blob storage. */
export function signedUrl(world: World, use: Use, artifact: ArtifactRecord): string {
  const until = Date.parse(world.now()) + VALID_MS
  const sig = signatureOf(world.store.doc.secret, `${use}:${artifact.id}:${until}`)
  return `${world.urls.results}_blobs/${use}/${artifact.id}/artifact.zip?se=${until}&sig=${encodeURIComponent(sig)}`
}

/** The part of Azure's block-blob protocol that uploads use: Put Block, Put Block List, Put Blob. */
export const blobRoutes = (world: World, files: Files) =>
  new Hono<HubEnv>()
    .put('/_blobs/upload/:id/*', async (call) => {
      const artifact = signed(world, 'upload', call.req.param('id'), new URL(call.req.url))
      if (artifact === null || artifact.finalized) return call.text('AuthenticationFailed', 403, headers)
      const { comp, blockid } = call.req.query()
      const bytes = new Uint8Array(await call.req.arrayBuffer())
      if (comp === 'block' && blockid !== undefined) await files.putBlock(artifact.id, blockid, bytes)
      else if (comp === 'blocklist') {
        if (!(await files.commit(artifact.id, blockNames(bytes)))) return call.text('InvalidBlockList', 400, headers)
      } else await files.put(artifact.id, bytes)
      return call.body(null, 201, { ...headers, ETag: `"${artifact.id}"`, 'Last-Modified': new Date().toUTCString() })
    })
    .get('/_blobs/download/:id/*', (call) => {
      const artifact = signed(world, 'download', call.req.param('id'), new URL(call.req.url))
      if (artifact === null) return call.text('AuthenticationFailed', 403, headers)
      const name = `${artifact.name}.zip`
      return call.body(files.read(artifact.id), 200, {
        ...headers,
        'Content-Type': artifact.mimeType,
        'Content-Length': String(artifact.size),
        'Content-Disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`,
      })
    })

const headers = { 'x-ms-version': STORAGE_VERSION, 'x-ms-request-id': '0', 'x-ms-request-server-encrypted': 'true' }

function signed(world: World, use: Use, id: string, url: URL): ArtifactRecord | null {
  const until = url.searchParams.get('se') ?? ''
  const text = `${use}:${id}:${until}`
  if (!isSignedBy(world.store.doc.secret, text, url.searchParams.get('sig') ?? '')) return null
  if (!(Number(until) > Date.parse(world.now()))) return null
  return world.store.doc.artifacts.find((artifact) => String(artifact.id) === id) ?? null
}

function blockNames(body: Uint8Array): string[] {
  const text = Buffer.from(body).toString('utf8')
  return [...text.matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]*)</g)].map((match) => match[1] ?? '')
}
