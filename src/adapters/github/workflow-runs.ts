import { type DispatchInputs, DispatchRefused } from '../../ports/forge.ts'
import { NO_CONTENT, ownerAndRepo, type RepositoryClient } from './client.ts'
import { httpStatusOf, UnknownOutcome } from './http-error.ts'

/** `workflowFile` is a name in `.github/workflows`. */
interface Workflow extends RepositoryClient {
  workflowFile: string
  /** `again`: it is not what it was. */
  defaultBranch(again?: 'again'): Promise<string>
}

const LOOKS = [1, 2, 4]
const TRIES = 3

/** Starts a workflow run. If the answer got lost, looks for the run by its title before a retry. */
export async function dispatch(workflow: Workflow, inputs: DispatchInputs): Promise<{ workflowRun: number | null }> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start(workflow, inputs)
    } catch (error) {
      if (isRefused(error)) throw new DispatchRefused(error.message, { cause: error })
      if (!(error instanceof UnknownOutcome) || tries === TRIES) throw error
      const workflowRun = await awaitListing(workflow, inputs)
      if (workflowRun !== null) return { workflowRun }
    }
  }
}

/** Any answer that another try would not change. */
const isRefused = (error: unknown): error is Error =>
  error instanceof Error && [400, 403, 404, 405, 410, 422].includes(httpStatusOf(error) ?? 0)

async function start(workflow: Workflow, inputs: DispatchInputs): Promise<{ workflowRun: number | null }> {
  const ref = await workflow.defaultBranch()
  try {
    return await startOn(workflow, ref, inputs)
  } catch (error) {
    // GitHub's answer to a ref that does not exist.
    const renamed = httpStatusOf(error) === 422 ? await workflow.defaultBranch('again') : ref
    if (renamed === ref) throw error
    return startOn(workflow, renamed, inputs)
  }
}

async function startOn(
  workflow: Workflow,
  ref: string,
  inputs: DispatchInputs,
): Promise<{ workflowRun: number | null }> {
  try {
    return { workflowRun: await post(workflow, ref, inputs, { return_run_details: true }) }
  } catch (error) {
    // A server that does not know the flag refuses the request, and starts nothing.
    if (httpStatusOf(error) !== 400) throw error
    return { workflowRun: await post(workflow, ref, inputs, {}) }
  }
}

async function post(workflow: Workflow, ref: string, inputs: DispatchInputs, flag: { return_run_details?: boolean }) {
  const { data }: { data: unknown } = await workflow.client.octokit.request(
    'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    {
      ...ownerAndRepo(workflow),
      workflow_id: workflow.workflowFile,
      ref,
      inputs: { ...inputs },
      ...flag,
      ...NO_CONTENT,
    },
  )
  return typeof data === 'object' && data !== null && 'workflow_run_id' in data ? Number(data.workflow_run_id) : null
}

/** Looks several times, since a dispatched run is listed after a delay. */
async function awaitListing(workflow: Workflow, { run, request }: DispatchInputs): Promise<number | null> {
  for (const seconds of LOOKS) {
    await workflow.client.clock.wait(seconds)
    const found = await dispatched(workflow, run, request)
    if (found !== null) return found
  }
  return null
}

/** The workflow run whose title (the workflow file's `run-name`) ends with the run and the request. */
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

/** If another workflow calls ours, the name begins with the caller's job. */
const ORCHESTRATE = /^(?:.* \/ )?orchestrate$/

/** Whether the workflow run's orchestrate job may still run: it is listed and not completed, or not listed yet. */
export async function orchestratorAlive(repository: RepositoryClient, workflowRun: number): Promise<boolean> {
  try {
    const jobs = await repository.client.octokit.paginate('GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs', {
      ...ownerAndRepo(repository),
      run_id: workflowRun,
      filter: 'latest',
      per_page: 100,
    })
    const job = jobs.find(({ name }) => ORCHESTRATE.test(name))
    return job === undefined ? await isOpen(repository, workflowRun) : job.status !== 'completed'
  } catch (error) {
    if (httpStatusOf(error) === 404) return false
    throw error
  }
}

/** Some servers do not list a job that waits for others. */
async function isOpen(repository: RepositoryClient, workflowRun: number): Promise<boolean> {
  const parameters = { ...ownerAndRepo(repository), run_id: workflowRun }
  const { data } = await repository.client.octokit.request(
    'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
    parameters,
  )
  return data.status !== 'completed'
}
