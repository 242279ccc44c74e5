import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import * as core from '@actions/core'
import { openJournal } from './adapters/git/journal/journal.ts'
import { openRepo } from './adapters/git/repo.ts'
import { openClient, type RepositoryClient } from './adapters/github/client.ts'
import { openForge } from './adapters/github/forge.ts'
import { systemClock } from './adapters/system/clock.ts'
import type { ActionEnvironment, Inputs } from './config/inputs.ts'
import { readSettings } from './config/settings.ts'
import { issueOf } from './core/ids.ts'
import type { JobDeps } from './jobs/deps.ts'

/**
 * Seconds that a job waits for a limit of the API. A command answers within its ten minutes or not at all; an orchestrator goes
 * on with what needs no API; `recover`, which nothing would start again, waits until the hour turns.
 */
const LIMIT_SECONDS: Readonly<Record<Inputs['role'], number>> = {
  command: 300,
  orchestrate: 30,
  work: 30,
  recover: 3900,
}

export const clock = systemClock

export interface JobEnvironment extends ActionEnvironment {
  /** A new folder for each job, so that a job that runs again on the same machine finds no files of the first. */
  scratch: string
}

export const withScratch = (env: ActionEnvironment): JobEnvironment => ({
  ...env,
  scratch: mkdtempSync(join(env.RUNNER_TEMP, 'tributary-')),
})

/** Adapters for the jobs that hold a write token: one API client, one bare repository. */
export async function jobDeps(
  inputs: Inputs,
  env: JobEnvironment,
  repository = repositoryClientOf(inputs, env),
): Promise<JobDeps> {
  const store = storeOf(inputs, env)
  let repo: ReturnType<typeof openRepo> | null = null
  return {
    forge: openForge({ ...repository, workflowFile: workflowFileOf(env), threads: threadsOf(inputs) }),
    journal: await openJournal(store),
    repo: () => {
      repo ??= openRepo(store)
      return repo
    },
    clock,
    log: (line) => core.info(line),
    workflowRun: env.GITHUB_RUN_ID,
    readSettings: (text) => readSettings(text, 'settings' in inputs ? inputs.settings : ''),
  }
}

export function repositoryClientOf(inputs: Inputs, env: JobEnvironment): RepositoryClient {
  const [owner = '', repo = ''] = env.GITHUB_REPOSITORY.split('/')
  const client = openClient({
    apiUrl: env.GITHUB_API_URL,
    graphqlUrl: env.GITHUB_GRAPHQL_URL,
    token: inputs.token,
    clock,
    longestWait: LIMIT_SECONDS[inputs.role],
  })
  return { client, owner, repo }
}

export const storeOf = (inputs: Inputs, env: JobEnvironment) => ({
  gitDir: join(env.scratch, 'run.git'),
  remoteUrl: `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}.git`,
  token: inputs.token,
  clock,
})

/** An orchestrator writes on the issue of its run. */
const threadsOf = (inputs: Inputs): number[] => (inputs.role === 'orchestrate' ? [issueOf(inputs.run)] : [])

/** `owner/repo/.github/workflows/tributary.yml@refs/heads/main`: the file that a dispatch names. */
function workflowFileOf(env: JobEnvironment): string {
  const path = env.GITHUB_WORKFLOW_REF.split('@')[0] ?? ''
  return path.slice(path.lastIndexOf('/') + 1)
}
