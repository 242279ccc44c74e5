import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { workflowDifferences } from '../../src/cli/doctor/workflow.ts'
import { testHub } from '../hub/support/hub.ts'
import { createCheckout, git, remoteGit, removeFolder } from '../hub/support/repository.ts'
import { tempDir } from '../support/git.ts'
import { typed } from './terminal.ts'

const EXAMPLE = readFileSync(join(import.meta.dirname, '..', '..', 'examples', 'tributary.yml'), 'utf8')
const PATH = '.github/workflows/tributary.yml'

/** A hub on these files, and what doctor says in a clone of them, with the token of somebody. */
async function visit(
  files: Record<string, string>,
  options: { who?: 'admin' | 'writer'; allowActionsToCreatePulls?: boolean; secrets?: Record<string, string> } = {},
) {
  const checkout = createCheckout({ 'README.md': '# Demo\n', ...files })
  const { who = 'admin', allowActionsToCreatePulls = true, secrets = { ANTHROPIC_API_KEY: 'k' } } = options
  const hub = await testHub({ repo: checkout, settings: { allowActionsToCreatePulls }, secrets })
  await remoteGit(checkout, 'remote', 'add', 'origin', hub.git)
  const said = await typed(checkout, ['doctor'], { GITHUB_TOKEN: hub.tokens[who], GITHUB_API_URL: hub.api })
  removeFolder(checkout)
  return { ...said, missing: said.out.split('\n').filter((line) => line.startsWith('MISSING')) }
}

describe('tributary doctor', () => {
  it('finds nothing missing where everything is there', async () => {
    const { code, out, missing } = await visit({ [PATH]: EXAMPLE, '.github/tributary.yml': 'merge: review\n' })
    expect(missing).toEqual([])
    expect(out).not.toContain('unknown')
    expect(out).toContain('ok       Actions may create pull requests')
    expect(code).toBe(0)
  })

  it('sees the box that is not ticked, and says where it is', async () => {
    const { code, out, missing } = await visit({ [PATH]: EXAMPLE }, { allowActionsToCreatePulls: false })
    expect(missing).toEqual(['MISSING  Actions may not create pull requests: runs go on without them, on the issue'])
    expect(out).toContain('-> tick Settings > Actions > General')
    expect(code).toBe(1)
  })

  it('sees that there is no key for a model, and what works without one', async () => {
    const { code, out, missing } = await visit({ [PATH]: EXAMPLE }, { secrets: {} })
    expect(missing).toEqual([
      'MISSING  there is no secret ANTHROPIC_API_KEY: only plans by hand, with a program for each task, will work',
    ])
    expect(out).toContain('-> Settings > Secrets and variables > Actions')
    expect(code).toBe(1)
  })

  it('asks for no key where the workflow exchanges its identity for a token', async () => {
    const federated = EXAMPLE.replaceAll('ANTHROPIC_API_KEY:', 'ANTHROPIC_FEDERATION_RULE_ID:')
    const { out } = await visit({ [PATH]: federated }, { secrets: {} })
    expect(out).toContain("ok       the workflow exchanges the job's identity for a token")
  })

  it('sees that the workflow is missing, here and on the default branch', async () => {
    const { code, missing } = await visit({})
    expect(missing).toEqual([`MISSING  no ${PATH} in this folder`, `MISSING  no ${PATH} on main`])
    expect(code).toBe(1)
  })

  it('names the line of settings that cannot be used', async () => {
    const { code, out } = await visit({ [PATH]: EXAMPLE, '.github/tributary.yml': 'merge: auto\nslotz: {}\n' })
    expect(out).toMatch(/line 2/i)
    expect(out).toContain('slotz')
    expect(code).toBe(1)
  })

  it('tells what it may not see from what is missing', async () => {
    const { code, out, missing } = await visit({ [PATH]: EXAMPLE }, { who: 'writer' })
    expect(missing).toEqual([])
    expect(out).toMatch(/unknown +whether Actions may create pull requests/)
    expect(code).toBe(0)
  })

  it('looks at the files alone without a remote or a token', async () => {
    const checkout = createCheckout({ [PATH]: EXAMPLE })
    expect((await typed(checkout, ['doctor'])).out).toContain('there is no remote `origin`')
    git(checkout, 'remote', 'add', 'origin', 'https://github.com/octo/demo.git')
    const { code, out } = await typed(checkout, ['doctor'])
    expect(out).toContain('there is no token')
    expect(code).toBe(0)
    removeFolder(checkout)
  })

  it('refuses a folder that is in no repository', async () => {
    expect((await typed(tempDir(), ['doctor'])).code).toBe(2)
  })
})

describe("a person's own workflow file", () => {
  it('may have other runners, limits, names and steps of its own', () => {
    const own = EXAMPLE.replaceAll('runs-on: ubuntu-latest', 'runs-on: [self-hosted, linux]')
      .replaceAll('timeout-minutes: 355', 'timeout-minutes: 100')
      .replace('name: slot ', 'name: worker ')
      .replaceAll('tributary/tributary@v1', 'octo/tributary@main')
      .replace('      # Your own set-up goes here', '      - run: npm ci\n      # Your own set-up goes here')
    expect(workflowDifferences(own)).toEqual([])
  })

  it.each([
    ['permissions: { contents: read }', 'permissions: { contents: write }', 'jobs.work.permissions differs'],
    ['permissions: {}', 'permissions: write-all', 'permissions differs'],
    [
      'persist-credentials: false',
      'persist-credentials: true',
      'jobs.work: the step `uses: actions/checkout@v5` differs',
    ],
    ['queue: max', 'cancel-in-progress: false', 'jobs.command.concurrency differs'],
    ['role: recover,', 'role: command,', 'jobs.recover: the step `uses: tributary/tributary@v1` differs'],
    ['  recover: #', '  rescue: #', 'jobs.recover is not there'],
    ['issue_comment: { types: [created] }', 'issue_comment: { types: [created, edited] }', 'on differs'],
  ])('may not say %j as %j', (shipped, own, difference) => {
    expect(EXAMPLE).toContain(shipped)
    expect(workflowDifferences(EXAMPLE.replace(shipped, own))).toContain(difference)
  })

  it('is told from what is no workflow', () => {
    expect(workflowDifferences('just words')).toEqual(['it is no workflow file'])
  })
})
