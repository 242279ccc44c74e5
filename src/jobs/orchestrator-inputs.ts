import type { RunId } from '../core/ids.ts'
import type { DispatchInputs } from '../ports/forge.ts'
import type { JobDeps } from './deps.ts'

/** The inputs of a workflow run with an orchestrator. The request names this workflow run, so that it is started once. */
export const orchestratorInputs = ({ workflowRun }: Pick<JobDeps, 'workflowRun'>, run: RunId): DispatchInputs => ({
  role: 'orchestrate',
  run,
  request: `o${workflowRun}`,
  slots: '[]',
})
