import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { checkAddress } from '../../src/cli/doctor/address.ts'
import { workflowDifferences } from '../../src/cli/doctor/workflow.ts'
import { PLACEHOLDER, workflowFor } from '../../src/cli/example-files.ts'
import type { HubOptions } from '../../src/hub/hub.ts'
import { testHub } from '../hub/support/hub.ts'
import { createCheckout, git, remoteGit, removeFolder } from '../hub/support/repository.ts'
import { tempDir } from '../support/git.ts'
import { typed } from './terminal.ts'

/** The action is in the repository itself: the hub serves no other. */
const EXAMPLE = workflowFor('octo/demo@main')
const ACTION = { 'action.yml': 'name: Tributary\n' }
const PATH = '.github/workflows/tributary.yml'

/** A hub on these files, and what doctor says in a clone of them, with the token of somebody. */
async function visit(
  files: Record<string, string>,
  options: {
    who?: 'admin' | 'writer'
    secrets?: Record<string, string>
    words?: string[]
    settings?: HubOptions['settings']
  } = {},
) {
  const checkout = createCheckout({ 'README.md': '# Demo\n', ...ACTION, ...files })
  const { who = 'admin', settings = {}, secrets = { ANTHROPIC_API_KEY: 'k' }, words = [] } = options
  const hub = await testHub({ repo: checkout, settings, secrets })
  await remoteGit(checkout, 'remote', 'add', 'origin', hub.git)
  const said = await typed(checkout, ['doctor', ...words], { GITHUB_TOKEN: hub.tokens[who], GITHUB_API_URL: hub.api })
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
    const { code, out } = await visit({ [PATH]: EXAMPLE }, { settings: { allowActionsToCreatePulls: false } })
    expect(out).toContain('warning  Actions may not create pull requests: runs work without them, on the issue')
    expect(out).toContain('-> tick Settings > Actions > General')
    expect(out).toMatch(
      /gh api --hostname \S+ -X PUT repos\/octo\/demo\/actions\/permissions\/workflow -F can_approve_pull_request_reviews=true/,
    )
    expect(code).toBe(0)
  })

  it('sees that there is no key for a model, and what works without one', async () => {
    const { code, out, missing } = await visit({ [PATH]: EXAMPLE }, { secrets: {} })
    expect(missing).toEqual([
      'MISSING  the secret ANTHROPIC_API_KEY is missing: only plans by hand with a program for each task will work',
    ])
    expect(out).toMatch(/-> gh secret set ANTHROPIC_API_KEY --repo 127\.0\.0\.1:\d+\/octo\/demo/)
    expect(code).toBe(1)
  })

  it('asks for no key where the workflow exchanges its identity for a token', async () => {
    const federated = EXAMPLE.replaceAll('ANTHROPIC_API_KEY:', 'ANTHROPIC_FEDERATION_RULE_ID:')
    const { out } = await visit({ [PATH]: federated }, { secrets: {} })
    expect(out).toContain("ok       the workflow uses the job's identity in place of a key")
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

  it('looks at the files alone without a token', async () => {
    const checkout = createCheckout({ [PATH]: EXAMPLE })
    git(checkout, 'remote', 'add', 'origin', 'https://github.com/octo/demo.git')
    const { code, out } = await typed(checkout, ['doctor'])
    expect(out).toContain('there is no token')
    expect(code).toBe(0)
    removeFolder(checkout)
  })

  it.each([
    [PLACEHOLDER, 'the workflow in this folder does not name the action yet'],
    ['octo@v1', "'octo@v1' in the workflow in this folder is not the address of an action"],
  ])('sees without a token that %s is not an address', async (uses, what) => {
    const checkout = createCheckout({ [PATH]: workflowFor(uses) })
    git(checkout, 'remote', 'add', 'origin', 'https://octo.ghe.com/octo/demo.git')
    const { code, out } = await typed(checkout, ['doctor'])
    expect(out).toContain(`MISSING  ${what}`)
    expect(out).toContain('$(gh auth token --hostname octo.ghe.com)')
    expect(code).toBe(1)
    removeFolder(checkout)
  })

  it('warns of each setting that works against the person, in words and for programs', async () => {
    const checkout = createCheckout({ [PATH]: EXAMPLE, '.github/tributary.yml': 'sandbox: off\n' })
    git(checkout, 'remote', 'add', 'origin', 'https://github.com/octo/demo.git')
    expect((await typed(checkout, ['doctor'])).out).toMatch(
      /^warning {2}\.github\/tributary\.yml in this folder: .*sandbox/m,
    )
    const { findings } = JSON.parse((await typed(checkout, ['doctor', '--json'])).out)
    expect(findings).toContainEqual(
      expect.objectContaining({ state: 'warning', what: expect.stringContaining('sandbox') }),
    )
    removeFolder(checkout)
  })

  it('names the variable whose address cannot be used, and takes an empty one for none', async () => {
    const checkout = createCheckout({ [PATH]: EXAMPLE })
    git(checkout, 'remote', 'add', 'origin', 'https://github.com/octo/demo.git')
    const { code, error } = await typed(checkout, ['doctor'], { GITHUB_API_URL: 'foo' })
    expect(error).toMatch(/^tributary doctor: the variable GITHUB_API_URL holds 'foo', which is not an address/)
    expect(code).toBe(2)
    expect((await typed(checkout, ['doctor'], { GITHUB_API_URL: '' })).code).toBe(0)
    removeFolder(checkout)
  })

  it('uses GH_TOKEN if GITHUB_TOKEN is empty', async () => {
    const checkout = createCheckout({ [PATH]: EXAMPLE })
    await remoteGit(checkout, 'remote', 'add', 'origin', 'http://127.0.0.1:1/octo/demo.git')
    const env = { GITHUB_TOKEN: '', GH_TOKEN: 't', GITHUB_API_URL: 'http://127.0.0.1:1' }
    expect((await typed(checkout, ['doctor'], env)).out).toContain('127.0.0.1:1 cannot be reached')
    removeFolder(checkout)
  })

  it.each([
    [404, 'missing'],
    [429, 'unknown'],
    [500, 'unknown'],
  ])('takes the answer %i about the action for %s', async (status, state) => {
    const server = createServer((_, response) => response.writeHead(status).end('{}'))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    const api = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
    const remote = { host: 'github.com', owner: 'octo', repo: 'demo' }
    const findings = await checkAddress({ api, token: 't', remote }, 'octo/agents@v1')
    expect(findings.map((finding) => finding.state)).toEqual([state])
    await new Promise((done) => server.close(done))
  })

  it('names an action that is not there, and what of it is missing', async () => {
    const nowhere = await visit({ [PATH]: workflowFor('octo/nowhere@v1') })
    expect(nowhere.missing).toEqual(["MISSING  the action's repository octo/nowhere does not exist (404)"])
    const noRef = await visit({ [PATH]: workflowFor('octo/demo@v9') })
    expect(noRef.missing).toEqual(['MISSING  octo/demo has no action.yml at v9 (404)'])
    const noFile = await visit({ [PATH]: workflowFor('octo/demo/deep@main') })
    expect(noFile.missing).toEqual(['MISSING  octo/demo has no deep/action.yml at main (404)'])
    const none = await visit({ [PATH]: workflowFor(PLACEHOLDER) })
    expect(none.missing).toEqual(
      ['in this folder', 'on main'].map((where) => `MISSING  the workflow ${where} does not name the action yet`),
    )
    expect([nowhere.code, noRef.code, noFile.code, none.code]).toEqual([1, 1, 1, 1])
  })

  it('names each rule that would refuse the branches of a run, and what it would do', async () => {
    const { code, out, missing } = await visit(
      { [PATH]: EXAMPLE },
      { settings: { branchRules: ['creation', 'required_signatures', 'deletion'] } },
    )
    expect(missing).toEqual([
      "MISSING  the rule 'creation' covers tributary/1/trunk: they cannot be created",
      "MISSING  the rule 'required_signatures' covers tributary/1/trunk: commits must be signed, and a job has no key to sign with",
    ])
    expect(out).toContain("warning  the rule 'deletion' covers tributary/1/trunk")
    expect(out).toContain('-> Settings > Rules > Rulesets of octo/demo: exclude tributary/**')
    expect(code).toBe(1)
  })

  it('sees which actions a policy forbids, and that all must be named by commit', async () => {
    const own = await visit({ [PATH]: EXAMPLE }, { settings: { allowedActions: 'local_only' } })
    expect(own.missing).toHaveLength(1)
    expect(own.missing[0]).toMatch(
      /^MISSING {2}the action actions\/checkout@\w+ is not allowed here: only actions of octo are$/,
    )
    const selected: HubOptions['settings'] = { allowedActions: 'selected', allowedPatterns: ['acme/*'] }
    const other = await visit({ [PATH]: workflowFor('acme/agents@v1') }, { settings: selected })
    expect(other.missing).toEqual(["MISSING  the action's repository acme/agents does not exist (404)"])
    const refused = await visit({ [PATH]: workflowFor('rival/agents@v1') }, { settings: selected })
    expect(refused.missing).toContain(
      'MISSING  the action rival/agents@v1 is not allowed here: only selected actions are',
    )
    const pinned = await visit({ [PATH]: EXAMPLE }, { settings: { shaPinningRequired: true } })
    expect(pinned.missing).toEqual([
      'MISSING  this repository requires actions pinned to a commit, and octo/demo@main is not',
    ])
  })

  it('warns of tokens that can write by themselves, which keeps no run from working', async () => {
    const { code, out } = await visit({ [PATH]: EXAMPLE }, { settings: { defaultWorkflowPermissions: 'write' } })
    expect(out).toContain('warning  workflow tokens can write by default')
    expect(code).toBe(0)
  })

  it('tells programs what it found', async () => {
    const { code, out } = await visit(
      { [PATH]: EXAMPLE },
      { words: ['--json'], settings: { branchRules: ['creation'] } },
    )
    const { repository, findings } = JSON.parse(out)
    expect(repository).toMatch(/^127\.0\.0\.1:\d+\/octo\/demo$/)
    expect(findings).toContainEqual({ state: 'well', what: 'issues are on' })
    expect(findings.filter(({ state }: { state: string }) => state === 'missing')).toHaveLength(1)
    expect(code).toBe(1)
  })

  it('says which host it could not reach, and ends with 1', async () => {
    const checkout = createCheckout({ [PATH]: EXAMPLE })
    await remoteGit(checkout, 'remote', 'add', 'origin', 'http://127.0.0.1:1/octo/demo.git')
    const env = { GITHUB_TOKEN: 't', GITHUB_API_URL: 'http://127.0.0.1:1/api/v3' }
    const { code, out } = await typed(checkout, ['doctor'], env)
    expect(out).toMatch(/MISSING {2}127\.0\.0\.1:1 cannot be reached: .+/)
    expect(code).toBe(1)
    removeFolder(checkout)
  })

  it('does not take an error of GitHub for a repository without a workflow', async () => {
    const server = createServer(({ url = '' }, response) => {
      const repository = { default_branch: 'main', has_issues: true }
      if (url.includes('/contents/')) response.writeHead(500).end('{}')
      else response.end(JSON.stringify(repository))
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const checkout = createCheckout({ [PATH]: EXAMPLE })
    await remoteGit(checkout, 'remote', 'add', 'origin', `http://127.0.0.1:${port}/octo/demo.git`)
    const env = { GITHUB_TOKEN: 't', GITHUB_API_URL: `http://127.0.0.1:${port}/api/v3` }
    const { code, out } = await typed(checkout, ['doctor'], env)
    expect(out).toContain(`MISSING  127.0.0.1:${port} did not return .github/workflows/tributary.yml (500)`)
    expect(out).not.toContain('no workflow')
    expect(code).toBe(1)
    removeFolder(checkout)
    await new Promise((done) => server.close(done))
  })

  it.each([
    ['https://gitlab.com/octo/demo.git', 'a repository on GitLab (gitlab.com)'],
    ['https://ghe.example.com/octo/demo.git', 'GitHub Enterprise Server cannot run Tributary'],
    ['/srv/git/demo.git', 'a folder (/srv/git/demo.git)'],
  ])('refuses the origin %s with its reason', async (origin, reason) => {
    const checkout = createCheckout({ [PATH]: EXAMPLE })
    git(checkout, 'remote', 'add', 'origin', origin)
    const { code, error } = await typed(checkout, ['doctor'])
    expect(error).toContain(reason)
    expect(code).toBe(2)
    removeFolder(checkout)
  })

  it('refuses an enterprise server that answers as one', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'x-github-enterprise-version': '3.20.0' }).end('{}')
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    const host = typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : ''
    const checkout = createCheckout({ [PATH]: EXAMPLE })
    await remoteGit(checkout, 'remote', 'add', 'origin', `http://${host}/octo/demo.git`)
    const { code, error } = await typed(checkout, ['doctor'], {
      GITHUB_TOKEN: 't',
      GITHUB_API_URL: `http://${host}/api/v3`,
    })
    expect(error).toContain('@actions/artifact does not support it')
    expect(code).toBe(2)
    await new Promise((done) => server.close(done))
    removeFolder(checkout)
  })

  it.each([
    ['a folder in no repository', [], 'this folder is not in a git repository'],
    ['a bare repository', ['init', '--quiet', '--bare'], 'this repository is bare'],
    ['a repository without a remote', ['init', '--quiet'], 'this repository has no remote'],
  ])('refuses %s, with what to do', async (_, words, reason) => {
    const folder = tempDir()
    if (words.length > 0) git(folder, ...words)
    const { code, error } = await typed(folder, ['doctor'])
    expect(error).toContain(reason)
    expect(error).not.toContain('--help')
    expect(code).toBe(2)
  })
})

