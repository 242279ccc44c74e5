import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as core from '@actions/core'
import { readCredentials, readHeaders } from './adapters/anthropic/credentials.ts'
import { openModel } from './adapters/anthropic/model.ts'
import { openFiles } from './adapters/files/files.ts'
import { openJournal } from './adapters/git/journal/journal.ts'
import { openWorktree } from './adapters/git/worktree/worktree.ts'
import { openHandover } from './adapters/github/artifact.ts'
import { openPages } from './adapters/github/pages.ts'
import { openSlots } from './adapters/github/slots.ts'
import { hostOf } from './adapters/sandbox/host.ts'
import { publicInternet } from './adapters/sandbox/network/internet.ts'
import { probeSandbox } from './adapters/sandbox/probe.ts'
import { scratchIn } from './adapters/system/scratch.ts'
import { readHandPlan } from './config/hand-plan.ts'
import type { Inputs } from './config/inputs.ts'
import { agentEnvironment, keepSecrets, type Secrets } from './config/secrets.ts'
import { SHORTEST_SECRET } from './core/text/redact.ts'
import type { JobDeps, OrchestrateDeps } from './jobs/deps.ts'
import { orchestrate } from './jobs/orchestrate/orchestrate.ts'
import { runSlot } from './jobs/work/run-slot.ts'
import type { WorkDeps } from './jobs/work/work-deps.ts'
import type { Model } from './ports/model.ts'
import { orchestratorSummary, slotSummary } from './render/status/job-summary.ts'
import { clock, type JobEnvironment, jobDeps, repositoryClientOf, storeOf } from './wiring.ts'

/*
 * The jobs that live as long as a run, with their adapters. Apart from `main.ts`, which loads them when their role is asked for:
 * a command has no use for them, and a person waits for its answer.
 */

type Of<Role extends Inputs['role']> = Extract<Inputs, { role: Role }>

/** The summary of an orchestrator's job; null: the run has no journal. */
export async function orchestrateJob(inputs: Of<'orchestrate'>, env: JobEnvironment): Promise<string | null> {
  const run = await orchestrate(await orchestrateDeps(inputs, env), inputs.run)
  return run === null ? null : orchestratorSummary(run)
}

/** The summary of a slot's job. `refused`: GitHub's words, if it took no artifact. */
export async function slotJob(
  inputs: Of<'work'>,
  env: JobEnvironment,
): Promise<{ summary: string; refused: string | null }> {
  const { work, refused } = await runSlot(await workDeps(inputs, env), { run: inputs.run, slot: inputs.slot })
  return { summary: slotSummary(inputs.slot, work), refused }
}

/** GitHub ends a job after six hours; the successor needs time to start before that, and before a token ends. */
const LIFE_MINUTES = 330
const START_MINUTES = 10

async function orchestrateDeps(inputs: Inputs, env: JobEnvironment): Promise<OrchestrateDeps> {
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
async function workDeps(inputs: Inputs, env: JobEnvironment): Promise<WorkDeps> {
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
