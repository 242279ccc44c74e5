import { Octokit } from '@octokit/rest'
import { expect, onTestFinished } from 'vitest'
import type { HubEvent, HubHost, Permissions, Runner, WorkflowRunRecord } from '../../../src/hub/host.ts'
import { type Hub, type HubOptions, startHub } from '../../../src/hub/hub.ts'
import { type Contract, createContract } from './contract.ts'
import { createCheckout, removeFolder, temporary } from './repository.ts'

export const WORKFLOW = `name: Tributary
run-name: \${{ github.event_name }} \${{ inputs.run }}
on:
  issue_comment:
    types: [created]
  workflow_dispatch:
    inputs:
      role: { type: choice, options: [orchestrate, work], required: true }
      run: { type: string, default: '' }
      loud: { type: boolean }
jobs:
  only:
    runs-on: ubuntu-latest
    steps: [{ run: 'true' }]
`

export const where = { owner: 'octo', repo: 'demo' }

/** A hub on a small repository, every exchange checked against GitHub's description, with a runner that only writes down what it is told. */
export interface TestHub extends Hub {
  checkout: string
  dataDir: string
  host: HubHost
  events: HubEvent[]
  killed: number[]
  log: string[]
  contract: Contract
  as(who: 'admin' | 'writer' | 'reader' | 'outsider'): Octokit
  job(permissions: Permissions): { token: string; octokit: Octokit }
  gitUrl(token: string): string
  hub(path: string, method?: string, body?: unknown): Promise<unknown>
}

export async function testHub(options: Partial<HubOptions> = {}): Promise<TestHub> {
  const checkout =
    options.repo ?? createCheckout({ 'README.md': '# Demo\n', '.github/workflows/tributary.yml': WORKFLOW })
  const dataDir = options.dataDir ?? temporary('hub-data')
  const contract = createContract()
  const recorder = createRecorder(contract)
  const log: string[] = []
  const hub = await startHub({
    tributaryAction: checkout,
    name: 'octo/demo',
    log: (line) => log.push(line),
    observe: contract.exchange,
    ...options,
    createRunner: (host, given) => {
      const fake = recorder.create(host)
      return options.createRunner?.(host, given) ?? fake
    },
    repo: checkout,
    dataDir,
  })
  onTestFinished(async () => {
    await hub.close()
    if (options.repo === undefined) removeFolder(checkout)
    if (options.dataDir === undefined) removeFolder(dataDir)
    expect(contract.violations).toEqual([])
  })
  const octokit = (auth: string) => new Octokit({ auth, baseUrl: hub.api, log: SILENT })
  let jobs = 0
  return {
    ...hub,
    checkout,
    dataDir,
    host: recorder.host(),
    events: recorder.events,
    killed: recorder.killed,
    log,
    contract,
    as: (who) => octokit(hub.tokens[who]),
    job: (permissions) => {
      jobs += 1
      const token = recorder.host().issueToken({ id: 9_000 + jobs, run_id: 8_000, permissions })
      return { token, octokit: octokit(token) }
    },
    gitUrl: (token) => hub.git.replace('://', `://x-access-token:${token}@`),
    hub: async (path, method = 'GET', body = undefined) => {
      const headers = { authorization: `token ${hub.tokens.admin}` }
      const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }
      const answer = await fetch(`${hub.url}/_hub/${path}`, init)
      const text = await answer.text()
      return text === '' ? null : JSON.parse(text)
    },
  }
}

const quiet = () => {}
const SILENT = { debug: quiet, info: quiet, warn: quiet, error: quiet }

function createRecorder(contract: Contract) {
  const events: HubEvent[] = []
  const killed: number[] = []
  let host: HubHost | undefined
  const known = () => {
    if (host === undefined) throw new Error('no runner yet')
    return host
  }
  const create = (given: HubHost): Runner => {
    host = given
    return {
      deliver: async (event) => {
        events.push(event)
        contract.event(event)
        const run = runRecord(given, event)
        given.saveRun(run)
        return [run.id]
      },
      cancel: (id) => given.runs().some((run) => run.id === id && run.status !== 'completed'),
      kill: (id) => killed.push(id) > 0,
      idle: async () => {},
      close: async () => {},
    }
  }
  return { events, killed, create, host: known }
}

export function runRecord(host: HubHost, event: Pick<HubEvent, 'name' | 'actor'>): WorkflowRunRecord {
  const at = new Date().toISOString()
  return {
    id: host.nextId(),
    run_number: 1,
    run_attempt: 1,
    name: 'Tributary',
    display_title: event.name,
    path: '.github/workflows/tributary.yml',
    event: event.name,
    head_branch: 'main',
    head_sha: '0'.repeat(40),
    actor: event.actor,
    status: 'queued',
    conclusion: null,
    created_at: at,
    updated_at: at,
    run_started_at: at,
  }
}
