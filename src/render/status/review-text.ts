import type { TaskId } from '../../core/ids.ts'
import { ownOf } from '../../core/own.ts'
import type { Review, ReviewReason } from '../../core/run/review.ts'
import type { TaskRecord } from '../../core/run/task-record.ts'
import type { Work } from '../../core/run/work.ts'
import { adaptationsOf } from '../../core/schedule/brief.ts'
import { brokenPromises } from '../../core/schedule/kept-promise.ts'
import { code, codes } from '../markdown/code.ts'
import { bounded } from '../markdown/escape.ts'
import { modelText } from '../markdown/model-text.ts'
import { newestReport } from './display-status.ts'

const REASONS: Readonly<Record<ReviewReason, string>> = {
  promise: 'it is not what was promised to others',
  shared: 'several tasks build on it',
  attempts: 'earlier attempts failed',
  flaky: 'its acceptance was flaky',
  conflict: 'a model settled a conflict in it',
  all: 'the settings ask for it',
}

/** The last review of a task as list items, labelled as a model's; empty if none was asked for. */
export function reviewLines({ review }: TaskRecord, most: number): string[] {
  if (review === undefined) return []
  const why = review.reasons.map((reason) => REASONS[reason]).join('; ')
  return [`- **${verdictText(review)}** (${why})`, ...review.findings.map((one) => `  - ${modelText(one, most)}`)]
}

function verdictText({ verdict, model, why, findings, attempt }: Review): string {
  const by = `Reviewed by a model${model === undefined ? '' : `, ${code(bounded(model, 60))}`}`
  switch (verdict) {
    case 'accepted':
      return `${by}: ${findings.length === 0 ? 'nothing to change' : 'accepted with remarks'}`
    case 'sent-back':
      return `${by}: attempt ${attempt} was sent back`
    case 'left-out':
      return `Not reviewed by a model: ${modelText(why ?? 'it could not be had', 300)}`
  }
}

/** What reviews have changed in the brief of a task, as list items. */
export const adaptationLines = (work: Work, id: TaskId, most: number): string[] =>
  ownOf(work.tasks, id) === undefined
    ? []
    : adaptationsOf(work, id).map(
        ({ of, words }) => `- Changed by the review of ${code(of)}: ${modelText(words, most)}`,
      )

/** How a finished task differs from its promise, as list items; found by names alone. */
export function differenceLines(work: Work, id: TaskId, most: number): string[] {
  const record = ownOf(work.tasks, id)
  if (record === undefined || !work.plan.tasks.some((task) => task.id === id)) return []
  return brokenPromises(work, id, newestReport(record)?.handOff).map(
    (one) => `- Not as promised: ${modelText(one, most)}`,
  )
}

/** For the note of a table: that the brief is not the one of the plan any more. */
export function adaptedNote(work: Work, id: TaskId): string {
  const of = adaptationsOf(work, id).map((one) => one.of)
  return of.length === 0 ? '' : `Its brief was changed by the review of ${codes(of)}.`
}

/** For the note of a table: what a model said of the last attempt. */
export function reviewNote({ review }: TaskRecord): string {
  if (review === undefined || review.verdict === 'sent-back') return ''
  return review.verdict === 'accepted' ? 'Reviewed by a model.' : 'Not reviewed by a model.'
}
