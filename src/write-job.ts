import * as core from '@actions/core'
import { openJournal } from './adapters/git/journal.ts'
import { openRepo } from './adapters/git/repo.ts'
import { openClient } from './adapters/github/client.ts'
import { openForge } from './adapters/github/forge.ts'
import type { Place } from './adapters/github/place.ts'
import { readSettings } from './config.ts'
import type { Environment, Inputs } from './inputs.ts'
import { clock, storeOf } from './job-ground.ts'
import type { JobDeps } from './jobs/wiring.ts'

/** Adapters for the jobs that hold a write token: one API client, one bare repository. */
export async function jobDeps(inputs: Inputs, env: Environment): Promise<JobDeps> {
  const store = storeOf(inputs, env)
  let repo: ReturnType<typeof openRepo> | null = null
  return {
    forge: openForge({ ...placeOf(inputs, env), workflowFile: workflowFileOf(env) }),
    journal: await openJournal(store),
    repo: () => {
      repo ??= openRepo(store)
      return repo
    },
    clock,
    log: (line) => core.info(line),
    workflowRun: env.GITHUB_RUN_ID,
    readSettings,
  }
}

export function placeOf(inputs: Inputs, env: Environment): Place {
  const [owner = '', repo = ''] = env.GITHUB_REPOSITORY.split('/')
  const client = openClient({
    apiUrl: env.GITHUB_API_URL,
    graphqlUrl: env.GITHUB_GRAPHQL_URL,
    token: inputs.token,
    clock,
  })
  return { client, owner, repo }
}

/** `owner/repo/.github/workflows/tributary.yml@refs/heads/main`: the file that a dispatch names. */
function workflowFileOf(env: Environment): string {
  const path = env.GITHUB_WORKFLOW_REF.split('@')[0] ?? ''
  return path.slice(path.lastIndexOf('/') + 1)
}
