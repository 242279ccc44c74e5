import type { RunId } from '../core/ids.ts'
import type { TaskAssignment } from '../core/schedule/assignment.ts'
import { commitSubject } from '../core/text/control-characters.ts'
import type { CommitWords } from '../ports/repo.ts'

/** Message and trailers of an attempt's commit; the audit refuses any other. */
export const wordsFor = (
  run: RunId,
  { task, attempt, title }: Pick<TaskAssignment, 'task' | 'attempt' | 'title'>,
): CommitWords => ({
  subject: commitSubject(title, `Task ${task}`),
  trailers: { 'Tributary-Run': run, 'Tributary-Task': task, 'Tributary-Attempt': `${attempt}` },
})
