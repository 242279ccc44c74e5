import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

export const temporary = (name: string): string => mkdtempSync(join(tmpdir(), `${name}-`))
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })

const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
}

/** git in a folder; throws what git says. A remote that this very process serves would wait for ever: see remoteGit. */
export function git(folder: string, ...args: string[]): string {
  if (args.some((arg) => arg.startsWith('http://'))) throw new Error(`git ${args[0]} blocks its own hub: use remoteGit`)
  return execFileSync('git', args, {
    cwd: folder,
    env: ENVIRONMENT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}

/** git with a remote that this very process serves: waiting must not stop it. */
export async function remoteGit(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, { cwd: folder, env: ENVIRONMENT, encoding: 'utf8' })
  return stdout.trim()
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

export function commitFiles(folder: string, files: Readonly<Record<string, string>>, message = 'Change'): string {
  writeFiles(folder, files)
  git(folder, 'add', '-A')
  git(folder, 'commit', '-q', '-m', message)
  return git(folder, 'rev-parse', 'HEAD')
}

export function createCheckout(files: Readonly<Record<string, string>>): string {
  const folder = temporary('hub-repo')
  git(folder, 'init', '-q', '-b', 'main')
  commitFiles(folder, files, 'First')
  return folder
}
