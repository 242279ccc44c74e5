import type { JournalLoss } from '../../core/failure.ts'
import { logRef, shortSha } from '../../core/ids.ts'
import { code, commandText, fence, stableCode } from '../markdown/code.ts'
import { bounded } from '../markdown/escape.ts'

const LONG = 2000

/** What happened to the journal of a run, and what to type. */
export const renderJournalLoss = (run: string, loss: JournalLoss): string[] => [
  ...lines(run, loss),
  '',
  stableCode(loss.reason),
]

function lines(run: string, loss: JournalLoss): string[] {
  const ref = logRef(run)
  switch (loss.reason) {
    case 'journal-refused':
      return [
        `GitHub does not let run ${code(run)} write, so it stopped. What is pushed stays; work that slots have handed over is in the artifacts of their workflow runs. GitHub's words:`,
        '',
        ...fence(bounded(loss.words, LONG), 'text'),
        '',
        `When the cause is gone, type \`/status\`: the run goes on from its last entry.`,
      ]
    case 'journal-gone':
      return [
        `The journal of run ${code(run)}, the ref ${code(ref)}, was deleted, so the run stopped. Its branches ${code(`tributary/${run}/*`)} are still there.`,
        '',
        ...(loss.tip === null
          ? []
          : restore(
              ref,
              loss.tip,
              'While GitHub still has its last commit, this brings it back; then type `/status`, and the run goes on:',
            )),
        '',
        `To begin again instead, delete those branches and type \`/plan\`.`,
      ]
    case 'journal-replaced':
      return [
        `The journal of run ${code(run)}, the ref ${code(ref)}, was replaced: ${code(shortSha(loss.now))} does not follow from ${code(shortSha(loss.before))}. The run stopped, since one of them was not written by it.`,
        '',
        `To go on with what is there now, type \`/status\`. ${code('git log')} shows who wrote it.`,
        '',
        ...restore(ref, loss.before, 'To go on with the one before, this brings it back; then type `/status`:'),
      ]
  }
}

const restore = (ref: string, tip: string, why: string): string[] => [
  why,
  '',
  ...fence(
    [
      commandText(['git', 'fetch', 'origin', tip]),
      commandText(['git', 'push', '--force', 'origin', `${tip}:${ref}`]),
    ].join('\n'),
    'sh',
  ),
]
