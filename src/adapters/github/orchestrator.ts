import { statusOf } from './http-error.ts'
import { at, type Place } from './place.ts'

/** A workflow that calls ours puts its own job's name in front. */
const ORCHESTRATE = /^(?:.* \/ )?orchestrate$/

/** Whether that workflow run's orchestrate job can still be at work: listed and not completed, or still to come. */
export async function orchestratorAlive(place: Place, workflowRun: number): Promise<boolean> {
  try {
    const jobs = await place.client.octokit.paginate('GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs', {
      ...at(place),
      run_id: workflowRun,
      filter: 'latest',
      per_page: 100,
    })
    const job = jobs.find(({ name }) => ORCHESTRATE.test(name))
    return job === undefined ? await isOpen(place, workflowRun) : job.status !== 'completed'
  } catch (error) {
    if (statusOf(error) === 404) return false
    throw error
  }
}

/** A job that waits for others is not listed everywhere. */
async function isOpen(place: Place, workflowRun: number): Promise<boolean> {
  const parameters = { ...at(place), run_id: workflowRun }
  const { data } = await place.client.octokit.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}', parameters)
  return data.status !== 'completed'
}
