import type { SettledJob, UnfinishedRun } from '../host.ts'
import { type ConcurrencyRequest, type Contender, concurrencyOf } from './concurrency.ts'
import { conclusionOf, jobStatus, jobsBefore, needsContext } from './graph.ts'
import type { JobHandle } from './job/job-handle.ts'
import { evaluateCondition, type Scope } from './workflow/expression.ts'
import type { RunPlan } from './workflow/plan.ts'
import { runWorkflowJob, type WorkflowJob } from './workflow-job.ts'
import { errorMessage, now, type RunnerWorld, saveRun, saveUnfinished } from './world.ts'

/** A running workflow run. */
export interface RunHandle {
  readonly id: number
  readonly done: Promise<void>
  cancel(): void
  /** SIGKILLs the job; false if this run has no such running job. */
  kill(jobId: number): boolean
  abandon(): void
}

interface Run {
  readonly world: RunnerWorld
  readonly plan: RunPlan
  readonly handles: Map<JobHandle, WorkflowJob>
  readonly settled: Map<string, SettledJob>
  readonly kept: UnfinishedRun
  cancelled: boolean
}

/** `before`: how far the jobs had come, if an earlier hub process began this run. */
export function startRun(world: RunnerWorld, plan: RunPlan, before: UnfinishedRun['jobs'] = {}): RunHandle {
  const { changed: _, ...source } = plan.source
  const kept = { run: plan.record.id, event: plan.event, source, jobs: { ...before } }
  const run: Run = { world, plan, handles: new Map(), settled: new Map(), kept, cancelled: false }
  const stop = new AbortController()
  const cancel = (): void => {
    run.cancelled = true
    stop.abort()
    cancelJobs(run)
  }
  saveRun(world, plan.record)
  saveUnfinished(world, kept)
  return {
    id: plan.record.id,
    done: live(run, stop.signal, cancel),
    cancel,
    kill: (jobId) => [...run.handles.keys()].some((handle) => handle.record.id === jobId && handle.kill()),
    abandon: () => {
      stop.abort()
      for (const handle of run.handles.keys()) handle.abandon()
    },
  }
}

async function live(run: Run, stop: AbortSignal, cancel: () => void): Promise<void> {
  const { world, plan } = run
  let release = (): void => undefined
  try {
    release = await admitted(world, concurrencyOf(plan.workflow.concurrency, rootScope(run)), stop, cancel)
    if (stop.aborted) return finish(run, 'cancelled')
    plan.record.status = 'in_progress'
    if (Object.keys(run.kept.jobs).length === 0) plan.record.run_started_at = now()
    saveRun(world, plan.record)
    const settled = await runGraph(run)
    finish(run, conclusionOf(settled, run.cancelled))
  } catch (error) {
    plan.record.display_title = errorMessage(error)
    finish(run, 'failure')
  } finally {
    release()
  }
}

function finish({ world, plan }: Run, conclusion: typeof plan.record.conclusion): void {
  Object.assign(plan.record, { status: 'completed', conclusion })
  saveRun(world, plan.record)
}

function admitted(
  world: RunnerWorld,
  concurrency: ConcurrencyRequest | undefined,
  stop: AbortSignal,
  cancel: () => void,
): Promise<() => void> {
  if (concurrency === undefined) return Promise.resolve(() => undefined)
  return new Promise((resolve) => {
    const release = (): void => world.groups.release(concurrency.group, contender)
    const contender: Contender = { start: () => resolve(release), cancel }
    stop.addEventListener('abort', () => resolve(release), { once: true })
    world.groups.enter(concurrency, contender)
  })
}

const rootScope = ({ world, plan: { github, inputs } }: Run): Scope => ({
  contexts: { github, inputs, vars: { ...world.host.variables } },
})

/** Each job starts as soon as its own needs have settled. */
async function runGraph(run: Run): Promise<SettledJob[]> {
  const { jobs } = run.plan.workflow
  const started = new Map<string, Promise<SettledJob>>()
  const start = (id: string): Promise<SettledJob> => {
    const known = started.get(id)
    if (known !== undefined) return known
    const needs = jobs.find((job) => job.id === id)?.needs ?? []
    const settles = Promise.all(needs.map(start)).then(() => settle(run, id))
    started.set(id, settles)
    return settles
  }
  return Promise.all(jobs.map((job) => start(job.id)))
}

async function settle(run: Run, id: string): Promise<SettledJob> {
  const { world, plan, settled, kept } = run
  const before = kept.jobs[id]
  if (before !== undefined) return end(run, id, before ?? { result: 'failure', outputs: {} })
  const definition = plan.workflow.jobs.find((job) => job.id === id)
  if (definition === undefined || world.closed) return { result: 'cancelled', outputs: {} }
  const status = jobStatus(settled, jobsBefore(plan.workflow.jobs, id), () => run.cancelled)
  const contexts = { ...rootScope(run).contexts, needs: needsContext(settled, definition.needs) }
  kept.jobs[id] = null
  saveUnfinished(world, kept)
  return end(
    run,
    id,
    await runWorkflowJob({ world, plan, definition, scope: { contexts, status }, handles: run.handles }),
  )
}

function end({ world, settled, kept }: Run, id: string, result: SettledJob): SettledJob {
  settled.set(id, result)
  kept.jobs[id] = result
  saveUnfinished(world, kept)
  return result
}

/** A running job whose `if` still holds (`always()`) is left alone, as on GitHub. */
function cancelJobs(run: Run): void {
  for (const [handle, { definition, scope }] of run.handles) {
    if (!evaluateCondition(definition.if, scope)) handle.cancel()
  }
}
