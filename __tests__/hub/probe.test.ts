import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { HubOptions } from '../../src/hub/hub.ts'
import { type TestHub, testHub, WORKFLOW } from './support/hub.ts'
import { commitFiles, createCheckout, remoteGit, removeFolder } from './support/repository.ts'

const SCRIPT = join(import.meta.dirname, '..', '..', 'scripts', 'probe.mjs')

interface Probed {
  code: number
  answers: Record<string, string>
  evidence: Record<string, string>
  printed: string
}

async function probe(hub: TestHub, given: Record<string, string> = {}, token?: string): Promise<Probed> {
  const job = hub.job({ contents: 'write', checks: 'write' })
  const env = {
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    GITHUB_TOKEN: token ?? job.token,
    GITHUB_REPOSITORY: 'octo/demo',
    GITHUB_API_URL: hub.api,
    GITHUB_GRAPHQL_URL: hub.graphql,
    GITHUB_SERVER_URL: hub.url,
    GITHUB_RUN_ID: '77',
    ...given,
  }
  const ran = await new Promise<{ code: number; printed: string }>((resolve) => {
    execFile(process.execPath, [SCRIPT, 'repository'], { cwd: hub.checkout, env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, printed: stdout + stderr }),
    )
  })
  const rows = ran.printed
    .split('\n')
    .slice(2)
    .filter((line) => line.startsWith('| '))
  const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()))
  return {
    ...ran,
    answers: Object.fromEntries(cells.map(([, question = '', answer = '']) => [question, answer])),
    evidence: Object.fromEntries(cells.map(([, question = '', , evidence = '']) => [question, evidence])),
  }
}

/** A repository whose workflow was changed since its first commit. */
async function hubWithHistory(settings: HubOptions['settings'] = {}): Promise<TestHub> {
  const repo = createCheckout({ 'README.md': '# Demo\n', '.github/workflows/tributary.yml': WORKFLOW })
  commitFiles(repo, { '.github/workflows/tributary.yml': `${WORKFLOW}# changed\n` })
  onTestFinished(() => removeFolder(repo))
  return testHub({ repo, settings })
}

const refs = (hub: TestHub) => remoteGit(hub.checkout, 'ls-remote', hub.git, 'refs/heads/*', 'refs/tributary/*')

describe('the probe of a repository', () => {
  it('answers every question in the words of the one that was asked, and leaves no ref behind', async () => {
    const hub = await hubWithHistory()
    const before = await refs(hub)
    const { code, answers, evidence, printed } = await probe(hub, { PROBE_REFUSED_BRANCH: 'forbidden' })
    expect(answers).toEqual({
      'Does a new branch go through?': 'yes',
      'Does a ref outside branches and tags go through?': 'yes',
      'Do a branch and such a ref go through in one atomic push?': 'yes',
      'May this token make a check run by GraphQL?': 'yes',
      'May a new workflow file be pushed to a branch?': 'no',
      'May it be pushed to a ref outside branches and tags?': 'no',
      'May a branch be pushed from before a workflow file was changed on the default branch?': 'yes',
      'And a ref outside branches and tags?': 'yes',
      'What does a ruleset say that refuses a branch?': 'nothing: the push went through, and was taken back',
      'Does the API tell so beforehand?': 'no',
      'Is everything gone that was pushed?': 'yes',
    })
    expect(evidence['May a new workflow file be pushed to a branch?']).toContain('refusing to allow a GitHub App')
    expect(evidence['Does the API tell so beforehand?']).toContain('200 []')
    expect(evidence['May this token make a check run by GraphQL?']).toContain('checkRun')
    expect(code).toBe(0)
    expect(await refs(hub)).toBe(before)
    expect(printed).not.toMatch(/gh[ps]_/)
  })

  it('says what is missing for a question that cannot be asked', async () => {
    const hub = await testHub()
    const { answers, evidence } = await probe(hub)
    const old = 'May a branch be pushed from before a workflow file was changed on the default branch?'
    expect(answers[old]).toBe('could not be asked')
    expect(evidence[old]).toContain('change one on the default branch')
    expect(answers['What does a ruleset say that refuses a branch?']).toBe('could not be asked')
  })

  it('leaves a branch alone that was there before', async () => {
    const hub = await testHub()
    const before = await refs(hub)
    const { answers } = await probe(hub, { PROBE_REFUSED_BRANCH: 'main' })
    expect(answers['What does a ruleset say that refuses a branch?']).toBe('could not be asked')
    expect(await refs(hub)).toBe(before)
  })

  it('goes on where custom refs are refused, and tells the refusal of the push of both from that of one', async () => {
    const hub = await hubWithHistory({ refuseCustomRefs: true })
    const { answers, evidence } = await probe(hub)
    expect(answers).toMatchObject({
      'Does a new branch go through?': 'yes',
      'Does a ref outside branches and tags go through?': 'no',
      'Do a branch and such a ref go through in one atomic push?': 'no',
      'Is everything gone that was pushed?': 'yes',
    })
    expect(evidence['Does a ref outside branches and tags go through?']).toContain('deny updating a hidden ref')
  })

  it('asks nothing further with a token that may not push, and says why', async () => {
    const hub = await testHub()
    const { answers, evidence } = await probe(hub, {}, hub.job({ contents: 'read' }).token)
    expect(Object.keys(answers)).toEqual(['Does a new branch go through?', 'Is everything gone that was pushed?'])
    expect(evidence['Does a new branch go through?']).toContain('403')
  })

  it('says what it needs', async () => {
    const hub = await testHub()
    expect(await probe(hub, { GITHUB_REPOSITORY: '' })).toMatchObject({
      code: 2,
      printed: 'Set GITHUB_TOKEN and GITHUB_REPOSITORY (OWNER/NAME).\n',
    })
  })
})
