import type { HubEvent, HubHost, UnfinishedRun, WorkflowRunRecord } from '../host.ts'
import { githubContext } from './job/contexts.ts'
import { evaluateText } from './workflow/expression.ts'
import { inputTexts, inputValues } from './workflow/inputs.ts'
import { type Json, type JsonObject, jsonOf, textAt } from './workflow/json.ts'
import type { RunPlan } from './workflow/plan.ts'
import { type Source, sourceOf } from './workflow/source.ts'
import { listens } from './workflow/trigger.ts'
import type { Workflow } from './workflow/workflow.ts'
import type { ReadWorkflows } from './workflow/workflow-files.ts'
import { errorMessage, now } from './world.ts'

/** A run that an event triggers: one to start, or one that failed because its workflow file is invalid. */
export type RequestedRun = { kind: 'run'; plan: RunPlan } | { kind: 'invalid'; record: WorkflowRunRecord }

/** The runs that an event triggers, in the order of the workflow files' paths. */
export async function runsFor(host: HubHost, read: ReadWorkflows, event: HubEvent): Promise<RequestedRun[]> {
  const source = await sourceOf(host, event)
  if (source === undefined) return []
  const requested: RequestedRun[] = []
  for (const [path, parsed] of await read(source.workflowSha)) {
    if (parsed.ok) {
      const { workflow } = parsed
      if (await listens(workflow.on, path, event, source)) requested.push(planned(host, event, source, workflow))
    } else if (parsed.on === undefined || (await listens(parsed.on, path, event, source))) {
      requested.push({ kind: 'invalid', record: invalidRun(host, event, source, path, parsed.errors.join('; ')) })
    }
  }
  return requested
}

function planned(host: HubHost, event: HubEvent, source: Source, workflow: Workflow): RequestedRun {
  const record = newRun(host, event, source, workflow.path, workflow.name)
  const plan = planOf(host, record, { event, source, workflow })
  try {
    const scope = { contexts: { github: plan.github, inputs: plan.inputs, vars: { ...host.variables } } }
    record.display_title = evaluateText(workflow.runName, scope).trim() || defaultTitle(event, plan.payload, workflow)
  } catch (error) {
    return { kind: 'invalid', record: failed(record, errorMessage(error)) }
  }
  return { kind: 'run', plan }
}

function planOf(
  host: HubHost,
  record: WorkflowRunRecord,
  { event, source, workflow }: Pick<RunPlan, 'event' | 'source' | 'workflow'>,
): RunPlan {
  const given = event.inputs ?? {}
  const texts = event.name === 'workflow_dispatch' ? inputTexts(workflow.on, given) : undefined
  const inputs: JsonObject = texts === undefined ? {} : inputValues(workflow.on, texts)
  const payload = jsonOf(texts === undefined ? event.payload : { ...event.payload, inputs: texts })
  const github = githubContext({ host, run: record, workflow, event, payload, source })
  return { record, workflow, event, payload, source, github, inputs }
}

/** A run that an earlier hub process began, as it was then; null if its workflow file cannot be read any more. */
export async function resumedPlan(
  host: HubHost,
  read: ReadWorkflows,
  record: WorkflowRunRecord,
  { event, source }: UnfinishedRun,
): Promise<RunPlan | null> {
  const parsed = (await read(source.workflowSha)).get(record.path)
  if (!parsed?.ok) return null
  return planOf(host, record, {
    event,
    source: { ...source, headSha: record.head_sha, changed: async () => [] },
    workflow: parsed.workflow,
  })
}

function newRun(host: HubHost, event: HubEvent, source: Source, path: string, name: string): WorkflowRunRecord {
  const numbers = host.runs().flatMap((run) => (run.path === path ? [run.run_number] : []))
  const created = now()
  return {
    id: host.nextId(),
    run_number: Math.max(0, ...numbers) + 1,
    run_attempt: 1,
    name,
    display_title: name,
    path,
    event: event.name,
    head_branch: source.headBranch,
    head_sha: source.headSha,
    actor: event.actor,
    status: 'queued',
    conclusion: null,
    created_at: created,
    updated_at: created,
    run_started_at: created,
  }
}

const invalidRun = (host: HubHost, event: HubEvent, source: Source, path: string, problem: string): WorkflowRunRecord =>
  failed(newRun(host, event, source, path, path), problem)

const failed = (record: WorkflowRunRecord, problem: string): WorkflowRunRecord => ({
  ...record,
  display_title: `Invalid workflow file: ${problem}`,
  status: 'completed',
  conclusion: 'failure',
})

/** The title of a run whose workflow has no `run-name`, as on GitHub. */
function defaultTitle(event: HubEvent, payload: Json, workflow: Workflow): string {
  const subject = textAt(payload, 'head_commit', 'message').split('\n')[0] ?? ''
  const titles: Readonly<Record<string, string>> = {
    push: subject,
    issues: textAt(payload, 'issue', 'title'),
    issue_comment: textAt(payload, 'issue', 'title'),
  }
  const pull = event.name.startsWith('pull_request') ? textAt(payload, 'pull_request', 'title') : ''
  return titles[event.name] || pull || workflow.name
}
