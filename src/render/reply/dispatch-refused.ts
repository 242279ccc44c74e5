import { code, stableCode } from '../markdown/code.ts'
import { bounded, inline, oneLine } from '../markdown/escape.ts'

/** What people are told when GitHub does not let a job start the next one. */
export const renderDispatchRefused = (run: string, words: string): string =>
  [
    `GitHub does not let Tributary start the next job of run ${code(run)}, so nothing works on it now. What was done is kept. GitHub's words: ${inline(bounded(oneLine(words), 1000))}`,
    '',
    'The workflow must be enabled (Actions > Tributary), its file on the default branch must have `workflow_dispatch`, its jobs need `actions: write`, and no policy of the organization or the enterprise may forbid that event. Then type `/status`: the run goes on.',
    '',
    stableCode('dispatch-refused'),
  ].join('\n')
