import { mayLand, mayStart } from '../../core/landing/gate.ts'
import { statusOf, type Work } from '../../core/run/state.ts'
import { blockers } from '../../core/run/task-status.ts'
import type { NodeStyle } from '../plan/graph.ts'

/** How a task stands, in the words that people are told. */
export type Standing =
  | 'landed'
  | 'at work'
  | 'verified'
  | 'queued'
  | 'waits for a person'
  | 'waits for its needs'
  /** Its work is done, and the gate of the plan keeps it from trunk. */
  | 'waits for approval'
  | 'not approved'
  | 'expanded'
  | 'failed'
  | 'blocked'
  | 'skipped'
  | 'cancelled'

export type Standings = ReadonlyMap<string, Standing>

export function standingsOf(work: Work): Standings {
  const blocked = blockers(work)
  return new Map(work.plan.tasks.map((task) => [task.id, standing(work, task.id, blocked.has(task.id))]))
}

function standing(work: Work, id: string, blocked: boolean): Standing {
  const status = statusOf(work, id)
  switch (status) {
    case 'pending':
      if (blocked) return 'blocked'
      return mayStart(work, id) ? 'waits for its needs' : 'not approved'
    case 'waiting':
      return 'waits for a person'
    case 'verified':
      return work.settings.merge === 'review' ? 'waits for a person' : 'verified'
    case 'in_progress':
      return 'at work'
    case 'landed':
      return mayLand(work, id) || isMerged(work, id) ? 'landed' : 'waits for approval'
    default:
      return status
  }
}

const isMerged = (work: Work, id: string): boolean => work.trunk.merges.some(({ task }) => task === id)

const LOOKS: Record<Standing, NodeStyle> = {
  landed: 'landed',
  'at work': 'atwork',
  verified: 'atwork',
  queued: 'queued',
  'waits for a person': 'person',
  'waits for its needs': 'later',
  'waits for approval': 'person',
  'not approved': 'later',
  expanded: 'left',
  failed: 'failed',
  blocked: 'blocked',
  skipped: 'left',
  cancelled: 'left',
}

export const lookOf =
  (standings: Standings) =>
  (id: string): NodeStyle =>
    LOOKS[standings.get(id) ?? 'waits for its needs']

export const standingAs = (standings: Standings, ...wanted: Standing[]): string[] =>
  [...standings].flatMap(([id, found]) => (wanted.includes(found) ? [id] : []))

const NAMED: readonly [Standing, (number: number) => string][] = [
  ['at work', (number) => `${number} at work`],
  ['verified', (number) => `${number} verified`],
  ['queued', (number) => `${number} queued`],
  ['waits for a person', (number) => `${number} waiting for a person`],
  ['waits for approval', (number) => `${number} done and waiting for the approval`],
  ['failed', (number) => `${number} failed`],
  ['blocked', (number) => `${number} blocked`],
  ['waits for its needs', (number) => `${number} to come`],
  ['not approved', (number) => `${number} not approved`],
  ['expanded', (number) => `${number} turned into tasks`],
  ['skipped', (number) => `${number} skipped`],
  ['cancelled', (number) => `${number} cancelled`],
]

/** `5 of 9 tasks landed, 3 at work, 1 waiting for a person`. */
export function counts(standings: Standings): string {
  const landed = standingAs(standings, 'landed').length
  const rest = NAMED.flatMap(([wanted, say]) => {
    const number = standingAs(standings, wanted).length
    return number === 0 ? [] : [say(number)]
  })
  const of = `${landed} of ${standings.size} ${standings.size === 1 ? 'task' : 'tasks'} landed`
  return [of, ...rest].join(', ')
}
