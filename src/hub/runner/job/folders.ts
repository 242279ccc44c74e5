import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { HubHost } from '../../host.ts'
import type { Json } from '../workflow/json.ts'

/** Where a job lives on disk, laid out as on GitHub's runner. */
export interface Folders {
  readonly root: string
  readonly work: string
  readonly workspace: string
  readonly temp: string
  readonly tmp: string
  readonly home: string
  readonly tools: string
  readonly event: string
}

const rootOf = (host: Pick<HubHost, 'dataDir'>, jobId: number): string => join(host.dataDir, 'jobs', String(jobId))

export function createFolders(host: HubHost, jobId: number, event: Json): Folders {
  const root = rootOf(host, jobId)
  const work = join(root, '_work')
  const folders = {
    root,
    work,
    workspace: join(work, host.repo, host.repo),
    temp: join(work, '_temp'),
    tmp: join(root, 'tmp'),
    home: join(host.dataDir, 'home'),
    tools: join(host.dataDir, 'tools'),
    event: join(work, '_temp', '_github_workflow', 'event.json'),
  }
  const created = [folders.workspace, folders.tmp, folders.home, folders.tools, join(folders.temp, '_github_workflow')]
  for (const folder of created) mkdirSync(folder, { recursive: true })
  writeFileSync(folders.event, JSON.stringify(event, null, 2))
  return folders
}

/** Removes everything but the log: a job starts on a clean machine. A command may have closed folders, also to their owner. */
export async function removeFolders(host: Pick<HubHost, 'dataDir'>, jobId: number): Promise<void> {
  const root = rootOf(host, jobId)
  await remove(root).catch(async () => {
    await promisify(execFile)('/bin/chmod', ['-R', 'u+rwX', '--', root]).catch(() => {})
    await remove(root)
  })
}

const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 3 })

/** Identifies the job of a process, also after a restart of the hub on the same folder. */
export const trackingId = (host: HubHost, jobId: number): string =>
  `hub_${createHash('sha256').update(host.dataDir).digest('hex').slice(0, 12)}_${jobId}`