describe("a person's own workflow file", () => {
  it('may have other runners, limits, names and steps of its own', () => {
    const own = workflowFor('acme/agents@main')
      .replaceAll('runs-on: ubuntu-latest', 'runs-on: [self-hosted, linux]')
      .replaceAll('timeout-minutes: 355', 'timeout-minutes: 100')
      .replace('name: slot ', 'name: worker ')
      .replace('      # Your own set-up goes here', '      - run: npm ci\n      # Your own set-up goes here')
    expect(workflowDifferences(own)).toEqual([])
  })

  it.each([
    ['permissions: { contents: read }', 'permissions: { contents: write }', 'jobs.work.permissions differs'],
    ['permissions: {}', 'permissions: write-all', 'permissions differs'],
    ['persist-credentials: false', 'persist-credentials: true', 'jobs.work: the step `uses: actions/checkout` differs'],
    ['queue: max', 'cancel-in-progress: false', 'jobs.command.concurrency differs'],
    ['role: recover,', 'role: command,', 'jobs.recover: the step that runs Tributary differs'],
    ['  recover: #', '  rescue: #', 'jobs.recover is missing'],
    ['issue_comment: { types: [created] }', 'issue_comment: { types: [created, edited] }', 'on differs'],
  ])('may not say %j as %j', (shipped, own, difference) => {
    expect(EXAMPLE).toContain(shipped)
    expect(workflowDifferences(EXAMPLE.replace(shipped, own))).toContain(difference)
  })

  it('is told from what is no workflow', () => {
    expect(workflowDifferences('just words')).toEqual(['it is not a workflow file'])
  })
})
