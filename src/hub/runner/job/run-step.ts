import type { StepRecord } from '../../host.ts'
import { StepFailure, StepStopped, stopStep } from '../step/child.ts'
import { evaluateBoolean, evaluateCondition, evaluateNumber, evaluateTexts } from '../workflow/expression.ts'
import { errorMessage, saveJob } from '../world.ts'
import { parseLines, parsePairs, readStepFile } from './env-files.ts'
import { type JobSession, type JobStep, jobScope, openStep, type StepSession } from './session.ts'
import { completeStep, startStep } from './step-record.ts'

type Outcome = 'success' | 'failure' | 'cancelled' | 'skipped'

const summaryLimit = 1024 * 1024

/** Runs one step of a job and records its outcome. */
export async function runStep(job: JobSession, jobStep: JobStep, record: StepRecord): Promise<void> {
  record.name = jobStep.title()
  startStep(record)
  saveJob(job.world, job.record)
  const { outcome, step } = await performStep(job, jobStep)
  if (job.killed) return
  const forgiven = outcome === 'failure' && step !== undefined && forgives(step)
  const conclusion = forgiven ? 'success' : outcome
  if (conclusion === 'failure' && job.status === 'success') job.status = 'failure'
  if (jobStep.id !== undefined) {
    job.steps = { ...job.steps, [jobStep.id]: { outputs: step?.outputs ?? {}, outcome, conclusion } }
  }
  completeStep(record, conclusion)
  saveJob(job.world, job.record)
}

function forgives(step: StepSession): boolean {
  return evaluateBoolean(step.jobStep.continueOnError, step.scope, false)
}

async function performStep(job: JobSession, jobStep: JobStep): Promise<{ outcome: Outcome; step?: StepSession }> {
  let step: StepSession | undefined
  try {
    step = openStep(job, jobStep, evaluateTexts(jobStep.env, jobScope(job)))
    if (!evaluateCondition(jobStep.if, step.scope)) return { outcome: 'skipped', step }
    if (job.world.host.stepFails(job.record.name, jobStep.title()))
      throw new StepFailure('Process completed with exit code 1.')
    await performInTime(step)
    return { outcome: 'success', step }
  } catch (error) {
    if (error instanceof StepStopped && step?.stopped !== 'timed out') return { outcome: 'cancelled', step }
    if (!(error instanceof StepStopped)) job.log.error(errorMessage(error))
    return { outcome: 'failure', step }
  }
}

async function performInTime(step: StepSession): Promise<void> {
  const { jobStep, job } = step
  const minutes = evaluateNumber(jobStep.timeoutMinutes, step.scope, 0)
  const timeOut = (): void => {
    job.log.error(`The action '${jobStep.title()}' has timed out after ${minutes} minutes.`)
    stopStep(step, 'timed out')
  }
  const timer = minutes > 0 ? setTimeout(timeOut, minutes * 60_000) : undefined
  job.current = step
  try {
    await jobStep.perform(step)
    if (step.stopped !== undefined) throw new StepStopped()
  } finally {
    clearTimeout(timer)
    job.current = undefined
    readFiles(step)
  }
}

/** Reads what the step wrote into its command files; an invalid file fails the step. */
function readFiles(step: StepSession): void {
  const { job, files } = step
  Object.assign(step.outputs, parsePairs(readStepFile(files.output)))
  const { NODE_OPTIONS: refused, ...env } = parsePairs(readStepFile(files.env))
  if (refused !== undefined)
    throw new StepFailure("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.")
  job.env = { ...job.env, ...env }
  job.path = [...parseLines(readStepFile(files.path)).reverse(), ...job.path]
  addSummary(job, readStepFile(files.summary))
}

function addSummary(job: JobSession, summary: string): void {
  const size = Buffer.byteLength(summary)
  if (size > summaryLimit) {
    const kilobytes = Math.ceil(size / 1024)
    job.log.error(`$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${kilobytes}k.`)
    return
  }
  if (summary !== '') job.record.summary += `${job.log.masks.apply(summary).trimEnd()}\n`
}
