import { execFile } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { tempDir } from '../support/git.ts'
import { testHub } from './support/hub.ts'
import { commitFiles, createCheckout, git, remoteGit, removeFolder, writeFiles } from './support/repository.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const workflow = z.looseObject({
  jobs: z.record(
    z.string(),
    z.looseObject({ steps: z.array(z.looseObject({ run: z.string().optional() })).default([]) }),
  ),
})

/** The shell lines of a job, as they stand in the file. */
function linesOf(name: string, job: string): string[] {
  const { jobs } = workflow.parse(parse(readFileSync(join(ROOT, '.github', 'workflows', name), 'utf8')))
  return (jobs[job]?.steps ?? []).flatMap(({ run }) => (run === undefined ? [] : [run]))
}

/** As a runner starts a step: `bash -e`, in a folder, with an environment. Its words, or null where it ended with 0. */
const failureOf = (script: string, cwd: string, env: Record<string, string>): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(
      'bash',
      ['-e', '-c', script],
      { cwd, env: { PATH: process.env.PATH, HOME: cwd, ...env } },
      (error, out, err) => resolve(error === null ? null : `exit code ${error.code}: ${out}${err}`),
    )
  })

describe('the job that commits a rebuilt dist/', () => {
  const BRANCH = 'dependabot/npm_and_yarn/bundled-1'
  const [take = '', push = ''] = linesOf('dist.yml', 'commit')

  /** A branch of Dependabot, checked out, and what another job built of it. */
  async function stage(built: Readonly<Record<string, string>>) {
    const repo = createCheckout({ 'package.json': '{}\n', 'dist/cli.js': 'old\n', 'dist/gone.js': 'old\n' })
    onTestFinished(() => removeFolder(repo))
    git(repo, 'checkout', '-q', '-b', BRANCH)
    commitFiles(repo, { 'package.json': '{ "version": "2" }\n' })
    const hub = await testHub({ repo })
    const runnerTemp = tempDir()
    writeFiles(join(runnerTemp, 'dist'), built)
    const env = {
      RUNNER_TEMP: runnerTemp,
      TOKEN: hub.job({ contents: 'write' }).token,
      GITHUB_SERVER_URL: hub.url,
      GITHUB_REPOSITORY: 'octo/demo',
      GITHUB_REF_NAME: BRANCH,
    }
    return { hub, repo, runnerTemp, env }
  }

  const tipOf = async (hub: Awaited<ReturnType<typeof testHub>>) =>
    (await remoteGit(hub.checkout, 'ls-remote', hub.git, `refs/heads/${BRANCH}`)).split('\t')[0]

  it('pushes one commit that changes dist/ alone, and lets Dependabot rebase over it', async () => {
    const { hub, repo, env } = await stage({ 'cli.js': 'new\n', 'index/chunk-1.js': 'new\n' })
    const before = git(repo, 'rev-parse', 'HEAD')
    expect(await failureOf(take, repo, env)).toBeNull()
    expect(await failureOf(push, repo, env)).toBeNull()
    expect(await tipOf(hub)).toBe(git(repo, 'rev-parse', 'HEAD'))
    expect(git(repo, 'rev-parse', 'HEAD^')).toBe(before)
    expect(git(repo, 'diff', '--name-status', 'HEAD^').split('\n')).toEqual([
      'M\tdist/cli.js',
      'D\tdist/gone.js',
      'A\tdist/index/chunk-1.js',
    ])
    expect(git(repo, 'log', '-1', '--format=%an: %B')).toMatch(
      /^github-actions\[bot\]: Build dist\n\n\[dependabot skip\]/,
    )
    expect(git(repo, 'ls-tree', 'HEAD', 'dist/cli.js')).toContain('100755')
    expect(hub.events).toEqual([])
  })

  it('takes nothing but plain files', async () => {
    const { repo, runnerTemp, env } = await stage({ 'cli.js': 'new\n' })
    symlinkSync('/etc/passwd', join(runnerTemp, 'dist', 'index.js'))
    expect(await failureOf(take, repo, env)).toContain('exit code 1')
    expect(git(repo, 'status', '--porcelain')).toBe('')
  })

  it('overwrites no commit that came to the branch meanwhile', async () => {
    const { hub, repo, env } = await stage({ 'cli.js': 'new\n' })
    const other = tempDir()
    await remoteGit(other, 'clone', '-q', '-b', BRANCH, hub.gitUrl(hub.tokens.writer), '.')
    const theirs = commitFiles(other, { 'package.json': '{ "version": "3" }\n' })
    await remoteGit(other, 'push', '-q', 'origin', BRANCH)
    expect(await failureOf(take, repo, env)).toBeNull()
    expect(await failureOf(push, repo, env)).toContain('rejected')
    expect(await tipOf(hub)).toBe(theirs)
  })
})

describe('the tag of the major version', () => {
  const move = linesOf('release.yml', 'publish').at(-1) ?? ''

  /** Moves it in a repository with these tags, and says what the API was told. `there`: whether the major tag is there. */
  async function moved(tag: string, tags: readonly string[], there = true): Promise<string[]> {
    const folder = tempDir()
    const gh = [
      '#!/bin/sh',
      `case "$*" in *matching-refs*) printf '%s\\n' ${tags.map((one) => `refs/tags/${one}`).join(' ')}; exit ;; esac`,
      `echo "$*" >> ${join(folder, 'told')}`,
      `case "$*" in *PATCH*) exit ${there ? 0 : 1} ;; esac`,
    ]
    writeFileSync(join(folder, 'gh'), `${gh.join('\n')}\n`, { mode: 0o755 })
    const env = {
      PATH: `${folder}${delimiter}${process.env.PATH}`,
      GITHUB_REF_NAME: tag,
      GITHUB_SHA: 'a'.repeat(40),
      GH_REPO: 'octo/demo',
    }
    expect(await failureOf(move, folder, env)).toBeNull()
    const told = join(folder, 'told')
    return existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : []
  }

  const patch = `api --silent --method PATCH repos/octo/demo/git/refs/tags/v1 --field sha=${'a'.repeat(40)} --field force=true`
  const post = `api --silent --method POST repos/octo/demo/git/refs --field ref=refs/tags/v1 --field sha=${'a'.repeat(40)}`

  it('follows the newest version, by numbers and not by letters', async () => {
    expect(await moved('v1.10.0', ['v1.9.0', 'v1.10.0', 'v1.2.3'])).toEqual([patch])
  })

  it('stays where it is when an older version is repaired', async () => {
    expect(await moved('v1.2.4', ['v1.3.0', 'v1.2.4'])).toEqual([])
  })

  it('is made with the first version', async () => {
    expect(await moved('v1.0.0', ['v1.0.0'], false)).toEqual([patch, post])
  })

  it('leaves tags alone that are no versions', async () => {
    expect(await moved('v1.0.0', ['v1.0.0', 'v1.1.0-rc.1', 'v1.x'])).toEqual([patch])
  })
})
