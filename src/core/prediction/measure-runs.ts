import { costsOf, spendingOfTask } from '../money/ledger.ts'
import { LEAST_SAMPLES, type MeasuredKind, type Measurements, spreadOf } from '../money/measurements.ts'
import { parseMoneyKey } from '../money/money-key.ts'
import { usdOf } from '../money/usage.ts'
import { modelFor, type Size, type Task, type Worker, workerOf } from '../plan/plan.ts'
import { statusOf } from '../run/lookup.ts'
import { type LiveRun, type RunState, workOf } from '../run/state.ts'
import type { Work } from '../run/work.ts'
import { spansOf } from './simulation.ts'

interface Sample {
  size: Size
  worker: Worker
  model: string
  minutes: number
  usd: number
}

const MOST_KINDS = 30

/** What the finished tasks of these runs took; null if there are none. */
export function measureRuns(states: readonly RunState[]): Measurements | null {
  const runs = states.flatMap((state) => {
    const work = workOf(state)
    return state.phase === 'empty' || work === null ? [] : [{ state, samples: samplesOf(state, work) }]
  })
  const withTasks = runs.filter(({ samples }) => samples.length > 0)
  if (withTasks.length === 0) return null
  const samples = withTasks.flatMap((run) => run.samples)
  const planner = withTasks.flatMap(({ state }) => plannerUsdOf(state))
  return { runs: withTasks.length, tasks: samples.length, kinds: kindsOf(samples), plannerUsd: spreadOf(planner) }
}

const samplesOf = ({ ledger }: LiveRun, work: Work): Sample[] =>
  work.plan.tasks.flatMap((task) => {
    const spans = spansOf(work, task.id)
    if (task.kind === 'gate' || statusOf(work, task.id) !== 'landed' || spans.length === 0) return []
    const spending = spendingOfTask(ledger, task.id)
    const worker = workerOf(task, work.settings)
    const model = worker === 'agent' ? modelOf(task, work, spending) : ''
    return [{ size: task.size, worker, model, minutes: sum(spans), usd: usdOf(spending) }]
  })

/** The model that most of the money went to: after failures a task may have had a stronger one. */
function modelOf(task: Task, { settings }: Work, spending: ReturnType<typeof spendingOfTask>): string {
  const [most] = spending.filter(({ calls }) => calls > 0).toSorted((a, b) => b.usd - a.usd)
  return (most?.model ?? modelFor(task.model_tier, settings)).slice(0, 200)
}

function kindsOf(samples: readonly Sample[]): MeasuredKind[] {
  const groups = new Map<string, Sample[]>()
  for (const sample of samples) {
    const key = JSON.stringify([sample.size, sample.worker, sample.model])
    groups.set(key, [...(groups.get(key) ?? []), sample])
  }
  const kinds = [...groups.values()].flatMap((alike) => kindOf(alike) ?? [])
  return kinds.toSorted((a, b) => b.tasks - a.tasks).slice(0, MOST_KINDS)
}

function kindOf(alike: readonly Sample[]): MeasuredKind | null {
  const [first] = alike
  const minutes = spreadOf(alike.map((one) => one.minutes))
  const usd = spreadOf(alike.map((one) => one.usd))
  if (first === undefined || minutes === null || usd === null || alike.length < LEAST_SAMPLES) return null
  const { size, worker, model } = first
  return { size, worker, model, tasks: alike.length, minutes, usd }
}

const AFTER_APPROVAL: ReadonlySet<string> = new Set(['scope', 'expand', 'replan', 'review', 'synthesis'])

/** Only of runs that came to their end, and that had a planner. */
function plannerUsdOf(run: LiveRun): number[] {
  const hasEnded = run.phase === 'ended' && (run.conclusion === 'success' || run.conclusion === 'merged')
  if (!hasEnded || run.planning === null) return []
  const isLater = (key: string): boolean => {
    const use = parseMoneyKey(key)
    return use?.of === 'stage' && AFTER_APPROVAL.has(use.name)
  }
  return [sum(costsOf(run.ledger, isLater).map(({ spending }) => usdOf(spending)))]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
