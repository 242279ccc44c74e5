import { join } from 'node:path'
import { UnreadableResult } from '../../ports/slots.ts'
import { at, type Place } from './place.ts'
import { unpack } from './unpack.ts'

const MOST_BYTES = 256 * 2 ** 20
const TRIES = 4
const SECONDS = 120

/** The archive lies elsewhere, at an address that is good for a minute: a failed transfer asks for a new one. */
export async function download(place: Place, artifact: number, folder: string) {
  for (let tries = 1; ; tries += 1) {
    try {
      const zip = await transfer(await addressOf(place, artifact))
      return await unpack(zip, join(folder, `${artifact}`))
    } catch (error) {
      if (!(error instanceof TransferFailed) || tries === TRIES) throw error
      await place.client.clock.wait(2 ** (tries - 1))
    }
  }
}

class TransferFailed extends Error {
  override name = 'TransferFailed'
}

async function addressOf(place: Place, artifact: number): Promise<string> {
  const { headers, status } = await place.client.octokit.request(
    'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
    { ...at(place), artifact_id: artifact, archive_format: 'zip', request: { redirect: 'manual' } },
  )
  if (headers.location === undefined)
    throw new Error(`artifact ${artifact}: no address to load from (status ${status})`)
  return headers.location
}

/** The address carries its own permission; our token is for GitHub's API alone and is not sent along. */
async function transfer(address: string): Promise<Uint8Array> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(SECONDS * 1000) })
    if (!response.ok || response.body === null) throw new Error(`status ${response.status}`)
    return await collect(response.body)
  } catch (error) {
    if (error instanceof UnreadableResult) throw error
    throw new TransferFailed('an artifact could not be loaded', { cause: error })
  }
}

async function collect(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > MOST_BYTES) throw new UnreadableResult(`the artifact has more than ${MOST_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}
