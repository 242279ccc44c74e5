import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LOCAL_ACTION, workflowFor } from '../../../src/cli/example-files.ts'
import { type GitServer, serveGit } from '../../support/git-server.ts'
import { TestHub } from './hub.ts'

const manifest = `
inputs: { role: {}, run: {}, slot: {}, result: {} }
runs: { using: node24, main: index.mjs }
`

/** Stands in for the bundle: says what it was started for, and asks for two slots. */
const action = `
import { appendFileSync } from 'node:fs'
const { INPUT_ROLE: role, INPUT_RUN: run, INPUT_SLOT: slot, INPUT_RESULT: result } = process.env
console.log(['acts', role, run, slot, result].filter(Boolean).join(' '))
if (role === 'command') appendFileSync(process.env.GITHUB_OUTPUT, 'run=42\\norchestrate=true\\nslots=[1,2]\\n')
if (role === 'orchestrate' && process.env.GITHUB_EVENT_NAME === 'workflow_dispatch') process.exit(1)
`

let hub: TestHub
let server: GitServer
beforeEach(async () => {
  hub = new TestHub()
  server = await serveGit(hub.folder)
  hub.serverUrl = server.url
  const folder = join(hub.folder, 'action')
  mkdirSync(folder)
  writeFileSync(join(folder, 'action.yml'), manifest)
  writeFileSync(join(folder, 'index.mjs'), action)
  hub.workflow(workflowFor(LOCAL_ACTION), 'tributary.yml')
})
afterEach(() => hub.close())

const acts = (): string[] => hub.lines.flatMap((line) => line.match(/\| (acts .*)$/)?.[1] ?? []).toSorted()

describe('the workflow that users paste', () => {
  it('goes from a comment to an orchestrator and its slots, which can only read', async () => {
    const payload = { action: 'created', issue: { number: 42, title: 'Add it' }, comment: { body: '/approve' } }
    const [id = 0] = await hub.deliver({ name: 'issue_comment', payload })
    await hub.runner.idle()
    const { run, conclusions, jobs } = hub.outcome(id)
    expect(run).toMatchObject({ name: 'Tributary', conclusion: 'success' })
    expect(conclusions).toEqual({
      command: 'success',
      orchestrate: 'success',
      'slot 1': 'success',
      'slot 2': 'success',
      recover: 'skipped',
    })
    expect(acts()).toEqual(['acts command', 'acts orchestrate 42', 'acts work 42 1', 'acts work 42 2'])
    const slots = jobs.filter((job) => job.name.startsWith('slot')).map((job) => job.id)
    const granted = hub.issued.filter(({ id: job }) => slots.includes(job)).map(({ permissions }) => permissions)
    expect(granted).toEqual([
      { contents: 'read', metadata: 'read' },
      { contents: 'read', metadata: 'read' },
    ])
  })

  it.each(['/approve', '\n\n/approve', '\r\n/approve', '  /approve'])('looks at the comment %j', async (body) => {
    const payload = { action: 'created', issue: { number: 42, title: 'Add it' }, comment: { body } }
    const [id = 0] = await hub.deliver({ name: 'issue_comment', payload })
    await hub.runner.idle()
    expect(hub.outcome(id).conclusions.command).toBe('success')
  })

  it.each(['Nice!', 'See https://example.com/plan', ''])('starts no job for the comment %j', async (body) => {
    const payload = { action: 'created', issue: { number: 42 }, comment: { body } }
    const [id = 0] = await hub.deliver({ name: 'issue_comment', payload })
    await hub.runner.idle()
    expect(hub.outcome(id).run.conclusion).toBe('skipped')
    expect(acts()).toEqual([])
  })

  it('follows an orchestrator that failed with recover', async () => {
    const inputs = { role: 'orchestrate', run: '42', request: 'x' }
    const id = await hub.dispatch(inputs, 'tributary.yml')
    await hub.runner.idle()
    expect(hub.outcome(id).conclusions).toMatchObject({
      command: 'skipped',
      orchestrate: 'failure',
      recover: 'success',
    })
    expect(acts()).toEqual(['acts orchestrate 42', 'acts recover 42 failure'])
  })
})
