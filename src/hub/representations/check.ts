import type { CheckRecord, SuiteRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { nodeId } from './node-id.ts'
import { minimalRepository, REPOSITORY_ID } from './repository.ts'
import { userShape } from './user.ts'

const GITHUB_ACTIONS_APP = 15368

export function checkShape(world: World, check: CheckRecord) {
  const url = `${world.urls.repo}/check-runs/${check.id}`
  const html = `${world.urls.html}/runs/${check.id}`
  return {
    id: check.id,
    node_id: nodeId('CR', check.id),
    head_sha: check.headSha,
    name: check.name,
    external_id: check.externalId,
    url,
    html_url: html,
    details_url: check.detailsUrl ?? html,
    status: check.status,
    conclusion: check.conclusion,
    started_at: check.startedAt,
    completed_at: check.completedAt,
    output: {
      title: check.output.title,
      summary: check.output.summary,
      text: check.output.text,
      annotations_count: check.output.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: check.suite },
    app: appShape(world),
    pull_requests: pullsAt(world, check.headSha),
  }
}

export const appShape = (world: World) => ({
  id: GITHUB_ACTIONS_APP,
  slug: 'github-actions',
  node_id: nodeId('A', GITHUB_ACTIONS_APP),
  client_id: 'Iv1.05c79e9ad1f6bdfa',
  owner: userShape(world, world.store.doc.owner),
  name: 'GitHub Actions',
  description: 'Automate your workflow from idea to production',
  external_url: 'https://help.github.com/en/actions',
  html_url: `${world.urls.server}/apps/github-actions`,
  created_at: world.store.doc.createdAt,
  updated_at: world.store.doc.createdAt,
  permissions: { actions: 'write', checks: 'write', contents: 'write', issues: 'write', pull_requests: 'write' },
  events: [],
})

/** Open pull requests whose head is this commit, as checks and runs show them. */
export const pullsAt = (world: World, sha: string) =>
  world.store.doc.issues.flatMap(({ number, state, pull }) =>
    pull === null || state !== 'open' || pull.headSha !== sha
      ? []
      : [
          {
            id: pull.id,
            number,
            url: `${world.urls.repo}/pulls/${number}`,
            head: { ref: pull.head, sha: pull.headSha, repo: shortRepository(world) },
            base: { ref: pull.base, sha: pull.baseSha, repo: shortRepository(world) },
          },
        ],
  )

const shortRepository = (world: World) => ({ id: REPOSITORY_ID, url: world.urls.repo, name: world.store.doc.repo })

export function suiteShape(world: World, suite: SuiteRecord) {
  const checks = world.store.doc.checks.filter((check) => check.suite === suite.id)
  const done = checks.every((check) => check.status === 'completed')
  const url = `${world.urls.repo}/check-suites/${suite.id}`
  return {
    id: suite.id,
    node_id: nodeId('CS', suite.id),
    head_branch: null,
    head_sha: suite.headSha,
    status: done ? 'completed' : 'in_progress',
    conclusion: done ? worst(checks.map((check) => check.conclusion)) : null,
    url,
    before: null,
    after: suite.headSha,
    pull_requests: pullsAt(world, suite.headSha),
    app: appShape(world),
    repository: minimalRepository(world),
    created_at: suite.createdAt,
    updated_at: suite.createdAt,
    head_commit: {
      id: suite.headSha,
      tree_id: suite.headSha,
      message: '',
      timestamp: suite.createdAt,
      author: null,
      committer: null,
    },
    latest_check_runs_count: checks.length,
    check_runs_url: `${url}/check-runs`,
  }
}

const worst = (conclusions: readonly (string | null)[]): string =>
  conclusions.find((conclusion) => conclusion === 'failure') ??
  conclusions.find((conclusion) => conclusion === 'cancelled') ??
  'success'
