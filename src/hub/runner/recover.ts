import type { JobRecord } from '../host.ts'
import { trackingId } from './job/folders.ts'
import { completeJob } from './job/job-record.ts'
import { endSteps } from './job/step-record.ts'
import { killMarked } from './process/leftovers.ts'
import { type RunnerWorld, saveJob, saveRun } from './world.ts'

/** Runs that an earlier process left behind have lost their runner: their jobs failed, and nothing of them runs again. */
export function recoverRuns(world: RunnerWorld): void {
  for (const run of world.host.runs().filter(({ status }) => status !== 'completed')) {
    for (const job of world.host.jobs(run.id).filter(({ status }) => status !== 'completed')) {
      killMarked(trackingId(world.host, job.id))
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
