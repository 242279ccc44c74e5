import { arch, platform } from 'node:os'
import type { HubEvent, HubHost, WorkflowRunRecord } from '../../host.ts'
import { type Json, type JsonObject, jsonAt } from '../workflow/json.ts'
import { type Source, shortRef } from '../workflow/source.ts'
import type { Workflow } from '../workflow/workflow.ts'
import type { Folders } from './folders.ts'

interface GithubParts {
  readonly host: HubHost
  readonly run: WorkflowRunRecord
  readonly workflow: Workflow
  readonly event: HubEvent
  readonly payload: Json
  readonly source: Source
}

const idAt = (payload: Json, key: string): string => {
  const id = jsonAt(payload, key, 'id')
  return id === null ? '' : String(id)
}

export function githubContext({ host, run, workflow, event, payload, source }: GithubParts): JsonObject {
  const repository = `${host.owner}/${host.repo}`
  // Not in reviews, which name their pull request in the payload alone.
  const isPull = /^pull_request(_target)?$/.test(event.name)
  return {
    actor: event.actor,
    actor_id: idAt(payload, 'sender'),
    triggering_actor: event.actor,
    api_url: host.apiUrl,
    graphql_url: host.graphqlUrl,
    server_url: host.serverUrl,
    base_ref: isPull ? source.baseRef : '',
    head_ref: isPull ? source.headRef : '',
    event: payload,
    event_name: event.name,
    ref: source.ref,
    ref_name: shortRef(source.ref),
    ref_protected: false,
    ref_type: source.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    sha: source.sha,
    repository,
    repository_id: idAt(payload, 'repository'),
    repository_owner: host.owner,
    repository_owner_id: String(jsonAt(payload, 'repository', 'owner', 'id') ?? ''),
    repositoryUrl: `${host.serverUrl}/${repository}.git`,
    retention_days: '90',
    run_id: String(run.id),
    run_number: String(run.run_number),
    run_attempt: String(run.run_attempt),
    secret_source: 'Actions',
    workflow: workflow.name,
    workflow_ref: `${repository}/${workflow.path}@${source.ref}`,
    workflow_sha: source.workflowSha,
  }
}

const systems: Readonly<Record<string, string>> = { darwin: 'macOS', win32: 'Windows' }

export const runnerName = 'tributary-hub'

export const runnerContext = (folders: Folders): JsonObject => ({
  os: systems[platform()] ?? 'Linux',
  arch: arch() === 'arm64' ? 'ARM64' : 'X64',
  name: runnerName,
  environment: 'self-hosted',
  temp: folders.temp,
  tool_cache: folders.tools,
  workspace: folders.work,
  debug: '',
})

/** Fields of the `github` context for which GitHub sets no variable. */
const withoutVariable = new Set(['event', 'token', 'repositoryUrl', 'secret_source'])

/** `GITHUB_*` and `RUNNER_*` for a step. */
export function stepVariables(github: JsonObject, runner: JsonObject): Record<string, string> {
  const variables: Record<string, string> = { CI: 'true', GITHUB_ACTIONS: 'true' }
  for (const [key, value] of Object.entries(github)) {
    if (!withoutVariable.has(key)) variables[`GITHUB_${key.toUpperCase()}`] = String(value)
  }
  for (const key of ['os', 'arch', 'name', 'environment', 'temp', 'tool_cache', 'workspace']) {
    variables[`RUNNER_${key.toUpperCase()}`] = String(runner[key])
  }
  return variables
}
