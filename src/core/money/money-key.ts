import type { TaskId } from '../ids.ts'
import type { StageName } from '../plan/planning.ts'

/** What money is reserved for: a try of one of the planner's stages, or an attempt at a task. */
export type MoneyUse =
  | { of: 'stage'; name: StageName; task: TaskId | null; number: number }
  | { of: 'attempt'; task: TaskId; attempt: number }

const NAMES: ReadonlySet<string> = new Set<StageName>([
  'explore',
  'design',
  'critique',
  'scope',
  'expand',
  'replan',
  'review',
  'synthesis',
])
const isStageName = (name: string): name is StageName => NAMES.has(name)

/** A stage, without the number of its try: `design`, `expand:t3`. */
export const stageId = (name: StageName, task: TaskId | null): string => (task === null ? name : `${name}:${task}`)

/** The key in the journal: `design#1`, `expand:t3#2`, `t3/2`. */
export const moneyKey = (use: MoneyUse): string =>
  use.of === 'stage' ? `${stageId(use.name, use.task)}#${use.number}` : `${use.task}/${use.attempt}`

export const attemptKey = (task: TaskId, attempt: number): string => moneyKey({ of: 'attempt', task, attempt })

/** The inverse of `moneyKey`; null for any other string. */
export function parseMoneyKey(key: string): MoneyUse | null {
  const attempt = /^([^/#:]+)\/(\d+)$/.exec(key)
  if (attempt !== null) return { of: 'attempt', task: attempt[1] ?? '', attempt: Number(attempt[2]) }
  const [, name = '', task = null, number] = /^([a-z]+)(?::([^#]+))?#(\d+)$/.exec(key) ?? []
  return isStageName(name) ? { of: 'stage', name, task, number: Number(number) } : null
}

/** Whether the key is of a try of this stage. */
export function isTryOf(key: string, name: StageName, task: TaskId | null = null): boolean {
  const use = parseMoneyKey(key)
  return use?.of === 'stage' && use.name === name && use.task === task
}

/** Whether the key is of an attempt, at this task if one is named. */
export function isAttemptAt(key: string, task?: TaskId): boolean {
  const use = parseMoneyKey(key)
  return use?.of === 'attempt' && (task === undefined || use.task === task)
}
