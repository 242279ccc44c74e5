import { failureLog } from '../core/failure.ts'
import type { TaskId } from '../core/ref.ts'
import { type AttemptRecord, recordOf, type TaskRecord } from '../core/state.ts'
import { facts, reportOf } from './check-facts.ts'
import { fence } from './code.ts'
import { fitted, headAndTail, LIMITS } from './fit.ts'
import { handOffLines } from './hand-off.ts'
import type { PlannedRun } from './planned.ts'
import { sections } from './table.ts'

interface Level {
  log: number
  handOff: number
}

const LEVELS: readonly Level[] = [
  { log: 30_000, handOff: 1_200 },
  { log: 15_000, handOff: 200 },
  { log: 5_000, handOff: 40 },
]

/** What the attempt leaves behind, the output that the verdict rests on, and the facts. Of a long log the head and the tail are shown. */
export function checkText(run: PlannedRun, id: TaskId, attempt: AttemptRecord): string {
  const record = recordOf(run.work, id)
  return fitted(LIMITS.check, [
    ...LEVELS.map(
      (level) => () =>
        sections(handOff(record, attempt, level.handOff), log(record, attempt, level.log), facts(run, id, attempt)),
    ),
    () => facts(run, id, attempt),
  ])
}

function handOff(record: TaskRecord, attempt: AttemptRecord, most: number): string[] {
  const left = reportOf(record, attempt)?.handOff
  return left === undefined ? [] : ['### Hand-off', '', ...handOffLines(left, most)]
}

function log(record: TaskRecord, attempt: AttemptRecord, limit: number): string[] {
  const output =
    attempt.failure === null ? (reportOf(record, attempt)?.acceptanceLog ?? '') : failureLog(attempt.failure)
  return fencedLog(output, limit)
}

/** Without colours: they are instructions to a terminal. */
export const fencedLog = (output: string, limit: number): string[] => {
  const plain = output.replace(ANSI, '').trimEnd()
  return plain === '' ? [] : ['### Output', '', ...fence(headAndTail(plain, limit))]
}
const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[ -/]*[@-~]`, 'g')
