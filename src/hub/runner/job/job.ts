import type { JobRecord } from '../../host.ts'
import { killMarked } from '../process/leftovers.ts'
import type { Json, JsonObject } from '../workflow/json.ts'
import { permissionsOf } from '../workflow/permissions.ts'
import type { RunPlan } from '../workflow/plan.ts'
import type { JobDefinition } from '../workflow/workflow.ts'
import { inBackground, type RunnerWorld } from '../world.ts'
import { createFolders, removeFolders, trackingId } from './folders.ts'
import { JobLog, logPath } from './job-log.ts'
import { killProcesses } from './job-stop.ts'
import type { JobSession, Limits } from './session.ts'

export interface JobPlan {
  readonly run: RunPlan
  readonly definition: JobDefinition
  readonly record: JobRecord
  /** needs, matrix, strategy */
  readonly contexts: Readonly<Record<string, Json>>
  readonly limits: Limits
}

/** Prepares a job: folders, log, token. */
export function openJob(world: RunnerWorld, { run, definition, record, contexts, limits }: JobPlan): JobSession {
  const { host } = world
  const permissions = permissionsOf(run.workflow.permissions, definition.permissions)
  const folders = createFolders(host, record.id, run.payload)
  const log = new JobLog(logPath(host.dataDir, record.id), (line) => world.logs(`${record.name} | ${line}`))
  const token = host.issueToken({ id: record.id, run_id: record.run_id, permissions })
  for (const secret of [token, ...Object.values(host.secrets)]) log.masks.add(secret)
  const { event: event_path, workspace } = folders
  const github: JsonObject = { ...run.github, token, job: definition.id, event_path, workspace }
  const secrets = { ...host.secrets, GITHUB_TOKEN: token }
  return {
    world,
    plan: run,
    definition,
    record,
    limits,
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

/** Ends the job's processes, revokes its token and removes its folders. */
export function closeJob(job: JobSession): void {
  job.timers.forEach(clearTimeout)
  killProcesses(job)
  killMarked(trackingId(job.world.host, job.record.id))
  job.world.host.revokeToken(job.token)
  job.log.close()
  inBackground(job.world, removeFolders(job.world.host, job.record.id))
}
