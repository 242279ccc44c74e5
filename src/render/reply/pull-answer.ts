import type { PullAnswer } from '../../core/command/decide-pull.ts'
import { code, stableCode } from '../markdown/code.ts'

/** What is said on a worker pull request that a person merged, closed or reopened. */
export const renderPullAnswer = (answer: PullAnswer): string[] => [...textOf(answer), '', stableCode(answer.code)]

function textOf(answer: PullAnswer): string[] {
  const { task } = answer
  switch (answer.code) {
    case 'landing-approved':
      return [`The merge counts as an approval. ${code(task)} has landed; what waited for it starts.`]
    case 'merged-unverified':
      return [
        `Trunk has this now and is verified with it, but ${code(task)} is ${code(answer.status)}: what was merged is not what its acceptance passed on.`,
        '',
        `Type ${code(`/skip ${task}`)} if the merge is all that the task needs, or ${code(`/retry ${task}`)} to work on it again.`,
      ]
    case 'skip-asked':
      return [
        `${code(task)} does not land while its pull request is closed, and what needs it waits.`,
        '',
        `Type ${code(`/skip ${task}`)} to go on without it, or reopen this pull request to keep it.`,
      ]
    case 'pull-reopened':
      return [`${code(task)} is part of the run again.`]
  }
}
