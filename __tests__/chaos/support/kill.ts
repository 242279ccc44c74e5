import type { World } from '../../e2e/support/world.ts'

/** Ends the orchestrator of one run with SIGKILL, wherever it is, and says which workflow run it was of. */
export async function killOrchestrator(world: World, run: string): Promise<number> {
  const workflowRun = await world.until(`an orchestrator of run ${run} to kill`, async () => {
    const state = await world.state(run)
    return state !== null && state.phase !== 'empty' && state.orchestrator?.started && state.orchestrator.workflowRun
  })
  await killJob(world, workflowRun, 'orchestrate')
  return workflowRun
}

/** Ends the job of one slot of one run with SIGKILL. */
export async function killSlot(world: World, run: string, slot: string): Promise<void> {
  const state = await world.state(run)
  const request = slot.split('.')[0] ?? ''
  const workflowRun = state === null || state.phase === 'empty' ? null : state.slots[request]?.workflowRun
  if (workflowRun == null) throw new Error(`nobody knows where slot ${slot} of run ${run} is`)
  await killJob(world, workflowRun, `slot ${slot}`)
}

async function killJob(world: World, workflowRun: number, name: string): Promise<void> {
  const { data } = await world.admin.rest.actions.listJobsForWorkflowRun({ ...world.at, run_id: workflowRun })
  const job = data.jobs.find((one) => one.name === name && one.status === 'in_progress')
  if (job === undefined || !world.hub.runner.kill(job.id))
    throw new Error(
      `there is no job "${name}" to kill: ${data.jobs.map((one) => `${one.name} ${one.status}`).join(', ')}`,
    )
}
