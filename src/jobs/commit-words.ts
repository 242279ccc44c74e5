import type { RunId } from '../core/ids.ts'
import type { Settings } from '../core/settings.ts'
import type { TaskAssignment } from '../core/slots/assignment.ts'
import { commitSubject } from '../core/text/control-characters.ts'
import type { CommitWords } from '../ports/repo.ts'

/** Message and trailers of an attempt's commit; the audit refuses any other. */
export const wordsFor = (
  run: RunId,
  { task, attempt, title, commits }: Pick<TaskAssignment, 'task' | 'attempt' | 'title' | 'commits'>,
): CommitWords =>
  signed(commits, {
    subject: commitSubject(title, `Task ${task}`),
    trailers: { 'Tributary-Run': run, 'Tributary-Task': task, 'Tributary-Attempt': `${attempt}` },
  })

/** The author that the settings name, and their sign-off. Of commits that reach a pull request; the journal's stay plain. */
export const signed = (
  { author, sign_off: signOff }: Settings['commits'],
  { trailers = {}, ...words }: CommitWords,
): CommitWords => ({ ...words, author, trailers: signOff ? { ...trailers, 'Signed-off-by': author } : trailers })
