import { mkdtempSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as core from '@actions/core'
import { readCredentials, readHeaders } from './adapters/anthropic/credentials.ts'
import { openModel } from './adapters/anthropic/model.ts'
import { openFiles } from './adapters/files/files.ts'
import { openJournal } from './adapters/git/journal/journal.ts'
import { openRepo } from './adapters/git/repo.ts'
import { openWorktree } from './adapters/git/worktree/worktree.ts'
import { openHandover } from './adapters/github/artifact.ts'
import { openClient, type RepositoryClient } from './adapters/github/client.ts'
import { openForge } from './adapters/github/forge.ts'
import { openPages } from './adapters/github/pages.ts'
import { openSlots } from './adapters/github/slots.ts'
import { hostOf } from './adapters/sandbox/host.ts'
import { publicInternet } from './adapters/sandbox/network/internet.ts'
import { probeSandbox } from './adapters/sandbox/probe.ts'
import { systemClock } from './adapters/system/clock.ts'
import { scratchIn } from './adapters/system/scratch.ts'
import { readHandPlan } from './config/hand-plan.ts'
import type { ActionEnvironment, Inputs } from './config/inputs.ts'
import { agentEnvironment, keepSecrets, type Secrets } from './config/secrets.ts'
import { readSettings } from './config/settings.ts'
import { issueOf } from './core/ids.ts'
import { SHORTEST_SECRET } from './core/text/redact.ts'
import type { JobDeps, OrchestrateDeps } from './jobs/deps.ts'
import type { WorkDeps } from './jobs/work/work-deps.ts'
import type { Model } from './ports/model.ts'

/** GitHub ends a job after six hours; the successor needs time to start before that, and before a token ends. */
const LIFE_MINUTES = 330
const START_MINUTES = 10

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

const clock = systemClock

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

export async function orchestrateDeps(inputs: Inputs, env: JobEnvironment): Promise<OrchestrateDeps> {
  const action = env.all.GITHUB_ACTION_REPOSITORY ?? ''
  const secrets = secretsOf(inputs, env)
  const repository = repositoryClientOf(inputs, env)
  const deps = await jobDeps(inputs, env, repository)
  return {
    ...deps,
    clock,
    log: (line) => core.info(secrets.redact(line)),
    model: modelOf(env, secrets),
    slots: openSlots({
      ...repository,
      folder: join(env.scratch, 'results'),
      action,
      workflowRun: env.GITHUB_RUN_ID,
    }),
    pages: openPages(join(env.scratch, 'pages')),
    readPlan: readHandPlan,
    secrets: secrets.values,
    redact: secrets.redact,
    handOverAt: new Date(clock.now().getTime() + (await lifeMinutes(deps)) * 60_000),
  }
}

/** If it cannot be asked how long the token lasts, that is noticed when it has ended. */
async function lifeMinutes({ forge }: JobDeps): Promise<number> {
  const minutes = await forge.tokenMinutes().catch(() => null)
  return minutes === null ? LIFE_MINUTES : Math.min(LIFE_MINUTES, minutes - START_MINUTES)
}

/** Adapters for a slot, which can only read the journal and upload a result. */
export async function workDeps(inputs: Inputs, env: JobEnvironment): Promise<WorkDeps> {
  const secrets = secretsOf(inputs, env)
  const { redact } = secrets
  const ownFolders = [env.scratch, env.RUNNER_TEMP, dirname(dirname(fileURLToPath(import.meta.url)))]
  const { remoteUrl, token } = storeOf(inputs, env)
  return {
    journal: await openJournal(storeOf(inputs, env)),
    worktree: await openWorktree({ dir: env.GITHUB_WORKSPACE, remoteUrl, token, clock, openFiles }),
    probe: (setting, limits, allow) =>
      probeSandbox(setting, hostOf(env.all, ownFolders), limits, redact, {
        network: { allow, internet: publicInternet },
      }),
    handover: openHandover(),
    clock,
    log: (line) => core.info(redact(line)),
    redact,
    secrets: secrets.values,
    keepSecret: secrets.add,
    scratch: scratchIn(env.scratch),
    model: modelOf(env, secrets),
    agentEnv: agentEnvironment(env.all, tokensOf(inputs, env)),
  }
}

/** Values that no log, comment, artifact or journal may hold. */
const secretsOf = (inputs: Inputs, env: JobEnvironment): Secrets =>
  keepSecrets([...tokensOf(inputs, env), ...keysOf(env)], core.setSecret)

/** What the job shows to the model's API. A short value of a header is no secret, and would be starred out everywhere. */
const keysOf = ({ all }: JobEnvironment): string[] => [
  all.ANTHROPIC_API_KEY ?? '',
  ...Object.values(readHeaders(all)).filter((value) => value.length >= SHORTEST_SECRET),
]

/** Tokens that authorise requests in the name of the job. */
const tokensOf = (inputs: Inputs, { all, ACTIONS_RUNTIME_TOKEN }: JobEnvironment): string[] => [
  inputs.token,
  ACTIONS_RUNTIME_TOKEN,
  all.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? '',
]

/** Null if the workflow configures neither a key nor federation. */
function modelOf({ all, TRIBUTARY_SILENCE_SECONDS: seconds }: JobEnvironment, secrets: Secrets): Model | null {
  const credentials = readCredentials(all)
  if (credentials === null) return null
  return openModel({
    credentials,
    baseUrl: all.ANTHROPIC_BASE_URL || null,
    headers: readHeaders(all),
    clock,
    log: (line) => core.info(secrets.redact(line)),
    onSecret: secrets.add,
    ...(seconds !== undefined && { idleLimits: { start: seconds, stream: seconds } }),
  })
}

function repositoryClientOf(inputs: Inputs, env: JobEnvironment): RepositoryClient {
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

const storeOf = (inputs: Inputs, env: JobEnvironment) => ({
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
