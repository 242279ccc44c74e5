import { commitAt, type HubCommit } from '../git/commits.ts'
import type { JobRecord, WorkflowRunRecord } from '../host.ts'
import type { ArtifactRecord, WorkflowRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { pullsAt } from './check.ts'
import { nodeId } from './node-id.ts'
import { minimalRepository, REPOSITORY_ID } from './repository.ts'
import { userShape } from './user.ts'

export async function runShape(world: World, run: WorkflowRunRecord, workflow: number) {
  const commit = await commitAt(world.git, run.head_sha)
  const { actor, ...record } = run
  return {
    ...record,
    node_id: nodeId('WFR', run.id),
    ...addresses(world, run, workflow),
    workflow_id: workflow,
    check_suite_id: run.id,
    check_suite_node_id: nodeId('CS', run.id),
    actor: userShape(world, actor),
    triggering_actor: userShape(world, actor),
    pull_requests: pullsAt(world, run.head_sha),
    referenced_workflows: [],
    previous_attempt_url: null,
    head_commit: commit === null ? null : headCommit(commit),
    repository: minimalRepository(world),
    head_repository: minimalRepository(world),
  }
}

function addresses(world: World, run: WorkflowRunRecord, workflow: number) {
  const url = `${world.urls.repo}/actions/runs/${run.id}`
  return {
    url,
    html_url: `${world.urls.html}/actions/runs/${run.id}`,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${world.urls.repo}/check-suites/${run.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    workflow_url: `${world.urls.repo}/actions/workflows/${workflow}`,
  }
}

const headCommit = (commit: HubCommit) => ({
  id: commit.sha,
  tree_id: commit.tree,
  message: commit.message,
  timestamp: commit.committer.date,
  author: { name: commit.author.name, email: commit.author.email },
  committer: { name: commit.committer.name, email: commit.committer.email },
})

export function jobShape(world: World, job: JobRecord, run: WorkflowRunRecord | undefined) {
  const { summary: _, ...record } = job
  const url = `${world.urls.repo}/actions/jobs/${job.id}`
  return {
    ...record,
    node_id: nodeId('J', job.id),
    run_url: `${world.urls.repo}/actions/runs/${job.run_id}`,
    head_sha: run?.head_sha ?? '',
    head_branch: run?.head_branch ?? null,
    workflow_name: run?.name ?? null,
    url,
    html_url: `${world.urls.html}/actions/runs/${job.run_id}/job/${job.id}`,
    check_run_url: `${world.urls.repo}/check-runs/${job.id}`,
    // GitHub says when a queued job was queued.
    started_at: job.started_at ?? job.created_at,
    runner_id: job.runner_name === null ? null : 1,
    runner_group_id: job.runner_name === null ? null : 0,
    runner_group_name: job.runner_name === null ? null : 'GitHub Actions',
  }
}

export function artifactShape(world: World, artifact: ArtifactRecord) {
  const run = world.store.doc.runs.find((known) => known.id === artifact.run)
  const url = `${world.urls.repo}/actions/artifacts/${artifact.id}`
  return {
    id: artifact.id,
    node_id: nodeId('A', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.size,
    url,
    archive_download_url: `${url}/zip`,
    expired: Date.parse(artifact.expiresAt) <= Date.parse(world.now()),
    digest: artifact.digest,
    created_at: artifact.createdAt,
    expires_at: artifact.expiresAt,
    updated_at: artifact.createdAt,
    workflow_run: {
      id: artifact.run,
      repository_id: REPOSITORY_ID,
      head_repository_id: REPOSITORY_ID,
      head_branch: run?.head_branch ?? null,
      head_sha: run?.head_sha ?? '',
    },
  }
}

export const workflowShape = (world: World, workflow: WorkflowRecord, name: string) => ({
  id: workflow.id,
  node_id: nodeId('WF', workflow.id),
  name,
  path: workflow.path,
  state: 'active',
  created_at: workflow.createdAt,
  updated_at: workflow.createdAt,
  url: `${world.urls.repo}/actions/workflows/${workflow.id}`,
  html_url: `${world.urls.html}/blob/${world.store.doc.defaultBranch}/${workflow.path}`,
  badge_url: `${world.urls.html}/workflows/${encodeURIComponent(name)}/badge.svg`,
})
