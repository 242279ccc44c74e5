import type { HubEvent, HubHost, JobRecord, Runner } from '../host.ts'
import { ConcurrencyGroups } from './concurrency.ts'
import { type RequestedRun, resumedPlan, runsFor } from './deliver.ts'
import { removeFolders, trackingId } from './job/folders.ts'
import { completeJob } from './job/job-record.ts'
import { endSteps } from './job/step-record.ts'
import { killMarked } from './process/leftovers.ts'
import { startProcess } from './process/process.ts'
import { type RunHandle, startRun } from './run.ts'
import { type ReadWorkflows, readsWorkflows } from './workflow/workflow-files.ts'
import { inBackground, type RunnerOptions, type RunnerWorld, saveJob, saveRun } from './world.ts'

/** GitHub's own times. */
const defaultGrace = { interruptMs: 7500, terminateMs: 2500 }

export function createRunner(host: HubHost, options: RunnerOptions): Runner {
  const world: RunnerWorld = {
    host,
    groups: new ConcurrencyGroups(),
    tributaryAction: options.tributaryAction,
    tributaryStep: options.tributaryStep ?? { inputs: {}, workEnv: {} },
    logs: options.logs ?? (() => undefined),
    grace: options.grace ?? defaultGrace,
    path: options.path ?? process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    startProcess: options.startProcess ?? startProcess,
    background: new Set(),
    closed: false,
  }
  const active = new Map<number, RunHandle>()
  const read = readsWorkflows(host.gitDir, options.builtInWorkflow)
  loseJobs(world)
  const watch = (handle: RunHandle): number => {
    active.set(handle.id, handle)
    void handle.done.then(() => active.delete(handle.id))
    return handle.id
  }
  const begin = (requested: RequestedRun): number => {
    if (requested.kind === 'run') return watch(startRun(world, requested.plan))
    saveRun(world, requested.record)
    return requested.record.id
  }
  let delivering = 1
  let deliveries: Promise<unknown> = resumeRuns(world, read, watch).finally(() => delivering--)

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

const leftOpen = (world: RunnerWorld) => world.host.runs().filter(({ status }) => status !== 'completed')

/** Jobs of an earlier hub process have lost their runner: they are marked as failed and do not run again. */
function loseJobs(world: RunnerWorld): void {
  for (const run of leftOpen(world)) {
    for (const job of world.host.jobs(run.id).filter(({ status }) => status !== 'completed')) {
      killMarked(trackingId(world.host, job.id))
      inBackground(world, removeFolders(world.host, job.id))
      saveJob(world, lost(job))
    }
  }
}

/** Runs of an earlier hub process go on with the jobs that had not begun, such as one that follows a failed job. */
async function resumeRuns(world: RunnerWorld, read: ReadWorkflows, watch: (run: RunHandle) => void): Promise<void> {
  const { host } = world
  for (const record of leftOpen(world)) {
    const kept = host.unfinished().find(({ run }) => run === record.id)
    const plan = kept === undefined ? null : await resumedPlan(host, read, { ...record }, kept).catch(() => null)
    if (plan === null) saveRun(world, { ...record, status: 'completed', conclusion: 'failure' })
    else if (!world.closed) watch(startRun(world, plan, kept?.jobs))
  }
}

function lost(job: JobRecord): JobRecord {
  const ended = structuredClone(job)
  endSteps(ended.steps)
  completeJob(ended, 'failure')
  return ended
}
