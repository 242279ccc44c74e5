import type { RunId } from '../core/ids.ts'
import type { TaskAssignment } from '../core/schedule/assignment.ts'
import { commitSubject } from '../core/text/control-characters.ts'
import type { CommitWords } from '../ports/repo.ts'

/** What the commit of an attempt says; nobody hands over one that says anything else. */
export const wordsFor = (
  run: RunId,
  { task, attempt, title }: Pick<TaskAssignment, 'task' | 'attempt' | 'title'>,
): CommitWords => ({
  subject: commitSubject(title, `Task ${task}`),
  trailers: { 'Tributary-Run': run, 'Tributary-Task': task, 'Tributary-Attempt': `${attempt}` },
})
