import type { TaskId } from '../../core/ids.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { replay } from '../../core/run/evolve.ts'
import { workOf } from '../../core/run/state.ts'
import type { Work } from '../../core/run/work.ts'
import { count, moment } from '../markdown/format.ts'
import type { NodeStyle } from '../plan/graph.ts'
import { displayStatuses, nodeStyles } from '../status/display-status.ts'
import { SIGNS } from './graph-svg.ts'
import { type Html, html } from './html.ts'

/** How each task of a plan stood at a moment. */
export type Standing = ReadonlyMap<TaskId, { style: NodeStyle; attempts: number }>

/** What became of a task since a person last looked, in words that stand behind its new state: `was at work`. */
export type Changes = ReadonlyMap<TaskId, { now: NodeStyle; words: string }>

export const NO_CHANGES: Changes = new Map()

export function standingOf(work: Work): Standing {
  const styleOf = nodeStyles(displayStatuses(work))
  return new Map(
    work.plan.tasks.map(({ id }) => [id, { style: styleOf(id), attempts: work.tasks[id]?.attempts.length ?? 0 }]),
  )
}

/** Null before there was a plan. */
export function standingAfter(events: readonly RunEvent[]): Standing | null {
  const state = replay(events)
  const work = state.phase === 'empty' ? null : workOf(state)
  return work === null ? null : standingOf(work)
}

/** A plan that came since is no change of its tasks, but what they have done since is. */
export function changesBetween(before: Standing | null, now: Standing): Changes {
  const then = (id: TaskId) => (before === null ? TO_COME : before.get(id))
  return new Map(
    [...now].flatMap(([id, { style, attempts }]): [TaskId, { now: NodeStyle; words: string }][] => {
      const was = then(id)
      if (was === undefined) return [[id, { now: style, words: 'was not in the plan' }]]
      if (was.style !== style) return [[id, { now: style, words: `was ${SIGNS[was.style].words}` }]]
      return was.attempts === attempts ? [] : [[id, { now: style, words: `again, in attempt ${attempts}` }]]
    }),
  )
}

/** The word that marks what is new, in a list. */
export const NEW_MARK = html`<span class="new">new</span>`

const TO_COME = { style: 'later', attempts: 0 } as const

/** Of so many tasks of one state the ids are said. */
const MOST_NAMED = 12

/** What changed since a person last looked, at this time, and how to say that it is seen. Nothing if nothing did. */
export function sinceSection(changes: Changes, at: string): Html | false {
  const lines = Object.entries(SIGNS).flatMap(([style, { sign, words }]) => {
    const ids = [...changes].flatMap(([id, { now }]) => (now === style ? [id] : []))
    return ids.length === 0 ? [] : [html`<li>${sign} ${words}: ${named(ids)}</li>`]
  })
  return (
    lines.length > 0 &&
    html`<div class="since"><strong>${count(changes.size, 'task')} changed since you last looked, at ${moment(at)}</strong><ul>${lines}</ul><button type="button" class="quiet" data-seen>Mark as seen</button></div>`
  )
}

const named = (ids: readonly TaskId[]): Html =>
  html`${ids.slice(0, MOST_NAMED).map((id, index) => html`${index > 0 && ', '}<code>${id}</code>`)}${ids.length > MOST_NAMED && ` and ${ids.length - MOST_NAMED} more`}`
