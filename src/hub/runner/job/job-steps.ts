import { runScript } from '../step/shell.ts'
import { runAction } from '../step/uses.ts'
import { evaluateText, evaluateTexts, withContexts } from '../workflow/expression.ts'
import type { StepDefinition } from '../workflow/workflow.ts'
import { errorMessage, now, saveJob } from '../world.ts'
import { runnerName } from './contexts.ts'
import { limitTime } from './job-stop.ts'
import { runStep } from './run-step.ts'
import { type JobSession, type JobStatus, type JobStep, jobScope } from './session.ts'
import { completeStep, endSteps, queuedStep, startStep } from './step-record.ts'

export interface JobEnd {
  readonly status: JobStatus
  readonly outputs: Readonly<Record<string, string>>
}

/** Runs all steps of the job and returns how it ended; never throws. */
export async function runJob(job: JobSession): Promise<JobEnd> {
  Object.assign(job.record, { runner_name: runnerName, started_at: now(), status: 'in_progress' })
  try {
    const jobSteps = setUp(job)
    limitTime(job)
    await runSteps(job, jobSteps)
    return finish(job)
  } catch (error) {
    job.log.error(errorMessage(error))
    return end(job, 'failure', {})
  }
}

function setUp(job: JobSession): JobStep[] {
  const { record } = job
  const first = queuedStep(1, 'Set up job')
  startStep(first)
  record.steps.push(first)
  saveJob(job.world, record)
  job.log.write(`Runner: ${runnerName} (self-hosted)\nJob: ${record.name}`)
  const scope = jobScope(job)
  const workflowEnv = evaluateTexts(job.plan.workflow.env, scope)
  const jobEnv = evaluateTexts(job.definition.env, withContexts(scope, { env: workflowEnv }))
  job.env = { ...workflowEnv, ...jobEnv }
  const jobSteps = job.definition.steps.map((definition) => jobStepOf(job, definition))
  record.steps.push(...jobSteps.map((jobStep, n) => queuedStep(n + 2, jobStep.title())))
  completeStep(first, 'success')
  saveJob(job.world, record)
  return jobSteps
}

async function runSteps(job: JobSession, jobSteps: readonly JobStep[]): Promise<void> {
  const { steps } = job.record
  for (const [n, jobStep] of jobSteps.entries()) {
    const record = steps[n + 1]
    if (record !== undefined && !isAbandoned(job)) await runStep(job, jobStep, record)
  }
  for (const jobStep of job.posts) {
    if (isAbandoned(job)) return
    const record = queuedStep(steps.length + 1, jobStep.title())
    steps.push(record)
    await runStep(job, jobStep, record)
  }
}

const isAbandoned = (job: JobSession): boolean => job.killed || job.world.closed

function finish(job: JobSession): JobEnd {
  if (job.killed) return end(job, job.status === 'cancelled' ? 'cancelled' : 'failure', {})
  const outputs = outputsOf(job)
  const last = queuedStep(job.record.steps.length + 1, 'Complete job')
  startStep(last)
  completeStep(last, 'success')
  job.record.steps.push(last)
  return end(job, job.status, outputs)
}

/** As on GitHub, an output that contains a secret is dropped. */
function outputsOf(job: JobSession): Record<string, string> {
  const outputs = evaluateTexts(job.definition.outputs, jobScope(job))
  const safe = Object.entries(outputs).filter(([name, value]) => {
    const secret = job.log.masks.apply(value) !== value
    if (secret) job.log.write(`##[warning]Skip output '${name}' since it may contain secret.`)
    return !secret
  })
  return Object.fromEntries(safe)
}

function end(job: JobSession, status: JobStatus, outputs: Readonly<Record<string, string>>): JobEnd {
  // A machine that is lost reports no steps.
  if (!job.killed || status === 'cancelled') endSteps(job.record.steps)
  Object.assign(job.record, { status: 'completed', conclusion: status, completed_at: now() })
  return { status, outputs }
}

/** A step of the workflow as a step of the job. */
const jobStepOf = (job: JobSession, definition: StepDefinition): JobStep => ({
  ...definition,
  title: () => job.log.masks.apply(titleOf(job, definition)),
  perform: (step) => (definition.kind === 'run' ? runScript(step, definition) : runAction(step, definition)),
})

/** `Run ...` unless the step has a name; a name that cannot be evaluated yet is shown as written. */
function titleOf(job: JobSession, definition: StepDefinition): string {
  const written = definition.kind === 'run' ? definition.run : definition.uses
  try {
    const name = evaluateText(definition.name, jobScope(job))
    if (name !== '') return name
    const text = typeof written === 'string' ? written : evaluateText(written, jobScope(job))
    return `Run ${text.trimStart().split(/\r?\n/)[0] ?? ''}`
  } catch {
    return 'Run'
  }
}
