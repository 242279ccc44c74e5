import { lstat, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The files of a git folder from which git takes what to run, or where to look for objects. */
const FILES = ['config', 'config.worktree', 'commondir', 'info/attributes', 'info/exclude', 'objects/info/alternates']

/** Null: the file is not there. */
type Configuration = ReadonlyMap<string, Buffer | null>

/** What the git folder said before any command of a task ran. */
export async function readConfiguration(gitDir: string): Promise<Configuration> {
  const contents = FILES.map(async (file) => [file, await contentOf(join(gitDir, file))] as const)
  return new Map(await Promise.all(contents))
}

/**
 * The sandbox makes the git folder read-only. Where somebody has switched the sandbox off, this keeps a task from naming,
 * in the configuration, a program that git would run for us later.
 */
export async function restoreConfiguration(gitDir: string, before: Configuration): Promise<void> {
  for (const [file, content] of before) {
    const path = join(gitDir, file)
    const now = await contentOf(path)
    if (now === null ? content === null : content?.equals(now)) continue
    await rm(path, { recursive: true, force: true })
    if (content !== null) await writeFile(path, content)
  }
}

/** A link is never followed: what it leads to can change at any time. */
async function contentOf(path: string): Promise<Buffer | null> {
  const found = await lstat(path).catch(() => null)
  if (found === null) return null
  return found.isFile() ? readFile(path) : Buffer.from('\0')
}
