import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { LOCAL_ACTION, WORKFLOW_PATH, workflowFor } from '../../src/cli/example-files.ts'
import { usesTributary, workflowsToRun } from '../../src/hub/git/built-in-workflow.ts'
import { serveGit } from '../support/git-server.ts'
import { TestHub } from './runner/hub.ts'
import { testHub, WORKFLOW, where } from './support/hub.ts'
import { createCheckout } from './support/repository.ts'

const builtIn = { path: WORKFLOW_PATH, text: workflowFor(LOCAL_ACTION) }

/** It would run on the machine of the person who comments. */
const DEPLOY = `on: [issue_comment, push, workflow_dispatch]
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps: [{ run: echo deployed }]
`

const OWN = `on: issue_comment
jobs:
  command:
    runs-on: ubuntu-latest
    steps: [{ uses: octo/a-fork@v1, with: { role: command } }]
`

const MANIFEST = `
inputs: { role: {}, run: {}, slot: {}, settings: { default: '' } }
runs: { using: node24, main: index.mjs }
`
/** Stands in for the bundle: asks for a slot, and says what it was given. */
const ACTION = `
import { appendFileSync } from 'node:fs'
const { INPUT_ROLE: role, INPUT_SETTINGS: settings, AGENT_KEY: key, GITHUB_OUTPUT: output } = process.env
if (role === 'command') appendFileSync(output, 'run=1\\norchestrate=false\\nslots=[1]\\n')
console.log(['did', role, settings, String(key)].join(' '))
`

it('tells a workflow that uses Tributary, under any address, from others', () => {
  expect(usesTributary(builtIn.text)).toBe(true)
  expect(usesTributary(OWN)).toBe(true)
  for (const other of [DEPLOY, '', 'jobs: [', 'jobs: { a: { steps: [{ uses: actions/checkout@v4 }] } }'])
    expect(usesTributary(other)).toBe(false)
})

it("prefers the repository's own workflow, and runs no other beside it", () => {
  const [deploy, own] = [
    { path: 'deploy.yml', content: DEPLOY },
    { path: 'own.yml', content: OWN },
  ]
  expect(workflowsToRun([deploy, own], undefined)).toEqual([deploy, own])
  expect(workflowsToRun([deploy, own], builtIn)).toEqual([own])
  expect(workflowsToRun([deploy], builtIn)).toEqual([{ path: WORKFLOW_PATH, content: builtIn.text }])
})

it('starts on a comment in a repository without it, hands over inputs, and lets only slots see the variables of an agent', async () => {
  const hub = new TestHub({
    builtInWorkflow: builtIn,
    tributaryStep: { inputs: { settings: 'merge: review' }, workEnv: { AGENT_KEY: 'k-123456' } },
  })
  onTestFinished(() => hub.close())
  hub.serverUrl = (await serveGit(hub.folder)).url
  const action = join(hub.folder, 'action')
  mkdirSync(action)
  writeFileSync(join(action, 'action.yml'), MANIFEST)
  writeFileSync(join(action, 'index.mjs'), ACTION)
  hub.commit({ '.github/workflows/deploy.yml': DEPLOY, '.github/workflows/tributary.yml': DEPLOY })
  const started = await hub.deliver({
    name: 'issue_comment',
    payload: { action: 'created', issue: { number: 1 }, comment: { body: '/plan' } },
  })
  await hub.runner.idle()
  expect(started).toHaveLength(1)
  expect(hub.outcome(started[0] ?? 0).run).toMatchObject({
    name: 'Tributary',
    path: WORKFLOW_PATH,
    conclusion: 'success',
  })
  expect(hub.lines.join('\n')).toContain('did command merge: review undefined')
  expect(hub.lines.join('\n')).toContain('did work merge: review k-123456')
  expect(hub.lines.join('\n')).not.toContain('deployed')
})

it('is listed and dispatched by its file name, as one of the default branch', async () => {
  const hub = await testHub({
    builtInWorkflow: { path: WORKFLOW_PATH, text: WORKFLOW },
    repo: createCheckout({ 'README.md': '# Demo\n', '.github/workflows/deploy.yml': DEPLOY }),
  })
  const { actions } = hub.as('admin').rest
  const listed = await actions.listRepoWorkflows(where)
  expect(listed.data.workflows.map(({ path, name }) => [path, name])).toEqual([[WORKFLOW_PATH, 'Tributary']])
  const request = { ...where, workflow_id: 'tributary.yml', ref: 'main', inputs: { role: 'work', run: '42' } }
  await actions.createWorkflowDispatch(request)
  expect(hub.events.at(-1)).toMatchObject({ name: 'workflow_dispatch', workflow: WORKFLOW_PATH })
})
