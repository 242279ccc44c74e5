import * as core from '@actions/core'
import { context } from '@actions/github'
import { commandLine, formattedCommand } from './config/command-line.ts'
import { type Inputs, readEnvironment, readInputs } from './config/inputs.ts'
import { jobFailureOutput } from './config/job-failure.ts'
import { type CommentTrigger, readTrigger } from './config/trigger.ts'
import type { JobFailure } from './core/slots/recovery.ts'
import { redactor } from './core/text/redact.ts'
import { answerFailure } from './jobs/command/answer-failure.ts'
import { runPlanRequest } from './jobs/command/plan-request.ts'
import { runPullAction } from './jobs/command/pull-action.ts'
import { reapDeadOrchestrator } from './jobs/command/reap-dead-orchestrator.ts'
import { runReview } from './jobs/command/review-action.ts'
import { runCommand } from './jobs/command/run-command.ts'
import { startElsewhere } from './jobs/command/start-elsewhere.ts'
import type { CommandComment, CommandOutcome } from './jobs/deps.ts'
import { LimitReached } from './ports/rate-limit.ts'
import { Unauthorized } from './ports/unauthorized.ts'
import { type JobEnvironment, jobDeps, withScratch } from './wiring.ts'

/** Runs one job of the workflow: `role` selects it; its arguments come from the event and the environment. */
export async function main(): Promise<void> {
  const inputs = readInputs(core.getInput)
  const env = withScratch(readEnvironment(process.env))
  core.setSecret(inputs.token)
  try {
    await runJob(inputs, env)
  } catch (error) {
    core.setOutput('failure', jobFailureOutput(failureOf(error)))
    throw error
  }
}

function failureOf(error: unknown): JobFailure {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof Unauthorized) return { cause: 'token-ended', message }
  return { cause: error instanceof LimitReached ? 'rate-limit' : null, message }
}

async function runJob(inputs: Inputs, env: JobEnvironment): Promise<void> {
  switch (inputs.role) {
    case 'command':
      return setOutputs(await command(inputs, env))
    case 'orchestrate':
      return orchestrateRun(inputs, env)
    case 'work':
      return work(inputs, env)
    case 'recover':
      return recoverRun(inputs, env)
  }
}

/** Ends the job as failed, with the message in its log. */
export const fail = (error: unknown): void => core.setFailed(error instanceof Error ? error : String(error))

/** A new instance of an object that a package creates when it is loaded: it reads the environment as it is now. */
const newInstance = <Made extends object>(one: Made): Made => new (one.constructor as new () => Made)()

type Of<Role extends Inputs['role']> = Extract<Inputs, { role: Role }>

async function command(inputs: Of<'command'>, env: JobEnvironment): Promise<CommandOutcome> {
  const trigger = readTrigger(newInstance(context))
  const deps = await jobDeps(inputs, env)
  const details = { logUrl: logUrlOf(env), redact: redactor([inputs.token]) }
  if (trigger.kind === 'pull' || trigger.kind === 'review') {
    const thread = trigger.kind === 'pull' ? trigger.number : trigger.review.pull
    const act = () =>
      trigger.kind === 'pull' ? runPullAction(deps, trigger, trigger.sender) : runReview(deps, trigger)
    const job = async () => startElsewhere(deps, await act())
    return answerFailure(deps, { thread, key: `failed:${deps.workflowRun}`, ...details }, job)
  }
  if (trigger.kind === 'comment') {
    const { issue } = trigger
    const comment = commentOf(trigger, env.GITHUB_RUN_ATTEMPT === 1)
    const job = () => runCommand(deps, comment)
    return answerFailure(deps, { thread: issue.number, key: `comment:${comment.id}`, ...details }, job)
  }
  if (trigger.kind === 'plan') {
    const job = () => runPlanRequest(deps, trigger, env.GITHUB_RUN_ATTEMPT === 1)
    return answerFailure(deps, { thread: trigger.issue, key: `failed:${deps.workflowRun}`, ...details }, job)
  }
  deps.log(trigger.kind === 'nothing' ? trigger.why : 'a dispatch holds no command')
  return { run: null, orchestrate: false, slots: [] }
}

function commentOf({ comment, issue, sender, viaApp }: CommentTrigger, firstDelivery: boolean): CommandComment {
  const { id, createdAt, body } = comment
  const [line, formatted] = [commandLine(body), formattedCommand(body)]
  return { id, key: `comment:${id}`, createdAt, line, formatted, issue, sender: { ...sender, viaApp }, firstDelivery }
}

const logUrlOf = (env: JobEnvironment): string =>
  `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`

function setOutputs({ run, orchestrate: must, slots }: CommandOutcome): void {
  core.setOutput('run', run ?? '')
  core.setOutput('orchestrate', must ? 'true' : 'false')
  core.setOutput('slots', JSON.stringify(slots))
}

async function orchestrateRun(inputs: Of<'orchestrate'>, env: JobEnvironment): Promise<void> {
  const { orchestrateJob } = await import('./long-jobs.ts')
  const summary = await orchestrateJob(inputs, env)
  if (summary === null) core.warning(`Run ${inputs.run} has no journal: there is nothing to do.`)
  else await newInstance(core.summary).addRaw(summary).write()
}

async function work(inputs: Of<'work'>, env: JobEnvironment): Promise<void> {
  const { slotJob } = await import('./long-jobs.ts')
  const { summary, refused } = await slotJob(inputs, env)
  await newInstance(core.summary).addRaw(summary).write()
  if (refused !== null) core.setFailed(`GitHub took no artifact: ${refused}`)
}

async function recoverRun(inputs: Of<'recover'>, env: JobEnvironment): Promise<void> {
  const trigger = readTrigger(newInstance(context))
  const isComment = trigger.kind === 'comment'
  return reapDeadOrchestrator(await jobDeps(inputs, env), {
    run: inputs.run,
    issue: isComment ? trigger.issue.number : null,
    comment: isComment ? trigger.comment.id : null,
    result: inputs.result,
    failure: inputs.failure,
    logUrl: logUrlOf(env),
  })
}
