import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
import type { WorkflowJob as ParsedJob } from '@actions/workflow-parser/model/workflow-template'
import { type Expression, mapOf, type Tree, type TreeMap, textsOf, treeOf, treeText } from './tree.ts'
import type { JobDefinition, RunDefaults, StepDefinition, Workflow } from './workflow.ts'

export type ParsedWorkflow =
  | { ok: true; workflow: Workflow }
  /** `on` is the part that could be read, so that an invalid file fails only for events that would have started it. */
  | { ok: false; errors: string[]; on: TreeMap | undefined }

const always: Expression = { expression: 'success()' }

export async function parse(path: string, content: string): Promise<ParsedWorkflow> {
  const { context, value } = parseWorkflow({ name: path, content }, new NoOperationTraceWriter())
  if (value === undefined) return { ok: false, errors: messages(context.errors.getErrors()), on: undefined }
  const root = mapOf(treeOf(value))
  const on = eventsOf(root.get('on'))
  const template = await convertWorkflowTemplate(context, value)
  if (template.errors !== undefined) {
    return { ok: false, errors: template.errors.map((error) => error.Message), on }
  }
  const jobs = mapOf(root.get('jobs'))
  const workflow = workflowOf(path, root, on ?? new Map(), template.jobs, jobs)
  const errors = concurrencyErrors(workflow)
  return errors.length > 0 ? { ok: false, errors, on } : { ok: true, workflow }
}

const messages = (errors: { message: string }[]): string[] => errors.map((error) => error.message)

/** `on: push`, `on: [push, issues]` and `on: { push: ... }` as one mapping. */
function eventsOf(on: Tree | undefined): TreeMap | undefined {
  if (on === undefined) return undefined
  if (on instanceof Map) return on
  return new Map(textsOf(on).map((name) => [name, null]))
}

function workflowOf(path: string, root: TreeMap, on: TreeMap, templates: ParsedJob[], jobs: TreeMap): Workflow {
  return {
    path,
    name: treeText(root.get('name')) ?? path,
    runName: root.get('run-name'),
    on,
    env: root.get('env'),
    permissions: root.get('permissions'),
    concurrency: root.get('concurrency'),
    defaults: defaultsOf(root),
    jobs: templates.map((template) => jobOf(template, mapOf(jobs.get(template.id.value)))),
  }
}

function defaultsOf(map: TreeMap): RunDefaults {
  const run = mapOf(mapOf(map.get('defaults')).get('run'))
  return { shell: run.get('shell'), workingDirectory: run.get('working-directory') }
}

function jobOf(template: ParsedJob, map: TreeMap): JobDefinition {
  const steps = map.get('steps')
  const conditions = template.type === 'job' ? template.steps.map((step) => ('if' in step ? step.if : undefined)) : []
  return {
    id: template.id.value,
    name: map.get('name'),
    needs: textsOf(map.get('needs')),
    if: { expression: template.if.expression },
    runsOn: map.get('runs-on'),
    permissions: map.get('permissions'),
    concurrency: map.get('concurrency'),
    strategy: map.get('strategy'),
    timeoutMinutes: map.get('timeout-minutes'),
    cancelTimeoutMinutes: map.get('cancel-timeout-minutes'),
    continueOnError: map.get('continue-on-error'),
    env: map.get('env'),
    outputs: map.get('outputs'),
    defaults: defaultsOf(map),
    steps: Array.isArray(steps) ? steps.map((step, n) => stepOf(mapOf(step), conditions[n])) : [],
    refused: refusal(map),
  }
}

function refusal(map: TreeMap): string | undefined {
  if (map.has('uses')) return `The hub runs no reusable workflows: '${treeText(map.get('uses')) ?? ''}'`
  const requested = ['container', 'services'].find((key) => map.has(key))
  return requested === undefined ? undefined : `The hub runs jobs as processes: '${requested}' is not provided`
}

function stepOf(map: TreeMap, condition: Expression | undefined): StepDefinition {
  const step = {
    id: treeText(map.get('id')),
    name: map.get('name'),
    if: { expression: (condition ?? always).expression },
    continueOnError: map.get('continue-on-error'),
    timeoutMinutes: map.get('timeout-minutes'),
    env: map.get('env'),
  }
  const uses = treeText(map.get('uses'))
  if (uses !== undefined) return { ...step, kind: 'uses', uses, with: map.get('with') }
  const run = map.get('run') ?? ''
  return { ...step, kind: 'run', run, shell: map.get('shell'), workingDirectory: map.get('working-directory') }
}

/** The parser does not report this error, GitHub does. */
function concurrencyErrors(workflow: Workflow): string[] {
  return [workflow.concurrency, ...workflow.jobs.map((job) => job.concurrency)]
    .map(mapOf)
    .filter((map) => map.get('queue') === 'max' && map.get('cancel-in-progress') === true)
    .map(() => `${workflow.path}: 'queue: max' cannot be used together with 'cancel-in-progress: true'`)
}
