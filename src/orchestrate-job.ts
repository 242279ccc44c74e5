import { join } from 'node:path'
import * as core from '@actions/core'
import { openSlots } from './adapters/github/slots.ts'
import { readHandPlan } from './hand-plan.ts'
import type { Environment, InputsOf } from './inputs.ts'
import { clock, scratch, secretsOf } from './job-ground.ts'
import { orchestrate } from './jobs/orchestrate.ts'
import type { OrchestrateDeps } from './jobs/wiring.ts'
import { modelOf } from './model-of.ts'
import { orchestratorSummary } from './render/summary.ts'
import { jobDeps, placeOf } from './write-job.ts'

/** GitHub ends a job after six hours; the successor needs time to start before that. */
const LIFE_MINUTES = 330

export async function orchestrateJob(inputs: InputsOf<'orchestrate'>, env: Environment): Promise<void> {
  const run = await orchestrate(await depsOf(inputs, env), inputs.run)
  if (run === null) core.warning(`Run ${inputs.run} has no journal: there is nothing to do.`)
  else await core.summary.addRaw(orchestratorSummary(run)).write()
}

async function depsOf(inputs: InputsOf<'orchestrate'>, env: Environment): Promise<OrchestrateDeps> {
  const secrets = secretsOf(inputs, env)
  return {
    ...(await jobDeps(inputs, env)),
    clock,
    log: (line) => core.info(secrets.redact(line)),
    model: modelOf(env, secrets),
    slots: openSlots({ ...placeOf(inputs, env), folder: join(scratch(env), 'results') }),
    readPlan: readHandPlan,
    secrets: secrets.values,
    redact: secrets.redact,
    handOverAt: new Date(clock.now().getTime() + LIFE_MINUTES * 60_000),
  }
}
