import { mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Mistake, type Terminal } from '../subcommand.ts'

/** The one folder that holds all files of a demo. */
export interface DemoFolder {
  folder: string
  /** Whether it is deleted after the demo. */
  isTemporary: boolean
}

/** A folder that the person names must be new or empty, and is kept. */
export async function openDemoFolder(named: string | undefined, keep: boolean, { cwd }: Terminal): Promise<DemoFolder> {
  if (named === undefined) {
    // Resolved: on macOS the folder for temporary files is a link, and git and the jobs know the real one.
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'tributary-demo-'))
    return { folder, isTemporary: !keep }
  }
  const folder = resolve(cwd, named)
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new Mistake(`--folder ${named} cannot be created: ${error.message}`)
  })
  if ((await readdir(folder)).length > 0) throw new Mistake(`${folder} is not empty; name a new or an empty folder`)
  return { folder, isTemporary: false }
}

/** Processes that still write there are ending, so deleting is retried. */
export const removeDemoFolder = ({ folder }: DemoFolder): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
