/**
 * The seam inside the hub: the server (REST, GraphQL, git, artifacts, persistence) on one side,
 * the runner (workflows, jobs, processes) on the other. Field names are GitHub's own.
 */

/** Permissions as a workflow's `permissions:` key declares them. Absent means none. */
export type Permissions = Readonly<Record<string, 'read' | 'write' | 'none'>>

export type RunStatus = 'queued' | 'in_progress' | 'completed'
export type RunConclusion = 'success' | 'failure' | 'cancelled' | 'skipped' | 'timed_out'

export interface WorkflowRunRecord {
  id: number
  run_number: number
  run_attempt: number
  name: string
  display_title: string
  /** Path of the workflow file, e.g. `.github/workflows/tributary.yml`. */
  path: string
  event: string
  head_branch: string
  head_sha: string
  actor: string
  status: RunStatus
  conclusion: RunConclusion | null
  created_at: string
  updated_at: string
  run_started_at: string
}

export interface StepRecord {
  number: number
  name: string
  status: RunStatus
  conclusion: RunConclusion | null
  started_at: string | null
  completed_at: string | null
}

export interface JobRecord {
  id: number
  run_id: number
  run_attempt: number
  name: string
  status: RunStatus
  conclusion: RunConclusion | null
  created_at: string
  started_at: string | null
  completed_at: string | null
  steps: StepRecord[]
  runner_name: string | null
  labels: string[]
  /** Markdown the job's steps wrote to GITHUB_STEP_SUMMARY. */
  summary: string
}

export interface HubEvent {
  /** `issue_comment`, `workflow_dispatch`, `pull_request`, ... */
  name: string
  /** The webhook payload, as GitHub sends it. */
  payload: Record<string, unknown>
  actor: string
  /** For workflow_dispatch: the workflow's file name or path; other events reach every workflow that listens. */
  workflow?: string
  inputs?: Record<string, string>
}

/** The commit and ref of an event, and the commit whose workflow files apply. */
export interface RunSource {
  readonly sha: string
  readonly ref: string
  readonly headBranch: string
  readonly headRef: string
  readonly baseRef: string
  readonly workflowSha: string
}

/** The result of a job, combined over its matrix, as `needs` shows it. */
export interface SettledJob {
  readonly result: 'success' | 'failure' | 'cancelled' | 'skipped'
  readonly outputs: Readonly<Record<string, string>>
}

/** What a restarted hub needs to go on with a workflow run that had not ended. */
export interface UnfinishedRun {
  run: number
  event: HubEvent
  source: RunSource
  /** By the job's id in the workflow file; null for one that had begun and not ended. */
  jobs: Record<string, SettledJob | null>
}

/** The server's interface for the runner. */
export interface HubHost {
  owner: string
  repo: string
  defaultBranch: string
  /** Folder for job work trees, logs, temp files: survives a restart. */
  dataDir: string
  /** The bare repository that is served. */
  gitDir: string
  serverUrl: string
  apiUrl: string
  graphqlUrl: string
  resultsUrl: string
  secrets: Readonly<Record<string, string>>
  variables: Readonly<Record<string, string>>
  nextId(): number
  saveRun(run: WorkflowRunRecord): void
  saveJob(job: JobRecord): void
  /** Kept until the run's record is completed. */
  saveUnfinished(run: UnfinishedRun): void
  unfinished(): readonly UnfinishedRun[]
  runs(): readonly WorkflowRunRecord[]
  jobs(runId: number): readonly JobRecord[]
  /** A GITHUB_TOKEN that is valid for one job; what it may not do is refused with 403 (git: refused). */
  issueToken(job: { id: number; run_id: number; permissions: Permissions }): string
  revokeToken(token: string): void
  /** The JWT of ACTIONS_RUNTIME_TOKEN, with scp Actions.Results:<run>:<job>. */
  runtimeToken(job: { id: number; run_id: number }): string
  /** Milliseconds that a fault asks this job's start to be delayed; taken once. */
  startDelay(jobName: string): number
  /** Whether a fault asks this step to fail; taken once. */
  stepFails(jobName: string, step: string): boolean
}

/** The runner's interface for the server. */
export interface Runner {
  /** Start every workflow that listens to this event; resolves with the ids of the runs created (jobs go on in the background). */
  deliver(event: HubEvent): Promise<number[]>
  /** GitHub's cancel: running jobs get SIGINT, then SIGTERM, then SIGKILL; `always()` jobs still run. */
  cancel(runId: number): boolean
  /** SIGKILL the job's whole process group, as a lost runner would. */
  kill(jobId: number): boolean
  /** Resolves when no job is queued or running. */
  idle(): Promise<void>
  /** Stop everything at once. Runs left unfinished stay `in_progress` on disk; a restarted hub marks their jobs failed, as GitHub does with lost runners, and starts those that follow. */
  close(): Promise<void>
}
