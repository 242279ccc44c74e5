import * as core from '@actions/core'
import { openFiles } from './adapters/files/files.ts'
import { openJournal } from './adapters/git/journal.ts'
import { openWorktree } from './adapters/git/worktree.ts'
import { openHandover } from './adapters/github/handover.ts'
import { hostOf } from './adapters/sandbox/host.ts'
import { probeSandbox } from './adapters/sandbox/probe.ts'
import { agentEnvironment } from './agent-environment.ts'
import type { Environment, InputsOf } from './inputs.ts'
import { clock, scratch, secretsOf, storeOf, tokensOf } from './job-ground.ts'
import { runSlot } from './jobs/work.ts'
import type { WorkDeps } from './jobs/work-deps.ts'
import { modelOf } from './model-of.ts'
import { slotSummary } from './render/summary.ts'
import { scratchIn } from './scratch.ts'

/** `home`: the folder of the action. */
export async function workJob(inputs: InputsOf<'work'>, env: Environment, home: string): Promise<void> {
  const deeds = await runSlot(await depsOf(inputs, env, home), { run: inputs.run, slot: inputs.slot })
  await core.summary.addRaw(slotSummary(inputs.slot, deeds)).write()
}

/** Adapters for a slot: it can read the journal and hand a result over, and nothing else. */
async function depsOf(inputs: InputsOf<'work'>, env: Environment, home: string): Promise<WorkDeps> {
  const secrets = secretsOf(inputs, env)
  const { redact } = secrets
  const ownFolders = [scratch(env), env.RUNNER_TEMP, home]
  const { remoteUrl, token } = storeOf(inputs, env)
  return {
    journal: await openJournal(storeOf(inputs, env)),
    worktree: await openWorktree({ dir: env.GITHUB_WORKSPACE, remoteUrl, token, clock, openFiles }),
    probe: (setting) => probeSandbox(setting, hostOf(env.all, ownFolders), redact),
    handover: openHandover(),
    clock,
    log: (line) => core.info(redact(line)),
    redact,
    secrets: secrets.values,
    keepSecret: secrets.add,
    scratch: scratchIn(scratch(env)),
    model: modelOf(env, secrets),
    agentEnv: agentEnvironment(env.all, tokensOf(inputs, env)),
  }
}
