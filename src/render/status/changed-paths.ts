import type { TaskId } from '../../core/ids.ts'
import { ownOf } from '../../core/own.ts'
import { taskOf } from '../../core/run/lookup.ts'
import type { Work } from '../../core/run/work.ts'
import { newestReport } from './display-status.ts'

/** The files that a task changed, as git has them; its last line may count those that are not named. */
export function changedFiles(work: Work, id: TaskId): readonly string[] {
  const record = ownOf(work.tasks, id)
  const report = record === undefined ? null : newestReport(record)
  return report?.handOff?.files ?? report?.files ?? []
}

/** More than 60 files are counted by the last entry. */
export const MORE_FILES = /^and (\d+) more$/

/** The files that a task changed or, unless all of them are known, the globs that it may write. */
export function pathsOf(work: Work, id: TaskId): readonly string[] {
  const files = changedFiles(work, id)
  return files.length === 0 || files.some((file) => MORE_FILES.test(file)) ? taskOf(work, id).writes : files
}
