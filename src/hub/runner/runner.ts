import type { HubEvent, HubHost, JobRecord, Runner } from '../host.ts'
import { ConcurrencyGroups } from './concurrency.ts'
import { type RequestedRun, runsFor } from './deliver.ts'
import { removeFolders, trackingId } from './job/folders.ts'
import { completeJob } from './job/job-record.ts'
import { endSteps } from './job/step-record.ts'
import { killMarked } from './process/leftovers.ts'
import { startProcess } from './process/process.ts'
import { type RunHandle, startRun } from './run.ts'
import { readsWorkflows } from './workflow/workflow-files.ts'
import { inBackground, type RunnerOptions, type RunnerWorld, saveJob, saveRun } from './world.ts'

/** GitHub's own times. */
const defaultGrace = { interruptMs: 7500, terminateMs: 2500 }

export function createRunner(host: HubHost, options: RunnerOptions): Runner {
  const world: RunnerWorld = {
    host,
    groups: new ConcurrencyGroups(),
    tributaryAction: options.tributaryAction,
    logs: options.logs ?? (() => undefined),
    grace: options.grace ?? defaultGrace,
    path: options.path ?? process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    startProcess: options.startProcess ?? startProcess,
    background: new Set(),
    closed: false,
  }
  const active = new Map<number, RunHandle>()
  let deliveries: Promise<unknown> = Promise.resolve()
  let delivering = 0
  const read = readsWorkflows(host.gitDir)
  recoverRuns(world)

  const begin = (requested: RequestedRun): number => {
    if (requested.kind === 'invalid') {
      saveRun(world, requested.record)
      return requested.record.id
    }
    const handle = startRun(world, requested.plan)
    active.set(handle.id, handle)
    void handle.done.then(() => active.delete(handle.id))
    return handle.id
  }

  /** Delivers one event at a time, so that runs start in the order of events. */
  const deliver = (event: HubEvent): Promise<number[]> => {
    delivering++
    const delivery = deliveries
      .then(async () => {
        const requested = world.closed ? [] : await runsFor(host, read, event)
        return world.closed ? [] : requested.map(begin)
      })
      .finally(() => delivering--)
    deliveries = delivery.catch(() => undefined)
    return delivery
  }

  const settled = async (): Promise<void> => {
    await deliveries
    await Promise.all([...active.values()].map((handle) => handle.done))
    await Promise.all(world.background)
  }

  return {
    deliver,
    cancel: (runId) => {
      const handle = active.get(runId)
      handle?.cancel()
      return handle !== undefined
    },
    kill: (jobId) => [...active.values()].some((handle) => handle.kill(jobId)),
    idle: async () => {
      while (delivering > 0 || active.size > 0) await settled()
    },
    close: async () => {
      world.closed = true
      for (const handle of active.values()) handle.abandon()
      await settled()
    },
  }
}

/** Runs of an earlier hub process have lost their runner: their jobs are marked as failed and do not run again. */
function recoverRuns(world: RunnerWorld): void {
  for (const run of world.host.runs().filter(({ status }) => status !== 'completed')) {
    for (const job of world.host.jobs(run.id).filter(({ status }) => status !== 'completed')) {
      killMarked(trackingId(world.host, job.id))
      inBackground(world, removeFolders(world.host, job.id))
      saveJob(world, lost(job))
    }
    saveRun(world, { ...run, status: 'completed', conclusion: 'failure' })
  }
}

function lost(job: JobRecord): JobRecord {
  const ended = structuredClone(job)
  endSteps(ended.steps)
  completeJob(ended, 'failure')
  return ended
}
