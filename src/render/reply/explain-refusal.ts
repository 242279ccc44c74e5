import { type BranchRule, ruleEffect } from '../../core/branch-rules.ts'
import type { Failure } from '../../core/failure.ts'
import { branchOfRef, branchRef, logRef, trunkBranch } from '../../core/ids.ts'
import { code, codeName, commandText, fence, sentence } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'

const LONG = 2000

export interface Explanation {
  happened: string
  next: string
}

type GitRefusal = Extract<
  Failure,
  { reason: 'push-refused' | 'rules-refuse' | 'branch-in-the-way' | 'journal-gone' | 'journal-unreadable' }
>

/** Why GitHub or git does not let a run write or be read. */
export function explainGitRefusal(failure: GitRefusal): Explanation {
  switch (failure.reason) {
    case 'push-refused':
      return {
        happened: `GitHub does not let run ${code(failure.run)} write, so the command changed nothing. GitHub's words:`,
        next: [...fence(bounded(failure.words, LONG)), '', 'Fix the cause, then type the command again.'].join('\n'),
      }
    case 'rules-refuse':
      return {
        happened: `Rules of this repository would refuse the branches of a run, such as ${code(failure.branch)}. No model was called.`,
        next: [
          ...failure.rules.slice(0, 12).map((rule) => ruleLine(rule, failure.branch)),
          '',
          'In the ruleset, exclude the branches `tributary/**` (Settings > Rules > Rulesets), or, if Tributary works with the token of an App, let that App bypass it. Then type `/plan` again.',
        ].join('\n'),
      }
    case 'branch-in-the-way':
      return inTheWay(failure.run, failure.refs)
    case 'journal-gone':
      return {
        happened: `The journal of run ${code(failure.run)}, the ref ${code(logRef(failure.run))}, was deleted; branches of the run are still there. Without it the run cannot go on.`,
        next: `A comment of the run, if it was at work, says how to bring the journal back. To begin again, delete the branches ${code(`tributary/${failure.run}/*`)} and type \`/plan\`.`,
      }
    case 'journal-unreadable':
      return {
        happened: `The journal of run ${code(failure.run)} holds something that Tributary did not write: ${sentence(bounded(failure.detail, 500))}`,
        next: `${code(commandText(['git', 'fetch', 'origin', logRef(failure.run)]))}, then \`git log FETCH_HEAD\`, shows who wrote it. Push the last good commit to that ref with \`git push --force\`, then type the command again.`,
      }
  }
}

const ruleLine = (rule: BranchRule, branch: string): string =>
  `- ${codeName(rule.type)} of ${inline(bounded(rule.source, 200))}: ${ruleEffect(rule, branch)?.effect ?? 'it refuses them'}`

/** A branch in the place of a folder can be renamed; what an earlier run left can only go. */
function inTheWay(run: string, refs: readonly string[]): Explanation {
  const places = ['tributary', `tributary/${run}`].map(branchRef)
  const place = refs.find((ref) => places.includes(ref))
  const name = place === undefined ? null : branchOfRef(place)
  if (place === undefined || name === null)
    return {
      happened: `Refs of an earlier run ${code(run)} are still there, and its journal ${code(logRef(run))} is not: it was deleted.`,
      next: [
        'To begin again, delete them and type `/plan`:',
        '',
        ...fence(commandText(['git', 'push', 'origin', '--delete', ...refs.slice(0, 50)]), 'sh'),
      ].join('\n'),
    }
  const other = `${name.replaceAll('/', '-')}-old`
  return {
    happened: `The branch ${code(name)} stands in the way: git cannot hold it and ${code(trunkBranch(run))} at the same time.`,
    next: [
      'Rename it on the Branches page of the repository, or with these commands; then type `/plan` again:',
      '',
      ...fence(
        [
          commandText(['git', 'fetch', 'origin', place]),
          commandText(['git', 'push', 'origin', `FETCH_HEAD:${branchRef(other)}`, `:${place}`]),
        ].join('\n'),
        'sh',
      ),
    ].join('\n'),
  }
}
