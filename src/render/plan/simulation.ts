import { ASSUMED_MINUTES, type Prediction } from '../../core/prediction/prediction.ts'
import type { Simulated } from '../../core/prediction/simulation.ts'
import { count, duration, usd } from '../markdown/format.ts'

export interface Simulation {
  title: string
  tasks: number
  prediction: Prediction
  rows: readonly Simulated[]
  /** Null if no model works on the tasks. */
  predicted: { usd: number } | null
  /** US dollars that a past run has spent, and how many of its tasks never ran; null if this is not a past run. */
  past: { spentUsd: number; estimated: number } | null
}

/** For programs: one record for each number of slots. */
export const simulationLines = ({ tasks, prediction, rows, predicted, past }: Simulation) =>
  rows.map((row) => ({
    ...row,
    workMinutes: prediction.workMinutes,
    criticalPath: prediction.criticalPath,
    criticalPathMinutes: prediction.criticalPathMinutes,
    predictedUsd: predicted?.usd ?? 0,
    spentUsd: past?.spentUsd ?? null,
    estimatedTasks: past?.estimated ?? tasks,
  }))

const HEAD = ['slots', 'time', 'bound', 'times as fast', 'idle', 'slots at work', 'cost']

/** For a terminal: a table of the predicted time and cost for each number of slots. */
export function renderSimulation(of: Simulation): string {
  const { prediction, rows } = of
  return [
    `${of.title}: ${count(of.tasks, 'task')}, ${minutes(prediction.workMinutes)} of work, at most ${prediction.width} at once`,
    `Critical path: ${prediction.criticalPath.join(' > ')} (${minutes(prediction.criticalPathMinutes)})`,
    '',
    ...columns([HEAD, ...rows.map((row) => rowOf(row, of))]),
    '',
    ...assumptions(of),
  ].join('\n')
}

const minutes = (number: number): string => duration(number * 60)

function rowOf({ slots, makespanMinutes, boundMinutes, idleMinutes }: Simulated, of: Simulation): string[] {
  const { workMinutes } = of.prediction
  const held = slots * makespanMinutes
  return [
    `${slots}`,
    minutes(makespanMinutes),
    minutes(boundMinutes),
    makespanMinutes === 0 ? '' : (workMinutes / makespanMinutes).toFixed(1),
    minutes(idleMinutes),
    held === 0 ? '' : `${Math.round((100 * workMinutes) / held)} %`,
    costOf(of),
  ]
}

function costOf({ predicted, past }: Simulation): string {
  if (past !== null) return usd(past.spentUsd)
  return predicted === null ? 'none' : usd(predicted.usd)
}

function assumptions({ predicted, past }: Simulation): string[] {
  const sizes = `${ASSUMED_MINUTES.small} minutes for a small task, ${ASSUMED_MINUTES.medium} for a medium and ${ASSUMED_MINUTES.large} for a large one`
  const times = past === null ? [`Assumes ${sizes}.`] : tookThen(past.estimated, sizes)
  return [
    `${times.join(' ')} Starting slots, landing, and people at gates take no time here.`,
    'No schedule can end sooner than the bound.',
    ...(predicted === null
      ? ['No model works on these tasks.']
      : ['The number of slots does not change what models cost: each task has an agent of its own.']),
  ]
}

function tookThen(estimated: number, sizes: string): string[] {
  const took = 'Each task takes what it took in that run, attempts that failed among it.'
  return estimated === 0
    ? [took]
    : [took, `${count(estimated, 'task')} that no slot worked on ${estimated === 1 ? 'counts' : 'count'} as ${sizes}.`]
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '))
}
