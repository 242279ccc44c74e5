import * as core from '@actions/core'
import { context } from '@actions/github'
import { commandLine } from './comment.ts'
import type { Environment, InputsOf } from './inputs.ts'
import { runClosed } from './jobs/closed.ts'
import { type CommandOutcome, runCommand } from './jobs/command.ts'
import { recover } from './jobs/recover.ts'
import { readTrigger } from './trigger.ts'
import { jobDeps } from './write-job.ts'

export async function commandJob(inputs: InputsOf<'command'>, env: Environment): Promise<void> {
  tell(await command(inputs, env))
}

async function command(inputs: InputsOf<'command'>, env: Environment): Promise<CommandOutcome> {
  const trigger = readTrigger(context)
  const deps = await jobDeps(inputs, env)
  if (trigger.kind === 'pull-closed') return runClosed(deps, { ...trigger, by: trigger.sender.login })
  if (trigger.kind === 'comment') {
    const { comment, issue, sender } = trigger
    const { id, createdAt } = comment
    const firstDelivery = env.GITHUB_RUN_ATTEMPT === 1
    return runCommand(deps, { id, createdAt, line: commandLine(comment.body), issue, sender, firstDelivery })
  }
  deps.log(trigger.kind === 'nothing' ? trigger.why : 'a dispatch holds no command')
  return { run: null, orchestrate: false, slots: [] }
}

function tell({ run, orchestrate: must, slots }: CommandOutcome): void {
  core.setOutput('run', run ?? '')
  core.setOutput('orchestrate', must ? 'true' : 'false')
  core.setOutput('slots', JSON.stringify(slots))
}

export async function recoverJob(inputs: InputsOf<'recover'>, env: Environment): Promise<void> {
  const trigger = readTrigger(context)
  const isComment = trigger.kind === 'comment'
  return recover(await jobDeps(inputs, env), {
    run: inputs.run,
    issue: isComment ? trigger.issue.number : null,
    comment: isComment ? trigger.comment.id : null,
    result: inputs.result,
    logUrl: `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`,
  })
}
