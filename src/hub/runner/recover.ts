import type { JobRecord } from '../host.ts'
import { trackingId } from './folders.ts'
import { killMarked } from './leftovers.ts'
import type { World } from './world.ts'
import { now, saveJob, saveRun } from './world.ts'

/** Runs that an earlier process left behind have lost their runner: their jobs failed, and nothing of them runs again. */
export function recover(world: World): void {
  for (const run of world.host.runs().filter(({ status }) => status !== 'completed')) {
    for (const job of world.host.jobs(run.id).filter(({ status }) => status !== 'completed')) {
      killMarked(trackingId(world.host, job.id))
      saveJob(world, lost(job))
    }
    saveRun(world, { ...run, status: 'completed', conclusion: 'failure' })
  }
}

function lost(job: JobRecord): JobRecord {
  const at = now()
  const steps = job.steps.map((step) =>
    step.status === 'completed' ? step : { ...step, ...endOf(step.status === 'in_progress'), completed_at: at },
  )
  return { ...job, steps, status: 'completed', conclusion: 'failure', completed_at: at }
}

const endOf = (atWork: boolean): { status: 'completed'; conclusion: 'failure' | 'skipped' } => ({
  status: 'completed',
  conclusion: atWork ? 'failure' : 'skipped',
})
