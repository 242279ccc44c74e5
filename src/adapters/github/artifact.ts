import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DefaultArtifactClient } from '@actions/artifact'
import { unzipSync } from 'fflate'
import { type Handover, StorageRefused, UnreadableResult } from '../../ports/slots.ts'
import { ownerAndRepo, type RepositoryClient } from './client.ts'

const MOST_BYTES = 256 * 2 ** 20
const TRIES = 4
const SECONDS = 120

/**
 * Loads an artifact of our own workflow run from the service that slots upload to, which counts as no request to the API. Null: it
 * does not give it. The archive is kept as it is, since no name in it may become a path.
 */
export async function downloadWithin(artifact: number, folder: string) {
  const path = join(folder, `archive-${artifact}`)
  const zip = await archiveFrom(artifact, path).catch((error: unknown) => {
    if (error instanceof UnreadableResult) throw error
    return null
  })
  await rm(path, { recursive: true, force: true })
  return zip === null ? null : unpack(zip, join(folder, `${artifact}`))
}

async function archiveFrom(artifact: number, path: string): Promise<Uint8Array> {
  const client = await openArtifacts()
  await client.downloadArtifact(artifact, { path, skipDecompress: true })
  const [name = ''] = await readdir(path)
  const file = join(path, name)
  if ((await stat(file)).size > MOST_BYTES) throw tooLarge()
  return readFile(file)
}

/** The archive is on another host, at an address that is valid for a minute: a failed transfer requests a new one. */
export async function download(repository: RepositoryClient, artifact: number, folder: string) {
  for (let tries = 1; ; tries += 1) {
    try {
      const zip = await transfer(await addressOf(repository, artifact))
      return await unpack(zip, join(folder, `${artifact}`))
    } catch (error) {
      if (!(error instanceof TransferFailed) || tries === TRIES) throw error
      await repository.client.clock.wait(2 ** (tries - 1))
    }
  }
}

class TransferFailed extends Error {
  override name = 'TransferFailed'
}

async function addressOf(repository: RepositoryClient, artifact: number): Promise<string> {
  const { headers, status } = await repository.client.octokit.request(
    'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
    { ...ownerAndRepo(repository), artifact_id: artifact, archive_format: 'zip', request: { redirect: 'manual' } },
  )
  if (headers.location === undefined)
    throw new Error(`artifact ${artifact}: no address to load from (status ${status})`)
  return headers.location
}

/** The address holds its own permission, so our token, which is for GitHub's API only, is not sent. */
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

const tooLarge = () => new UnreadableResult(`the artifact has more than ${MOST_BYTES} bytes`)

async function collect(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > MOST_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

const RESULT = 'result.json'
const BUNDLE = 'work.bundle'

/** Maximum size of each file of a result, in bytes. Other files of the archive are not unpacked. */
const CAPS: ReadonlyMap<string, number> = new Map([
  [RESULT, 4 * 2 ** 20],
  [BUNDLE, 256 * 2 ** 20],
])

/** Unpacks a slot's result. No name in the archive becomes a path, since only these two files are looked for. */
export async function unpack(zip: Uint8Array, folder: string): Promise<{ result: string; bundle: string | null }> {
  return keepResult(new Map(Object.entries(read(zip))), folder)
}

/** The text of a result, with its bundle in a folder. */
export async function keepResult(files: ReadonlyMap<string, Uint8Array>, folder: string) {
  const result = files.get(RESULT)
  if (result === undefined) throw new UnreadableResult(`there is no ${RESULT} in it`)
  const bundle = files.get(BUNDLE)
  if (bundle === undefined) return { result: decode(result), bundle: null }
  await mkdir(folder, { recursive: true })
  const path = join(folder, BUNDLE)
  await writeFile(path, bundle)
  return { result: decode(result), bundle: path }
}

function read(zip: Uint8Array): Record<string, Uint8Array> {
  try {
    // Never unpacks more bytes than the size that the archive declares.
    return unzipSync(zip, { filter: ({ name, originalSize }) => checkSize(name, originalSize) })
  } catch (error) {
    if (error instanceof UnreadableResult) throw error
    throw new UnreadableResult('the artifact is no readable archive', { cause: error })
  }
}

function checkSize(name: string, size: number): boolean {
  const cap = CAPS.get(name)
  if (cap === undefined) return false
  if (size > cap) throw new UnreadableResult(`${name} has ${size} bytes, more than ${cap}`)
  return true
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new UnreadableResult(`${RESULT} is not UTF-8`, { cause: error })
  }
}

/** Long enough for an orchestrator that waits for a person over a weekend; the work itself is in git by then. */
const RETENTION_DAYS = 7
/** Low, since a bundle is compressed already. */
const COMPRESSION = 1

/** Names to try; `resultArtifact` reads each as the same result. */
const NAMES = [(name: string) => name, (name: string) => `${name}.2`, (name: string) => `${name}.3`]

/** Loaded lazily: 1.7 MB that only a job with something to hand over needs. */
export async function openArtifacts(): Promise<DefaultArtifactClient> {
  const { DefaultArtifactClient } = await import('@actions/artifact')
  return new DefaultArtifactClient()
}

export function openHandover(): Handover {
  return {
    upload: async (name, files, rootFolder, days = RETENTION_DAYS) => {
      const client = await openArtifacts()
      const options = { retentionDays: days, compressionLevel: COMPRESSION }
      let lastError: unknown
      for (const named of NAMES) {
        try {
          await client.uploadArtifact(named(name), [...files], rootFolder, options)
          return
        } catch (error) {
          lastError = error
          // It may exist nevertheless, from an earlier try or from this one, if its answer got lost.
          if (await isComplete(client, named(name))) return
          if (isRefused(error)) throw new StorageRefused(error.message, { cause: error })
          if (!isTaken(error)) throw error
        }
      }
      throw lastError
    },
    remove: async (name) => void (await (await openArtifacts()).deleteArtifact(name)),
    print: (line) => void process.stdout.write(`${line}\n`),
  }
}

/** A full storage, or a job that may not write artifacts: the same for each name, each size, and for hours. */
const isRefused = (error: unknown): error is Error =>
  error instanceof Error && (error.name === 'UsageError' || /storage quota|\(40[13]\)/i.test(error.message))

/** A try that died after it had created the artifact: its name can be neither written to nor listed. */
const isTaken = (error: unknown): boolean => error instanceof Error && /\(409\)|already exists/i.test(error.message)

const isComplete = (client: DefaultArtifactClient, name: string): Promise<boolean> =>
  client.getArtifact(name).then(
    () => true,
    () => false,
  )
