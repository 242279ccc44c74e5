import { Octokit } from '@octokit/rest'
import { onTestFinished } from 'vitest'
import { type ClientOptions, openClient } from '../../../src/adapters/github/client.ts'
import { type ForgeOptions, openForge } from '../../../src/adapters/github/forge.ts'
import type { HubHost, Permissions } from '../../../src/hub/host.ts'
import { type Hub, type HubOptions, startHub } from '../../../src/hub/hub.ts'
import { createRunner } from '../../../src/hub/runner/runner.ts'
import type { Forge } from '../../../src/ports/forge.ts'
import { AHEAD, FILE, type Stage, TASK } from '../../contract/forge.contract.ts'
import { checkExchange } from '../../hub/support/contract.ts'
import { commitFiles, createCheckout, git, remoteGit, removeFolder, temporary } from '../../hub/support/repository.ts'
import { hastyClock } from '../../support/hasty-clock.ts'

const WORKFLOW = `name: Tributary
run-name: Tributary \${{ inputs.role }} \${{ inputs.run }} \${{ inputs.request }}
on:
  workflow_dispatch:
    inputs: { role: { required: true }, run: { required: true }, request: { required: true }, slots: { default: '[]' } }
jobs:
  orchestrate:
    if: inputs.role == 'orchestrate'
    runs-on: ubuntu-latest
    steps: [{ run: 'true' }]
  work:
    if: inputs.role == 'work'
    name: slot \${{ matrix.slot }}
    runs-on: ubuntu-latest
    strategy: { matrix: { slot: "\${{ fromJSON(inputs.slots) }}" } }
    steps: [{ run: 'true' }]
`

/** What an orchestrator's token may do. */
const ORCHESTRATE: Permissions = {
  contents: 'write',
  issues: 'write',
  'pull-requests': 'write',
  checks: 'write',
  actions: 'write',
}

export interface HubStage extends Stage {
  hub: Hub
  host: HubHost
  clock: ReturnType<typeof hastyClock>
  place: ForgeOptions
  as(who: 'admin' | 'writer' | 'reader' | 'outsider'): Octokit
  /** A forge whose token may do only this. */
  allowed(permissions: Permissions, options?: Partial<ClientOptions>): Forge
  fault(fault: object): Promise<void>
  /** Requests to the API since the last time somebody asked, by route. */
  requests(): Promise<Record<string, number>>
}

export async function hubStage(settings: HubOptions['settings'] = {}): Promise<HubStage> {
  const { hub, host, sha } = await startedHub(settings)
  const own = { owner: hub.owner, repo: hub.repo }
  const clock = hastyClock('2026-01-01T00:00:00Z')
  let jobs = 0
  const placeWith = (permissions: Permissions, options: Partial<ClientOptions> = {}): ForgeOptions => {
    jobs += 1
    const token = host.issueToken({ id: 9_000 + jobs, run_id: 8_000, permissions })
    const client = openClient({ apiUrl: hub.api, graphqlUrl: hub.graphql, token, clock, ...options })
    return { client, ...own, workflowFile: 'tributary.yml' }
  }
  const as = (who: keyof typeof hub.tokens) => new Octokit({ auth: hub.tokens[who], baseUrl: hub.api, log: SILENT })
  const issue = (await as('writer').issues.create({ ...own, title: 'Money', body: 'as integers' })).data.number
  const place = placeWith(ORCHESTRATE)
  const control = controlOf(hub)
  await control('metrics/reset', {})
  return {
    ...eyesOf(as('writer'), own),
    hub,
    host,
    clock,
    place,
    as,
    issue,
    sha,
    nowhere: 777,
    forge: openForge(place),
    another: () => openForge(placeWith(ORCHESTRATE)),
    allowed: (permissions, options) => openForge(placeWith(permissions, options)),
    fault: async (fault) => {
      await control('faults', fault)
    },
    requests: async () => {
      const { by_route } = await control('metrics')
      await control('metrics/reset', {})
      const counted = Object.entries(by_route as Record<string, { requests: number }>)
      return Object.fromEntries(counted.map(([route, { requests }]) => [route, requests]))
    },
  }
}

const quiet = () => {}
const SILENT = { debug: quiet, info: quiet, warn: quiet, error: quiet }

let known: { folder: string; sha: string } | undefined

/** A small repository with two branches ahead of main, one on the other. The hubs of a file start from the same one. */
function checkout(): { folder: string; sha: string } {
  if (known !== undefined) return known
  const folder = createCheckout({ [FILE.path]: FILE.text, '.github/workflows/tributary.yml': WORKFLOW })
  known = { folder, sha: git(folder, 'rev-parse', 'HEAD') }
  for (const branch of [AHEAD, TASK]) {
    git(folder, 'switch', '-q', '-c', branch)
    commitFiles(folder, { [`${branch.replaceAll('/', '-')}.txt`]: branch })
  }
  git(folder, 'switch', '-q', 'main')
  return known
}

async function startedHub(settings: HubOptions['settings']) {
  const { folder, sha } = checkout()
  const dataDir = temporary('forge-hub')
  let host: HubHost | undefined
  const hub = await startHub({
    repo: folder,
    dataDir,
    name: 'octo/demo',
    settings: settings ?? {},
    tributaryAction: folder,
    observe: checkExchange,
    createRunner: (given, options) => {
      host = given
      return createRunner(given, options)
    },
  })
  onTestFinished(async () => {
    await hub.close()
    removeFolder(dataDir)
  })
  if (host === undefined) throw new Error('the hub made no runner')
  await remoteGit(folder, 'push', '-q', gitUrl(hub), AHEAD, TASK)
  return { hub, host, sha }
}

const gitUrl = (hub: Hub): string => hub.git.replace('://', `://x-access-token:${hub.tokens.admin}@`)

const controlOf = (hub: Hub) => async (path: string, body?: object) => {
  const headers = { authorization: `token ${hub.tokens.admin}` }
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
  const answer = await fetch(`${hub.url}/_hub/${path}`, init)
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
  const text = await answer.text()
  return text === '' ? {} : JSON.parse(text)
}

/** How a person sees what the forge did. */
function eyesOf(octokit: Octokit, own: { owner: string; repo: string }) {
  const all = { ...own, per_page: 100 }
  return {
    comment: async (issue_number: number, body: string) =>
      (await octokit.issues.createComment({ ...own, issue_number, body })).data.id,
    comments: async (issue_number: number) =>
      (await octokit.paginate(octokit.issues.listComments, { ...all, issue_number })).map(({ body = '', user }) => ({
        ours: user?.login === 'github-actions[bot]',
        body,
      })),
    reactions: async (comment_id: number) =>
      (await octokit.reactions.listForIssueComment({ ...all, comment_id })).data.map(({ content }) => content),
    checks: async (ref: string) =>
      (await octokit.paginate(octokit.checks.listForRef, { ...all, ref, filter: 'all' }))
        .toSorted((one, other) => one.id - other.id)
        .map(({ name, external_id, status, conclusion, output }) => ({
          label: name,
          externalId: external_id ?? '',
          status,
          conclusion,
          title: output.title ?? '',
          text: output.text ?? '',
        })),
    pulls: async () =>
      (await octokit.paginate(octokit.pulls.list, { ...all, state: 'all' })).map((pull) => ({
        number: pull.number,
        head: pull.head.ref,
        base: pull.base.ref,
        title: pull.title,
        body: pull.body ?? '',
        draft: pull.draft ?? false,
        state: pull.state,
      })),
    branches: async () => (await octokit.paginate(octokit.repos.listBranches, all)).map(({ name }) => name),
  }
}
