import type { DispatchInputs } from '../../ports/forge.ts'
import { ownerAndRepo, type RepositoryClient } from './client.ts'
import { httpStatusOf, UnknownOutcome } from './http-error.ts'

/** The workflow file, by its name in `.github/workflows`. */
interface Workflow extends RepositoryClient {
  workflowFile: string
  defaultBranch(): Promise<string>
}

const LOOKS = [1, 2, 4]
const TRIES = 3

/** Starts a workflow run. Where the answer got lost the run is looked for by its title before anything is repeated. */
export async function dispatch(workflow: Workflow, inputs: DispatchInputs): Promise<{ workflowRun: number | null }> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start(workflow, inputs)
    } catch (error) {
      if (!(error instanceof UnknownOutcome) || tries === TRIES) throw error
      const workflowRun = await appearing(workflow, inputs)
      if (workflowRun !== null) return { workflowRun }
    }
  }
}

async function start(workflow: Workflow, inputs: DispatchInputs): Promise<{ workflowRun: number | null }> {
  const ref = await workflow.defaultBranch()
  try {
    return { workflowRun: await post(workflow, ref, inputs, { return_run_details: true }) }
  } catch (error) {
    // Servers that do not know the flag refuse it, and start nothing.
    if (httpStatusOf(error) !== 400) throw error
    return { workflowRun: await post(workflow, ref, inputs, {}) }
  }
}

async function post(workflow: Workflow, ref: string, inputs: DispatchInputs, flag: { return_run_details?: boolean }) {
  const { data }: { data: unknown } = await workflow.client.octokit.request(
    'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    { ...ownerAndRepo(workflow), workflow_id: workflow.workflowFile, ref, inputs: { ...inputs }, ...flag },
  )
  return typeof data === 'object' && data !== null && 'workflow_run_id' in data ? Number(data.workflow_run_id) : null
}

/** A dispatched run takes a moment to be listed. */
async function appearing(workflow: Workflow, { run, request }: DispatchInputs): Promise<number | null> {
  for (const seconds of LOOKS) {
    await workflow.client.clock.wait(seconds)
    const found = await dispatched(workflow, run, request)
    if (found !== null) return found
  }
  return null
}

/** The title is the `run-name` of the workflow file: it ends with the run and the request. */
export async function dispatched(workflow: Workflow, run: string, request: string): Promise<number | null> {
  const pages = workflow.client.octokit.paginate.iterator(
    'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs',
    { ...ownerAndRepo(workflow), workflow_id: workflow.workflowFile, event: 'workflow_dispatch', per_page: 100 },
  )
  for await (const { data } of pages) {
    const found = data.find(({ display_title }) => display_title.endsWith(` ${run} ${request}`))
    if (found !== undefined) return found.id
  }
  return null
}

/** A workflow that calls ours puts its own job's name in front. */
const ORCHESTRATE = /^(?:.* \/ )?orchestrate$/

/** Whether that workflow run's orchestrate job can still be at work: listed and not completed, or still to come. */
export async function orchestratorAlive(place: RepositoryClient, workflowRun: number): Promise<boolean> {
  try {
    const jobs = await place.client.octokit.paginate('GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs', {
      ...ownerAndRepo(place),
      run_id: workflowRun,
      filter: 'latest',
      per_page: 100,
    })
    const job = jobs.find(({ name }) => ORCHESTRATE.test(name))
    return job === undefined ? await isOpen(place, workflowRun) : job.status !== 'completed'
  } catch (error) {
    if (httpStatusOf(error) === 404) return false
    throw error
  }
}

/** A job that waits for others is not listed everywhere. */
async function isOpen(place: RepositoryClient, workflowRun: number): Promise<boolean> {
  const parameters = { ...ownerAndRepo(place), run_id: workflowRun }
  const { data } = await place.client.octokit.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}', parameters)
  return data.status !== 'completed'
}
