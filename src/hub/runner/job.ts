import type { JobRecord, StepRecord } from '../host.ts'
import { actOf } from './acts.ts'
import { stopStep } from './child.ts'
import { runnerName } from './contexts.ts'
import { evaluateCondition, evaluateNumber, evaluateTexts, withContexts } from './expression.ts'
import { createFolders, removeFolders, trackingId } from './folders.ts'
import { JobLog, logPath } from './job-log.ts'
import type { Json, JsonObject } from './json.ts'
import { killMarked } from './leftovers.ts'
import { permissionsOf } from './permissions.ts'
import type { RunPlan } from './plan.ts'
import type { Act, JobSession, JobStatus } from './session.ts'
import { jobScope } from './session.ts'
import { takeStep } from './steps.ts'
import type { JobDefinition } from './workflow.ts'
import type { World } from './world.ts'
import { now, saveJob } from './world.ts'

export interface JobPlan {
  readonly run: RunPlan
  readonly definition: JobDefinition
  readonly record: JobRecord
  /** needs, matrix, strategy */
  readonly contexts: Readonly<Record<string, Json>>
}

export interface JobEnd {
  readonly status: JobStatus
  readonly outputs: Readonly<Record<string, string>>
}

const defaultMinutes = 360
const cancelMinutes = 5

/** Gets a job its machine: folders, log, token. */
export function openJob(world: World, { run, definition, record, contexts }: JobPlan): JobSession {
  const { host } = world
  const permissions = permissionsOf(run.workflow.permissions, definition.permissions)
  const token = host.issueToken({ id: record.id, run_id: record.run_id, permissions })
  const folders = createFolders(host, record.id, run.payload)
  const log = new JobLog(logPath(host.dataDir, record.id), (line) => world.logs(`${record.name} | ${line}`))
  for (const secret of [token, ...Object.values(host.secrets)]) log.masks.add(secret)
  const github: JsonObject = {
    ...run.github,
    token,
    job: definition.id,
    event_path: folders.event,
    workspace: folders.workspace,
  }
  const secrets = { ...host.secrets, GITHUB_TOKEN: token, github_token: token }
  return {
    world,
    plan: run,
    definition,
    record,
    folders,
    log,
    token,
    github,
    fixed: { ...contexts, inputs: run.inputs, vars: { ...host.variables }, secrets },
    env: {},
    path: [],
    steps: {},
    status: 'success',
    posts: [],
    children: new Set(),
    timers: [],
    current: undefined,
    killed: false,
  }
}

/** Runs the job's steps to the end, whatever that is; never throws. */
export async function runJob(job: JobSession): Promise<JobEnd> {
  const { record } = job
  record.runner_name = runnerName
  record.started_at = now()
  record.status = 'in_progress'
  try {
    const acts = setUp(job)
    limitTime(job)
    await takeAll(job, acts)
    return finish(job)
  } catch (error) {
    job.log.error(error instanceof Error ? error.message : String(error))
    return end(job, 'failure', {})
  }
}

function setUp(job: JobSession): Act[] {
  const started = now()
  job.record.steps.push(stepRecord(1, 'Set up job', started))
  saveJob(job.world, job.record)
  job.log.write(`Runner: ${runnerName} (self-hosted)\nJob: ${job.record.name}`)
  const scope = jobScope(job)
  const workflowEnv = evaluateTexts(job.plan.workflow.env, scope)
  const jobEnv = evaluateTexts(job.definition.env, withContexts(scope, { env: workflowEnv }))
  job.env = { ...workflowEnv, ...jobEnv }
  const acts = job.definition.steps.map((definition) => actOf(job, definition))
  job.record.steps.push(...acts.map((act, n) => stepRecord(n + 2, act.title)))
  complete(job.record.steps[0])
  saveJob(job.world, job.record)
  return acts
}

const stepRecord = (number: number, name: string, started: string | null = null): StepRecord => ({
  number,
  name,
  status: started === null ? 'queued' : 'in_progress',
  conclusion: null,
  started_at: started,
  completed_at: null,
})

function complete(record: StepRecord | undefined): void {
  if (record !== undefined) Object.assign(record, { status: 'completed', conclusion: 'success', completed_at: now() })
}

async function takeAll(job: JobSession, acts: readonly Act[]): Promise<void> {
  for (const [n, act] of acts.entries()) {
    const record = job.record.steps[n + 1]
    if (record !== undefined && !gone(job)) await takeStep(job, act, record)
  }
  for (const act of job.posts) {
    if (gone(job)) return
    const record = stepRecord(job.record.steps.length + 1, act.title)
    job.record.steps.push(record)
    await takeStep(job, act, record)
  }
}

const gone = (job: JobSession): boolean => job.killed || job.world.closed

function limitTime(job: JobSession): void {
  const minutes = evaluateNumber(job.definition.timeoutMinutes, jobScope(job), defaultMinutes)
  const timeOut = (): void => {
    job.log.error(`The job has exceeded the maximum execution time of ${minutes}m`)
    cancelJob(job)
  }
  job.timers.push(setTimeout(timeOut, Math.min(minutes * 60_000, 2 ** 31 - 1)))
}

/** What runs and does not ask for `always()` or `cancelled()` is stopped; steps that do still run, for a while. */
export function cancelJob(job: JobSession): void {
  if (job.status === 'cancelled') return
  job.status = 'cancelled'
  const { current } = job
  if (current !== undefined && !stillWanted(job)) {
    job.log.error('The operation was canceled.')
    stopStep(current, 'cancelled')
  }
  const minutes = evaluateNumber(job.definition.cancelTimeoutMinutes, jobScope(job), cancelMinutes)
  job.timers.push(setTimeout(() => killProcesses(job), minutes * 60_000))
}

function stillWanted(job: JobSession): boolean {
  const { current } = job
  if (current === undefined) return false
  try {
    return evaluateCondition(current.act.if, current.scope)
  } catch {
    return false
  }
}

/** As a runner that is lost: nothing more of the job runs, nothing is cleaned up by it. */
export function killJob(job: JobSession): void {
  job.killed = true
  job.log.error('The self-hosted runner lost communication with the server.')
  killProcesses(job)
}

export function killProcesses(job: JobSession): void {
  for (const child of job.children) child.kill()
}

function finish(job: JobSession): JobEnd {
  if (job.killed) return end(job, 'failure', {})
  const outputs = outputsOf(job)
  const last = stepRecord(job.record.steps.length + 1, 'Complete job', now())
  complete(last)
  job.record.steps.push(last)
  return end(job, job.status, outputs)
}

/** As on GitHub, an output with a secret in it does not leave the job. */
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
  const at = now()
  for (const step of job.record.steps.filter((one) => one.status !== 'completed')) {
    const conclusion = step.status === 'in_progress' ? 'failure' : 'skipped'
    Object.assign(step, { status: 'completed', conclusion, completed_at: at })
  }
  Object.assign(job.record, { status: 'completed', conclusion: status, completed_at: at })
  return { status, outputs }
}

/** Gives the machine back: processes, token, folders. */
export async function closeJob(job: JobSession): Promise<void> {
  job.timers.forEach(clearTimeout)
  killProcesses(job)
  killMarked(trackingId(job.world.host, job.record.id))
  job.world.host.revokeToken(job.token)
  job.log.close()
  await removeFolders(job.folders)
}
