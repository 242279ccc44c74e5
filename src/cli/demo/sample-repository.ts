import { execFile } from 'node:child_process'
import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { devNull } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Settings } from '../../core/settings.ts'
import { LOCAL_ACTION, WORKFLOW_PATH, workflowFor } from '../example-files.ts'
import { DemoFailure } from './failure.ts'

const execute = promisify(execFile)

const AUTHOR = ['-c', 'user.name=Corner Shop', '-c', 'user.email=shop@example.com']

export interface Issue {
  title: string
  body: string
}

/** Creates the shop as a git repository, with the workflow file that users paste. Returns the issue to open. */
export async function createSampleRepository(
  home: string,
  folder: string,
  sandbox: Settings['sandbox'],
): Promise<Issue> {
  const template = join(home, 'examples', 'demo')
  await cp(template, folder, { recursive: true })
  await mkdir(dirname(join(folder, WORKFLOW_PATH)), { recursive: true })
  await writeFile(join(folder, WORKFLOW_PATH), workflowFor(LOCAL_ACTION))
  // Running without a sandbox must be set by name in the settings, here as everywhere.
  if (sandbox === 'off') await appendFile(join(folder, '.github', 'tributary.yml'), 'sandbox: off\n')
  await git(folder, 'init', '--quiet', '--initial-branch=main')
  await git(folder, 'add', '--all')
  await git(folder, ...AUTHOR, 'commit', '--quiet', '--message', 'A corner shop')
  return parseIssue(await readFile(join(template, 'issue.md'), 'utf8'))
}

export function parseIssue(text: string): Issue {
  const [, title, body] = /^# (.+)\n\n([\s\S]+)$/.exec(text) ?? []
  if (title === undefined || body === undefined) throw new DemoFailure('issue.md has no title')
  return { title, body }
}

export const clone = (url: string, folder: string): Promise<string> =>
  git(dirname(folder), 'clone', '--quiet', '--depth=1', url, folder)

/** Runs the repository's own tests and returns how many passed. Throws if one fails. */
export async function runTests(folder: string): Promise<number> {
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env
  const words = ['--test', '--test-reporter=tap']
  const { stdout } = await execute(process.execPath, words, { cwd: folder, env, encoding: 'utf8' }).catch(
    (error: unknown) => {
      throw new DemoFailure(`the tests of ${folder} fail: \`node --test\` there shows which`, { cause: error })
    },
  )
  const count = (what: string) => new RegExp(`^# ${what} (\\d+)$`, 'm').exec(stdout)?.[1] ?? '0'
  if (count('pass') === '0' || count('fail') !== '0')
    throw new DemoFailure(`the tests of ${folder} fail: \`node --test\` there shows which`)
  return Number(count('pass'))
}

async function git(folder: string, ...words: string[]): Promise<string> {
  // A person's own configuration may ask for signatures, or for hooks.
  const env = { ...process.env, GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1' }
  const ran = await execute('git', words, { cwd: folder, env, encoding: 'utf8' }).catch((error: Error) => {
    const isMissing = 'code' in error && error.code === 'ENOENT'
    throw new DemoFailure(isMissing ? 'git is not installed' : error.message.trim(), { cause: error })
  })
  return ran.stdout.trim()
}
