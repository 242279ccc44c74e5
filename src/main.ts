import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as core from '@actions/core'
import { readEnvironment, readInputs } from './inputs.ts'

/** Of the action: this is bundled into the first file of dist/. */
const HOME = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * One job of the workflow: the role says which, the event and the environment say on what. Each role loads its own part
 * alone, since a job is started for every comment and every slot.
 */
export async function main(): Promise<void> {
  const inputs = readInputs(core.getInput)
  const env = readEnvironment(process.env)
  core.setSecret(inputs.token)
  switch (inputs.role) {
    case 'command':
      return (await import('./command-job.ts')).commandJob(inputs, env)
    case 'recover':
      return (await import('./command-job.ts')).recoverJob(inputs, env)
    case 'orchestrate':
      return (await import('./orchestrate-job.ts')).orchestrateJob(inputs, env)
    case 'work':
      return (await import('./work-job.ts')).workJob(inputs, env, HOME)
  }
}
